Feature: Close connection frame
  [EP] fig. 10: length 190, type 191, version 192, status 193, and a digest once the direction is keyed.

  @iut:server @CLOSE-01
  Rule: A CLOSE has 8 octets while its sender is not keyed, and 40 after

    Scenario: A server that is not keyed yet
      Given a tunnel server
      When an initiator connects
      And it sends the octets 000000080501ffff
      Then the server ends the stream without a frame

    Scenario: A server that has sent RESPONSE
      Given a tunnel server
      When an initiator is authorized
      And it sends the octets 00000006ff01
      Then the server answers a keyed CLOSE "protocol error" and ends the stream
