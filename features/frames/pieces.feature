Feature: A frame in many pieces
  [EP] figs. 6 to 10: TCP may cut a frame anywhere, and bring its first octets with the last ones of the frame before it.

  @FRAME-01 @FRAME-05
  Rule: However many pieces there are, the frame is the one that was sent

    @iut:server
    Scenario: At a server: 200 pieces, the first one with the frame before
      Given a tunnel server
      When an initiator is authorized
      And the initiator sends DATA and the beginning of another, the rest of it octet by octet, and a frame of unknown type
      Then the server answers a keyed CLOSE "protocol error" and ends the stream

    @iut:client
    Scenario: At an initiator: 200 pieces, the first one with the frame before
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server sends DATA and the beginning of another, the rest of it octet by octet, and a frame of unknown type
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream
