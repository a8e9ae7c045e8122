Feature: Tunnel server, state by state
  [EP] fig. 12: what comes in Receive Relay 219, Connect Wait 221, Close 228, Authorized 225 and Dying 230, and what becomes
  of it.

  @iut:server @SRV-01 @SRV-02 @SRV-03 @CLOSE-03 @CLOSE-07 @CLOSE-09
  Rule: RELAY, then REQUEST; a CLOSE is not answered

    # SRV-01: six connections at a time; SRV-02: what comes instead of RELAY; SRV-03: instead of REQUEST; CLOSE-03: the lengths
    # and the status of a CLOSE; CLOSE-07: that there is no answer to it in either place; CLOSE-09: that the stream ends at once.
    # fig. 12 Receive Relay: protocol error, unsupported version, close received
    # fig. 12 Connect Wait: protocol error, unsupported version, close received
    Scenario: What comes instead of RELAY and REQUEST
      Given a tunnel server
      Then a connection to the server ends as its octets want it
        | after | it sends           | it gets             |
        |       | DATA               | protocol error      |
        |       | REQUEST            | protocol error      |
        |       | RESPONSE           | protocol error      |
        |       | type 9             | protocol error      |
        |       | length 5           | protocol error      |
        |       | version 2          | unsupported version |
        |       | CLOSE of 9 octets  | protocol error      |
        |       | CLOSE of 39 octets | protocol error      |
        |       | CLOSE of status 0  | protocol error      |
        |       | CLOSE              | end                 |
        |       | CLOSE of 40 octets | end                 |
        | RELAY | DATA               | protocol error      |
        | RELAY | RELAY              | protocol error      |
        | RELAY | RESPONSE           | protocol error      |
        | RELAY | type 9             | protocol error      |
        | RELAY | length 5           | protocol error      |
        | RELAY | version 2          | unsupported version |
        | RELAY | CLOSE of 9 octets  | protocol error      |
        | RELAY | CLOSE              | end                 |
        | RELAY | CLOSE of 40 octets | end                 |

  @iut:server @SRV-15
  Rule: A connection that breaks before Authorized is over

    Scenario: The stream ends before Authorized
      Given a tunnel server
      Then a connection to the server ends as its octets want it
        | after | it sends            | it gets |
        |       | FIN                 | end     |
        |       | half a RELAY, FIN   | end     |
        | RELAY | FIN                 | end     |
        | RELAY | half a REQUEST, FIN | end     |

  @iut:server @SRV-13 @FRAME-13 @SRV-09 @SRV-12
  Rule: In Authorized only DATA and CLOSE have a place

    # SRV-13: the second REQUEST; FRAME-13: RELAY and RESPONSE; SRV-09: the CLOSE, which is not answered; SRV-12: the DATA, whose
    # tag is none. CLOSE-01: that each answer is keyed, whatever it says and also before any DATA frame came.
    # fig. 12 Authorized: protocol error, unsupported version, integrity failure
    @CLOSE-01
    Scenario: Frames after RESPONSE and after confirmation
      Given a tunnel server
      Then a session with the server ends as its octets want it
        | confirmed | it sends    | it gets                   |
        | no        | RELAY       | keyed protocol error      |
        | no        | REQUEST     | keyed protocol error      |
        | no        | RESPONSE    | keyed protocol error      |
        | no        | type 9      | keyed protocol error      |
        | no        | version 2   | keyed unsupported version |
        | no        | length 5    | keyed protocol error      |
        | no        | DATA        | keyed integrity failure   |
        | no        | length 0    | keyed integrity failure   |
        | no        | keyed CLOSE | end                       |
        | no        | FIN         | end                       |
        | yes       | RELAY       | keyed protocol error      |
        | yes       | REQUEST     | keyed protocol error      |
        | yes       | RESPONSE    | keyed protocol error      |
        | yes       | type 9      | keyed protocol error      |
        | yes       | version 2   | keyed unsupported version |
        | yes       | length 5    | keyed protocol error      |
        | yes       | DATA        | keyed integrity failure   |
        | yes       | length 0    | keyed integrity failure   |
        | yes       | keyed CLOSE | end                       |
        | yes       | FIN         | end                       |

  @iut:server @SRV-07
  Rule: What comes while a refusal is delayed changes nothing

    # SRV-07: the delay; CLOSE-07: that a CLOSE is not answered besides.
    # fig. 12 Close: frame
    @CLOSE-07
    Scenario: Frames, and the end of the stream, while a refusal is delayed
      Given a tunnel server
      Then a REQUEST that is refused is answered after its delay, though this follows
        | RELAY              |
        | REQUEST            |
        | RESPONSE           |
        | DATA               |
        | type 9             |
        | version 2          |
        | length 0           |
        | length 5           |
        | CLOSE              |
        | CLOSE of 9 octets  |
        | CLOSE of 40 octets |
        | CLOSE of status 0  |
        | FIN                |

    @long
    Scenario: The time of a refusal tells nothing
      Given a tunnel server
      When REQUESTs of each kind are refused 6 times, in turn
        | a name that the server does not know                |
        | a key that is not that of its name                  |
        | a key that the server does not know                 |
        | a changed last octet                                |
        | a destination that is not the last name of the path |
        | padding that is not zero                            |
      Then none was refused before 250 ms
      And the medians of the kinds are within 80 ms of each other and of 250 ms

  @iut:server @SRV-08
  Rule: Strangers learn not authorized, whatever they ask for

    Scenario: Transforms that the server does not have
      Given a tunnel server
      Then these are refused after 250 ms
        | who     | transforms | gets                |
        | mallory | 0x7777     | not authorized      |
        | nobody  | 0x7777     | not authorized      |
        | alice   | 0x7777     | no common transform |

    Scenario: No address is left
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}" }],
          "clientData": { "pool": "10.8.0.10-10.8.0.10" } }
        """
      # A server may give addresses away when it starts, or at the first REQUEST of each name: alice has hers either way.
      When an initiator is authorized
      Then these are refused after 250 ms
        | who     | transforms | gets            |
        | mallory | 0x0002     | not authorized  |
        | nobody  | 0x0002     | not authorized  |
        | bob     | 0x0002     | no address left |

  @iut:server @SRV-05 @SRV-10
  Rule: Having sent CLOSE the server disconnects, whatever the peer does

    # fig. 12 Close: close sent
    Scenario: After CLOSE the peer does not end its stream
      Given a tunnel server
      Then the server has closed each of these connections 2 s after its CLOSE, and sends nothing more
        | a refused REQUEST        |
        | a session that was ended |

    @CLOSE-08 @needs:timers
    Scenario: A server's stream ends with its CLOSE, not when it is tired of waiting
      Given a tunnel server configured with
        """
        { "timers": { "dying": 30000 } }
        """
      Then the server ends its stream with the CLOSE of
        | a refused REQUEST        |
        | a session that was ended |

  @iut:server @SRV-11
  Rule: At the end of the program no connection is left

    # fig. 12 Receive Relay: end session
    # fig. 12 Connect Wait: end session
    Scenario: Two sessions, and connections in every state before
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}" }] }
        """
      When alice and bob have sessions, and others have sent nothing, RELAY, and a REQUEST that is refused
      And the server is terminated
      Then alice and bob receive a keyed CLOSE "shutting down"
      And the connections of the others end without a frame, or with their refusal
      And the server exits with status 0

  @iut:server @SRV-14 @SRV-17 @DATA-14 @needs:timers
  Rule: Timers run out when they are to, however the peer dribbles

    # SRV-14: Receive Relay and Connect Wait; SRV-17: unconfirmed; DATA-14: a confirmed session that is silent.
    Scenario: A server's timers as they are configured
      Given a tunnel server configured with
        """
        { "timers": { "receiveRelay": 500, "connectWait": 800, "confirmation": 1100, "silence": 1400, "keepAlive": 60000 } }
        """
      Then a connection to the server is answered in time
        | it has sent | and sends                | it gets       | after   |
        | nothing     | nothing                  | timeout       | 500 ms  |
        | nothing     | RELAY in single octets   | timeout       | 500 ms  |
        | RELAY       | nothing                  | timeout       | 800 ms  |
        | RELAY       | REQUEST in single octets | timeout       | 800 ms  |
        | REQUEST     | nothing                  | keyed timeout | 1100 ms |
        | REQUEST     | DATA in single octets    | keyed timeout | 1100 ms |
        | DATA        | nothing                  | end           | 1400 ms |

  @iut:server @SRV-14 @SRV-17
  Rule: Without configuration the timers are those of the text

    # fig. 12 Receive Relay: timeout
    # fig. 12 Connect Wait: timeout
    # fig. 12 Authorized: timeout
    Scenario: A server's timers without configuration: 10 s each
      Given a tunnel server
      Then a connection to the server is answered in time
        | it has sent | and sends                | it gets       | after |
        | nothing     | nothing                  | timeout       | 10 s  |
        | nothing     | RELAY in single octets   | timeout       | 10 s  |
        | RELAY       | nothing                  | timeout       | 10 s  |
        | RELAY       | REQUEST in single octets | timeout       | 10 s  |
        | REQUEST     | nothing                  | keyed timeout | 10 s  |
        | REQUEST     | DATA in single octets    | keyed timeout | 10 s  |

  @iut:server @SRV-17
  Rule: A session that is confirmed is not closed when the time for that is over

    @needs:timers
    Scenario: A confirmation timer of 1 s
      Given a tunnel server configured with
        """
        { "timers": { "confirmation": 1000 } }
        """
      When an initiator is authorized
      Then the server sends nothing but DATA for 1800 ms

  @iut:server @SRV-04
  Rule: What came before the end of a stream is handled first

    Scenario: A REQUEST that a FIN follows
      Given a tunnel server
      When an initiator sends RELAY, REQUEST and FIN
      Then the server answers RESPONSE
      And the server ends the stream without a frame

  @iut:server @SRV-16
  Rule: Until it is confirmed a session has no keep-alive either

    @needs:timers
    Scenario: A keep-alive timer of 200 ms
      Given a tunnel server configured with
        """
        { "timers": { "keepAlive": 200 } }
        """
      When an initiator has opened RESPONSE
      Then the server sends nothing for 1200 ms
