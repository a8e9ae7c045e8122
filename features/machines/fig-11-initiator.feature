Feature: Tunnel initiator
  [EP] fig. 11: Idle 194, TCP Open 195, Send Relay 197, Connect 199, Response Wait 201, Authorized 203, Close 206,
  Dying 208, Dead 210, Reconnect 212, Network Error 215.

  # The scripted server opens REQUEST by itself, and refuses what is not as the text says.
  # INI-01, RELAY-02: RELAY comes first, with every node of the path. REQ-01: REQUEST comes without an answer. HS-01
  # to HS-03: it opens with the prologue and the suite. HS-04, ID-01, REQ-02: the suite is the configured one.
  # REQ-03: the sealed header is the one in the clear. REQ-05, REQ-06: the sections and the padding. REQ-07: the
  # name. REQ-12, REQ-13: the key exchange data. REQ-09: the client data.
  @iut:client @INI-01 @RELAY-02 @REQ-01 @REQ-03
  Rule: The initiator connects, sends RELAY and REQUEST, and awaits RESPONSE

    # fig. 11 Idle: connect
    # fig. 11 TCP Open: tcp established
    # fig. 11 Send Relay: relay sent
    # fig. 11 Connect: request sent
    @REQ-02 @REQ-05 @REQ-06 @REQ-07 @REQ-12 @REQ-13 @HS-01 @HS-04
    Scenario Outline: RELAY and REQUEST with suite <suite>
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "server": { "suite": "<suite>" }, "transforms": ["chacha20poly1305"] }
        """
      When the server has read REQUEST
      Then REQUEST holds
        | initiator   | alice       |
        | destination | server.test |

      @HS-02 @ID-01
      Examples:
        | suite  |
        | x25519 |

      @HS-03 @needs:hybrid
      Examples:
        | suite  |
        | hybrid |

    @REQ-09
    Scenario: Client data of REQUEST
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      Then REQUEST holds
        | options of client data | 0 |

  @iut:client @INI-02 @INI-03 @DATA-08
  Rule: A valid RESPONSE takes the initiator to Authorized, and it sends an empty DATA frame at once

    # fig. 11 Response Wait: response
    Scenario: A valid RESPONSE is followed by an empty DATA frame
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends a RESPONSE with nothing wrong
      Then the first DATA frame is empty
      And nothing came before RESPONSE but RELAY and REQUEST

    # fig. 11 Authorized: data
    @needs:adapter @needs:arp
    Scenario: Datagrams both ways after a valid RESPONSE
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the adapter is up
      Then the stack behind the adapter answers a datagram that the server sends

  @iut:client @REQ-14
  Rule: An entry of key exchange data that is not known is skipped in RESPONSE too

    Scenario: An entry in front, and one of no octets
      Given a tunnel initiator that waits for a command to connect again
      When the initiator connects
      And the server has read REQUEST
      And the server sends a RESPONSE with an entry 0 in front
      Then the first DATA frame is empty
      When the initiator connects
      And the server has read REQUEST
      And the server sends a RESPONSE with an entry of no octets
      Then the first DATA frame is empty

  @iut:client @INI-04 @CLOSE-07 @CLOSE-09
  Rule: A CLOSE received in Authorized ends the session and is not answered

    # fig. 11 Authorized: close received
    Scenario: CLOSE of every status that ends a session in order
      Given a tunnel initiator that waits for a command to connect again
      When the initiator connects
      And the server authorizes it
      And the server sends a keyed CLOSE "end session"
      Then the initiator ends the stream without a frame
      When the initiator connects
      And the server authorizes it
      And the server sends a keyed CLOSE "shutting down"
      Then the initiator ends the stream without a frame
      When the initiator connects
      And the server authorizes it
      And the server sends a keyed CLOSE "superseded"
      Then the initiator ends the stream without a frame

  @iut:client @INI-05
  Rule: A CLOSE received in Response Wait ends the attempt

    # fig. 11 Response Wait: close received
    @INI-18
    Scenario: A CLOSE instead of RESPONSE ends the attempt
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends CLOSE "not authorized"
      Then the initiator ends the stream without a frame
      And no adapter was made in the client
      When the server ends its stream without CLOSE
      And the user ends the program by SIGTERM, as there is no session
      Then the initiator program exits with status 0

  # INI-06: its status. CLOSE-01: its length. CLOSE-02: its digest. CLOSE-08: the stream ends behind it. INI-18: the
  # exit status. ADP-12: the kernel has no adapter left.
  @iut:client @INI-06 @CLOSE-01 @CLOSE-02 @CLOSE-08
  Rule: At End Session in Authorized the initiator sends a keyed CLOSE and disconnects

    # fig. 11 Authorized: end session
    Scenario: End Session in Authorized by a command of the user
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the user ends the session
      Then the initiator answers a keyed CLOSE "end session" and ends the stream

    @ADP-12 @INI-18 @needs:adapter
    Scenario: End Session in Authorized by SIGTERM
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the adapter is up
      And the user has ended the session by SIGTERM
      Then the initiator answers a keyed CLOSE "end session" and ends the stream
      When the server ends its stream without CLOSE
      Then the initiator program exits with status 0
      And no adapter is left in the client

  @iut:client @INI-07
  Rule: At End Session before Authorized the initiator disconnects

    # fig. 11 Response Wait: end session
    @INI-18
    Scenario: End Session in Response Wait
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the user ends the session by a line that comes in two pieces
      Then the initiator ends the stream without a frame
      When the server ends its stream without CLOSE
      Then its program ends with status 0, since its user ended it

  @iut:client @HS-09
  Rule: A RESPONSE that does not open is an integrity failure

    # fig. 11 Response Wait: integrity failure
    Scenario: A changed last octet, and one of the ephemeral key
      Given a tunnel initiator that waits for a command to connect again
      When the initiator connects
      And the server has read REQUEST
      And the server sends a RESPONSE with a changed last octet
      Then the initiator answers CLOSE "integrity failure" and ends the stream
      When the initiator connects
      And the server has read REQUEST
      And the server sends a RESPONSE with a changed octet of the ephemeral key
      Then the initiator answers CLOSE "integrity failure" and ends the stream
      And no adapter was made in the client

  @iut:client @RESP-02
  Rule: The header in the clear is the sealed one

    Scenario: A header in the clear that differs from the sealed one
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends a RESPONSE with a header in the clear that differs from the sealed one
      Then the initiator answers a keyed CLOSE "integrity failure" and ends the stream

    Scenario: Two headers of RESPONSE differ, and what was sealed does not decode
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends a RESPONSE with a header in the clear that differs from the sealed one, and padding that is not zero
      Then the initiator answers CLOSE "integrity failure" and ends the stream

  @iut:client @RESP-06 @RESP-10
  Rule: A RESPONSE that opens to what cannot be decoded is a protocol error, unkeyed since the transform is not known

    Scenario: A RESPONSE with padding that is not zero
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends a RESPONSE with padding that is not zero
      Then the initiator answers CLOSE "protocol error" and ends the stream
      And no adapter was made in the client

  @iut:client @RESP-04 @RESP-05 @CD-06
  Rule: A RESPONSE that decodes, but cannot be, is a protocol error

    Scenario: What was not asked for, and client data that cannot be
      Given a tunnel initiator that waits for a command to connect again, configured with
        """
        { "server": { "suite": "x25519" }, "transforms": ["chacha20poly1305"] }
        """
      When the initiator connects
      And the server has read REQUEST
      And the server sends a RESPONSE with a transform that was not offered
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream
      When the initiator connects
      And the server has read REQUEST
      And the server sends a RESPONSE with lifetimes above those of REQUEST
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream
      When the initiator connects
      And the server has read REQUEST
      And the server sends a RESPONSE with client data without an address
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream
      When the initiator connects
      And the server has read REQUEST
      And the server sends a RESPONSE with client data with a route by another gateway
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream
      And no adapter was made in the client

  # By row, INI-12, FRAME-13: DATA. FRAME-09: an unknown type. INI-13, FRAME-08: another version. The two lengths
  # are faults before any of them.
  @iut:client @INI-12 @INI-13 @FRAME-08 @FRAME-09 @FRAME-13
  Rule: What has no place in Response Wait is answered unkeyed

    Scenario: In Response Wait: DATA, an unknown type, another version, and lengths out of bounds
      Given a tunnel initiator that waits for a command to connect again
      When the initiator connects
      And the server has read REQUEST
      And the server sends the octets 00000010040100000000000000000000
      Then the initiator answers CLOSE "protocol error" and ends the stream
      When the initiator connects
      And the server has read REQUEST
      And the server sends the octets 000000080901abcd
      Then the initiator answers CLOSE "protocol error" and ends the stream
      When the initiator connects
      And the server has read REQUEST
      And the server sends the octets 000000080502abcd
      Then the initiator answers CLOSE "unsupported version" and ends the stream
      When the initiator connects
      And the server has read REQUEST
      And the server sends the octets 000000050501
      Then the initiator answers CLOSE "protocol error" and ends the stream
      When the initiator connects
      And the server has read REQUEST
      And the server sends the octets ffffffff0301
      Then the initiator answers CLOSE "protocol error" and ends the stream

  @iut:client @INI-11 @INI-13
  Rule: What has no place in Authorized is answered keyed

    Scenario: In Authorized: RELAY
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server sends its RELAY back
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream

    Scenario: In Authorized: an unknown type, and another version
      Given a tunnel initiator that waits for a command to connect again
      When the initiator connects
      And the server authorizes it
      And the server sends the octets 000000080901abcd
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream
      When the initiator connects
      And the server authorizes it
      And the server sends the octets 000000080502abcd
      Then the initiator answers a keyed CLOSE "unsupported version" and ends the stream

  @iut:client @INI-14 @needs:timers
  Rule: RESPONSE is not awaited without end

    Scenario: No RESPONSE comes within responseWait
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "responseWait": 300 } }
        """
      When the server has read REQUEST
      Then the initiator answers CLOSE "timeout" and ends the stream

  @iut:client @CLOSE-04 @CLOSE-05
  Rule: The end of a session cannot be faked

    Scenario: An unkeyed CLOSE in Authorized
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server sends CLOSE "end session"
      Then the initiator ends the stream without a frame
      And its program ends with status 1, as after no CLOSE at all

    Scenario: End of stream without CLOSE
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server ends its stream without CLOSE
      Then the initiator ends the stream without a frame
      And its program ends with status 1, as after no CLOSE at all

  @iut:client @INI-09 @INI-10 @KEY-02 @needs:adapter @needs:lifetimes @needs:reconnect @needs:timers
  Rule: When a key expires the initiator reconnects and keeps its adapter

    # fig. 11 Reconnect: close sent, end of stream, disconnected
    Scenario: The frames of a key are used up
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "lifetime": { "frames": 10 }, "timers": { "backOffMin": 100, "backOffMax": 100 } }
        """
      When the server authorizes it within its lifetime
      And the adapter is up
      And the server sends 9 datagrams
      Then the initiator answers a keyed CLOSE "key expired" and ends the stream
      When the server ends its stream without CLOSE
      And the initiator has connected again
      And the server authorizes it within its lifetime
      Then both sessions have keys of their own
      And the adapter was made once

  @iut:client @INI-15 @INI-16 @needs:reconnect @needs:timers
  Rule: A connection that breaks is made again after a back-off

    Scenario: The server resets the connection
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "backOffMin": 1000, "backOffMax": 1000 } }
        """
      When the server authorizes it
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it
      Then both sessions have keys of their own

  @iut:client @INI-17 @needs:reconnect
  Rule: Superseded, it does not connect again

    Scenario: Another session of the same name
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the server sends a keyed CLOSE "superseded"
      Then the initiator ends the stream without a frame
      And the initiator does not connect again while it waits for 2500 ms

  @iut:client @INI-19 @needs:reconnect
  Rule: After a keyed CLOSE "end session" it does not connect again

    Scenario: The operator of the server ends the session
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the server sends a keyed CLOSE "end session"
      Then the initiator ends the stream without a frame
      And the initiator does not connect again while it waits for 2500 ms

  @iut:client @INI-20 @needs:reconnect
  Rule: An unkeyed CLOSE does not keep it from connecting again

    Scenario Outline: Somebody on the path fakes <status>
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the server sends CLOSE "<status>"
      And the initiator has connected again
      And the server authorizes it
      Then both sessions have keys of their own

      Examples:
        | status      |
        | superseded  |
        | end session |

    Scenario Outline: Somebody on the path fakes <status> before RESPONSE
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server has read REQUEST
      And the server sends CLOSE "<status>"
      Then the initiator is authorized on the next one

      Examples:
        | status              |
        | superseded          |
        | end session         |
        | not authorized      |
        | no common transform |

    @needs:timers
    Scenario: Somebody on the path fakes one status after the other before RESPONSE
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "backOffMin": 40, "backOffMax": 40 } }
        """
      Then it connects again after CLOSE before RESPONSE
        | next node unreachable |
        | not on path           |
        | no address left       |
        | timeout               |
        | resource limit        |
        | shutting down         |
        | protocol error        |
        | unsupported version   |
        | 15                    |
        | 61440                 |

  # INI-26: it connects again, INI-27: also after a fault of the server's; INI-16: behind a back-off.
  @iut:client @INI-26 @needs:reconnect
  Rule: After a keyed CLOSE of any other status it connects again

    @INI-16 @INI-27
    Scenario: An initiator connects again after a keyed CLOSE of every other status
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      Then it connects again after a keyed CLOSE of the server, behind a back-off, and is authorized
        | shutting down       |
        | timeout             |
        | key expired         |
        | resource limit      |
        | protocol error      |
        | integrity failure   |
        | unsupported version |
        | 15                  |
        | 257                 |
        | 61440               |
      And it does so after a CLOSE of its own, where a DATA frame does not verify, and a keyed "superseded" comes behind it

    Scenario Outline: After <status>, a command to connect, and another CLOSE
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the server sends a keyed CLOSE "<status>"
      Then the initiator ends the stream without a frame
      When the server ends its stream without CLOSE
      And the user asks for another connection
      And the server authorizes it
      And the server sends a keyed CLOSE "shutting down"
      Then the initiator is authorized on the next one

      Examples:
        | status      |
        | superseded  |
        | end session |

  # Section 9: a command without a row is ignored. INI-03: RESPONSE is taken.
  @iut:client @INI-03
  Rule: A command to connect changes nothing where RESPONSE is awaited

    Scenario: In Response Wait
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the user asks for a connection
      Then the initiator does not connect again while it waits for 500 ms
      When the server sends a RESPONSE with nothing wrong
      Then the first DATA frame is empty

  # FRAME-05: RESPONSE comes as TCP cuts it. INI-03: it is valid. FRAME-15: only in Authorized a frame can be stalled.
  @iut:client @FRAME-05 @FRAME-15 @INI-03 @needs:timers
  Rule: Before Authorized the timer of the state alone bounds a frame that pauses

    Scenario: Half a RESPONSE, and the other half later
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "stalledFrame": 300 } }
        """
      When the server has read REQUEST
      And the server sends RESPONSE in two halves, 1200 ms apart
      Then the first DATA frame is empty
