Feature: Close connection frame
  [EP] fig. 10: length 190, type 191, version 192, status 193, and a digest once the direction is keyed.
  The frames are those of vectors/close.json.

  @iut:server @CLOSE-01
  Rule: A CLOSE has 8 octets while its sender is not keyed, and 40 after

    @ID-06
    Scenario: A server that is not keyed yet
      Given a tunnel server
      When an initiator connects
      And the initiator sends the octets 000000080501ffff
      Then the server ends the stream without a frame

    Scenario: A server that has sent RESPONSE
      Given a tunnel server
      When an initiator is authorized
      And the initiator sends the octets 00000006ff01
      Then the server answers a keyed CLOSE "protocol error" and ends the stream

  @iut:server @CLOSE-07
  Rule: A CLOSE is accepted whatever its status, and is not answered

    Scenario Outline: <flag>
      Given a tunnel server
      When CLOSE frames with the flag <flag> are sent to the server
      Then each of at least <count> got the answer that the file tells

      Examples:
        | flag   | count |
        | Normal | 14    |

      @ID-06
      Examples:
        | flag    | count |
        | Unnamed | 3     |

  @iut:server @CLOSE-03
  Rule: A CLOSE of another length, or of status 0, is a protocol error

    Scenario Outline: <flag>
      Given a tunnel server
      When CLOSE frames with the flag <flag> are sent to the server
      Then each of at least <count> got the answer that the file tells

      Examples:
        | flag   | count |
        | Length | 8     |
        | Status | 2     |

      @FRAME-08
      Examples:
        | flag    | count |
        | Version | 2     |

  @iut:server @CLOSE-04 @CLOSE-06 @CLOSE-08
  Rule: Each direction carries at most one CLOSE, and nothing after it

    Scenario: Frame after frame that is at fault
      Given a tunnel server
      When an initiator is authorized
      And the initiator sends the octets 00000006ff0100000006ff010000000800010001
      Then the server answers a keyed CLOSE "protocol error" and ends the stream
