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
    Scenario: RESPONSE
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends a RESPONSE with nothing wrong
      Then the first DATA frame is empty
      And nothing came before RESPONSE but RELAY and REQUEST

    # fig. 11 Authorized: data
    @needs:adapter @needs:arp
    Scenario: Datagrams both ways
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the adapter is up
      Then the stack behind the adapter answers a datagram that the server sends

  @iut:client @REQ-14
  Rule: An entry of key exchange data that is not known is skipped in RESPONSE too

    Scenario Outline: RESPONSE with <entry>
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends a RESPONSE with <entry>
      Then the first DATA frame is empty

      Examples:
        | entry                 |
        | an entry 0 in front   |
        | an entry of no octets |

  @iut:client @INI-04 @CLOSE-07 @CLOSE-09
  Rule: A CLOSE received in Authorized ends the session and is not answered

    # fig. 11 Authorized: close received
    Scenario Outline: CLOSE with status <status>
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server sends a keyed CLOSE "<status>"
      Then the initiator ends the stream without a frame

      Examples:
        | status        |
        | end session   |
        | shutting down |
        | superseded    |

  @iut:client @INI-05
  Rule: A CLOSE received in Response Wait ends the attempt

    # fig. 11 Response Wait: close received
    Scenario: The server refuses
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends CLOSE "not authorized"
      Then the initiator ends the stream without a frame
      And no adapter was made in the client

  # INI-06: its status. CLOSE-01: its length. CLOSE-02: its digest. CLOSE-08: the stream ends behind it. INI-18: the
  # exit status. ADP-12: the kernel has no adapter left.
  @iut:client @INI-06 @CLOSE-01 @CLOSE-02 @CLOSE-08
  Rule: At End Session in Authorized the initiator sends a keyed CLOSE and disconnects

    # fig. 11 Authorized: end session
    Scenario: A command of the user
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the user ends the session
      Then the initiator answers a keyed CLOSE "end session" and ends the stream

    @ADP-12 @INI-18 @needs:adapter
    Scenario: SIGTERM
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
    Scenario: End Session in Response Wait
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the user ends the session
      Then the initiator ends the stream without a frame

  @iut:client @HS-09
  Rule: A RESPONSE that does not open is an integrity failure

    # fig. 11 Response Wait: integrity failure
    Scenario Outline: <fault>
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends a RESPONSE with <fault>
      Then the initiator answers CLOSE "integrity failure" and ends the stream
      And no adapter was made in the client

      Examples:
        | fault                                |
        | a changed last octet                 |
        | a changed octet of the ephemeral key |

  @iut:client @RESP-02
  Rule: The header in the clear is the sealed one

    Scenario: A header in the clear that differs from the sealed one
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends a RESPONSE with a header in the clear that differs from the sealed one
      Then the initiator answers a keyed CLOSE "integrity failure" and ends the stream

    Scenario: They differ, and what was sealed does not decode
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends a RESPONSE with a header in the clear that differs from the sealed one, and padding that is not zero
      Then the initiator answers CLOSE "integrity failure" and ends the stream

  @iut:client @RESP-06 @RESP-10
  Rule: A RESPONSE that opens to what cannot be decoded is a protocol error, unkeyed since the transform is not known

    Scenario: Padding that is not zero
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends a RESPONSE with padding that is not zero
      Then the initiator answers CLOSE "protocol error" and ends the stream
      And no adapter was made in the client

  @iut:client @RESP-04 @RESP-05 @CD-06
  Rule: A RESPONSE that decodes, but cannot be, is a protocol error

    Scenario Outline: <fault>
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "server": { "suite": "x25519" }, "transforms": ["chacha20poly1305"] }
        """
      When the server has read REQUEST
      And the server sends a RESPONSE with <fault>
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream
      And no adapter was made in the client

      Examples:
        | fault                               |
        | a transform that was not offered    |
        | lifetimes above those of REQUEST    |
        | client data without an address      |
        | client data with a route by another gateway |

  # By row, INI-12, FRAME-13: DATA. FRAME-09: an unknown type. INI-13, FRAME-08: another version. The two lengths
  # are faults before any of them.
  @iut:client @INI-12 @INI-13 @FRAME-08 @FRAME-09 @FRAME-13
  Rule: What has no place in Response Wait is answered unkeyed

    Scenario Outline: In Response Wait: <what>
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends the octets <octets>
      Then the initiator answers CLOSE "<status>" and ends the stream

      Examples:
        | what                        | octets                           | status              |
        | DATA                        | 00000010040100000000000000000000 | protocol error      |
        | a frame of unknown type     | 000000080901abcd                 | protocol error      |
        | a frame of another version  | 000000080502abcd                 | unsupported version |
        | a length below 6            | 000000050501                     | protocol error      |
        | a RESPONSE of 4 GiB         | ffffffff0301                     | protocol error      |

  @iut:client @INI-11 @INI-13
  Rule: What has no place in Authorized is answered keyed

    Scenario: In Authorized: RELAY
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server sends its RELAY back
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream

    Scenario Outline: In Authorized: <what>
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server sends the octets <octets>
      Then the initiator answers a keyed CLOSE "<status>" and ends the stream

      Examples:
        | what                       | octets           | status              |
        | a frame of unknown type    | 000000080901abcd | protocol error      |
        | a frame of another version | 000000080502abcd | unsupported version |

  @iut:client @INI-14 @needs:timers
  Rule: RESPONSE is not awaited without end

    Scenario: No RESPONSE
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

  @iut:client @INI-26 @needs:reconnect
  Rule: After a keyed CLOSE of any other status it connects again

    Scenario: One after the other
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      Then it connects again after a keyed CLOSE of the server, and is authorized
        | shutting down     |
        | timeout           |
        | key expired       |
        | resource limit    |
        | protocol error    |
        | integrity failure |
