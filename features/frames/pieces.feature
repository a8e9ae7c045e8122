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

  # An implementation may have another way for DATA that passes than for the first frames: it is asked when DATA has passed.
  @iut:client @FRAME-06 @needs:adapter @needs:arp @needs:timers
  Rule: The first 6 octets of a frame are judged as soon as they have come, also when DATA has passed both ways

    Scenario Outline: At an initiator in use: <what>
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "stalledFrame": 60000 } }
        """
      When the server authorizes it
      And the adapter is up
      Then the stack behind the adapter answers a datagram that the server sends
      And the initiator does not connect again while it waits for 1000 ms
      And the stack behind the adapter answers a datagram that the server sends
      When the server sends the octets <octets>
      Then the initiator answers a keyed CLOSE "<status>" and ends the stream

      Examples:
        | what                       | octets       | status              |
        | a frame of unknown type    | 000000400901 | protocol error      |
        | a frame of another version | 000000400402 | unsupported version |
        | a DATA frame of 15 octets  | 0000000f0401 | integrity failure   |

  @iut:client @FRAME-15 @needs:adapter @needs:arp @needs:timers
  Rule: A frame that stalls is noticed, also when DATA has passed both ways

    Scenario: At an initiator in use: half a DATA frame
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "stalledFrame": 900 } }
        """
      When the server authorizes it
      And the adapter is up
      Then the stack behind the adapter answers a datagram that the server sends
      And the initiator does not connect again while it waits for 1000 ms
      And the stack behind the adapter answers a datagram that the server sends
      When the server sends the octets 00000040040108000020
      Then the initiator answers a keyed CLOSE "integrity failure" and ends the stream

  @iut:server @FRAME-06 @needs:adapter @needs:timers
  Rule: So does a server, when DATA has passed both ways

    Scenario Outline: At a server in use: <what>
      Given a tunnel server's adapter with alice authorized, configured with
        """
        { "timers": { "stalledFrame": 60000, "keepAlive": 50000 } }
        """
      Then for 2 s a datagram passes each way each second
      When the initiator sends the octets <octets>
      Then the server answers a keyed CLOSE "<status>" and ends the stream

      Examples:
        | what                       | octets       | status              |
        | a frame of unknown type    | 000000400901 | protocol error      |
        | a frame of another version | 000000400402 | unsupported version |
        | a DATA frame of 15 octets  | 0000000f0401 | integrity failure   |

    # FRAME-06: it is whole with 8 octets. CLOSE-04: a connection that is broken.
    @CLOSE-04
    Scenario: At a server in use: an unkeyed CLOSE
      Given a tunnel server's adapter with alice authorized, configured with
        """
        { "timers": { "stalledFrame": 60000, "keepAlive": 50000 } }
        """
      Then for 2 s a datagram passes each way each second
      When the initiator sends the octets 0000000805010001
      Then the server ends the stream without a frame
