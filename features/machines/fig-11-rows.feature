Feature: Tunnel initiator, state by state
  [EP] fig. 11: what comes in Response Wait 201, Authorized 203, Reconnect 212 and Dying 208, and what becomes of it.

  @iut:client @INI-05 @INI-12 @INI-13
  Rule: In Response Wait RESPONSE or CLOSE has a place, and nothing else

    # INI-05: CLOSE; INI-12: what is no RESPONSE; INI-13: another version.
    # fig. 11 Response Wait: protocol error, unsupported version
    Scenario: What comes instead of RESPONSE
      Given a tunnel initiator whose server is scripted
      Then connections of the initiator end as these octets want it
        | in            | the server sends   | it gets             |
        | Response Wait | DATA               | protocol error      |
        | Response Wait | RELAY              | protocol error      |
        | Response Wait | REQUEST            | protocol error      |
        | Response Wait | type 9             | protocol error      |
        | Response Wait | length 5           | protocol error      |
        | Response Wait | version 2          | unsupported version |
        | Response Wait | CLOSE of 9 octets  | protocol error      |
        | Response Wait | CLOSE of 39 octets | protocol error      |
        | Response Wait | CLOSE of status 0  | protocol error      |
        | Response Wait | CLOSE              | end                 |
        | Response Wait | CLOSE of 40 octets | end                 |

  @iut:client @INI-15
  Rule: A stream that ends before RESPONSE is a broken connection

    # fig. 11 Response Wait: network error
    # fig. 11 Network Error: recorded
    Scenario: The stream ends before RESPONSE
      Given a tunnel initiator whose server is scripted
      Then connections of the initiator end as these octets want it
        | in            | the server sends     | it gets |
        | Response Wait | FIN                  | end     |
        | Response Wait | half a RESPONSE, FIN | end     |

  @iut:client @INI-11 @INI-13 @FRAME-13
  Rule: In Authorized only DATA and CLOSE have a place

    # INI-11: RELAY and RESPONSE; INI-13: another version; FRAME-13: REQUEST.
    # fig. 11 Authorized: protocol error, unsupported version
    Scenario: Frames that have no place in Authorized
      Given a tunnel initiator whose server is scripted
      Then connections of the initiator end as these octets want it
        | in         | the server sends | it gets                   |
        | Authorized | RELAY            | keyed protocol error      |
        | Authorized | REQUEST          | keyed protocol error      |
        | Authorized | RESPONSE         | keyed protocol error      |
        | Authorized | type 9           | keyed protocol error      |
        | Authorized | length 5         | keyed protocol error      |
        | Authorized | version 2        | keyed unsupported version |

  @iut:client @INI-04 @INI-08 @CLOSE-05
  Rule: A CLOSE ends the session, and is not answered; so does what breaks it

    # INI-04: the keyed CLOSE; INI-08: the spoilt frame; CLOSE-05: the end of the stream and the unkeyed CLOSE.
    # fig. 11 Authorized: integrity failure, network error
    Scenario: What ends a connection in Authorized
      Given a tunnel initiator whose server is scripted
      Then connections of the initiator end as these octets want it
        | in         | the server sends | it gets                 |
        | Authorized | keyed CLOSE      | end                     |
        | Authorized | CLOSE            | end                     |
        | Authorized | FIN              | end                     |
        | Authorized | DATA             | keyed integrity failure |
        | Authorized | length 0         | keyed integrity failure |

  @iut:client @INI-06
  Rule: At End Session the initiator disconnects, whatever the server does

    # fig. 11 Close: close sent
    # fig. 11 Dying: timeout
    Scenario: End Session while the server does not end its stream
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the user ends the session
      Then the server receives CLOSE "end session" alone, and 2 s later the initiator has closed the connection

    @needs:reconnect
    Scenario: End Session while the server does not end its stream, on a later connection
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the server sends a keyed CLOSE "shutting down"
      And the initiator has connected again
      And the server authorizes it
      And the user ends the session
      Then the server receives CLOSE "end session" alone, and 2 s later the initiator has closed the connection

    # CLOSE-08: it goes on reading for 2 s.
    @CLOSE-08
    Scenario: End Session again while the server does not end its stream
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the user ends the session
      And the user ends the session
      Then the server receives CLOSE "end session" alone, and 2 s later the initiator has closed the connection

  # What comes in the segment of RESPONSE comes in Authorized.
  @iut:client
  Rule: What is behind RESPONSE in one segment is judged as what comes later

    @FRAME-15 @needs:timers
    Scenario: The beginning of a frame behind RESPONSE
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "stalledFrame": 700 } }
        """
      When the server has read REQUEST
      And the server sends RESPONSE and half a DATA in one segment
      Then the initiator answers a keyed CLOSE "integrity failure" and ends the stream

    @CLOSE-04 @INI-18
    Scenario: An unkeyed CLOSE behind RESPONSE
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends RESPONSE and CLOSE in one segment
      Then the initiator ends the stream behind DATA at most
      And its program ends with status 1, as after no CLOSE at all

    # ADP-12: whether the adapter was made before the end, or is on its way.
    @INI-04 @ADP-12 @needs:adapter
    Scenario: A keyed CLOSE behind RESPONSE
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends RESPONSE and keyed CLOSE in one segment
      Then the initiator ends the stream behind DATA at most
      And the initiator does not connect again while it waits for 1500 ms
      And no adapter is left in the client

    @INI-04 @ADP-12 @needs:adapter @needs:lockdown
    Scenario: A keyed CLOSE behind RESPONSE, under a lockdown
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "lockdown": {} }
        """
      When the server has read REQUEST
      And the server sends RESPONSE and keyed CLOSE in one segment
      Then the initiator ends the stream behind DATA at most
      And the initiator does not connect again while it waits for 1500 ms
      And no adapter is left in the client

  @iut:client @INI-04 @INI-05 @INI-07 @CLOSE-08
  Rule: However it came to Dying, the initiator waits for the end of the stream for 2 s at most

    # CLOSE-08: it closes, also behind a CLOSE of its own. By row, INI-04 and INI-05: a CLOSE came. INI-07: End Session.
    # fig. 11 Dying: timeout
    Scenario: In Dying the server goes on with its stream
      Given a tunnel initiator whose server is scripted
      Then the initiator closes the connection no later than 2 s after this, though the server does not end its stream
        | in            | what        |
        | Authorized    | keyed CLOSE |
        | Authorized    | DATA        |
        | Response Wait | CLOSE       |
        | Response Wait | DATA        |
        | Response Wait | End Session |

  @iut:client @INI-07
  Rule: Before there is a connection End Session is heard too

    # fig. 11 TCP Open: end session
    Scenario: End Session while the server drops every SYN
      Given a tunnel initiator whose server drops every SYN
      When the user has ended the session by SIGTERM
      Then the initiator program exits with status 0 within 3 s

    # fig. 11 TCP Open: end session
    @needs:timers
    Scenario: End Session while the server drops every SYN, and the time of Dying is long
      Given a tunnel initiator whose server drops every SYN, configured with
        """
        { "timers": { "dying": 30000 } }
        """
      When the user has ended the session by SIGTERM
      Then the initiator program exits with status 0 within 5 s

    # What it was making does not become a connection later.
    Scenario: End Session in TCP Open, and then the server could be reached
      Given a tunnel initiator whose server drops every SYN
      When the user ends the session
      And what the client sends to the server arrives again
      Then nobody connects to the server while it waits for 4000 ms

    @needs:reconnect @needs:timers
    Scenario: End Session while the server drops every SYN of a later connection
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "backOffMin": 50, "backOffMax": 50 } }
        """
      When the server authorizes it
      And the server drops every SYN from now on
      And its back-off is over
      And the user has ended the session by SIGTERM
      Then the initiator program exits with status 0 within 3 s

  @iut:client @INI-25 @needs:reconnect @needs:timers
  Rule: In Dead End Session is heard at once, too

    Scenario: SIGTERM in Dead while the back-off runs
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "backOffMin": 30000, "backOffMax": 30000 } }
        """
      When the server breaks the connection off
      And its back-off has begun
      And the user has ended the session by SIGTERM
      Then the initiator program exits with status 0 within 3 s

    Scenario: End Session in Dead by a command while the back-off runs
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "backOffMin": 1000, "backOffMax": 1000 } }
        """
      When the server breaks the connection off
      And its back-off has begun
      And the user ends the session
      Then the initiator does not connect again while it waits for 2500 ms
      When the user asks for a connection
      Then the initiator is authorized on the next one

  @iut:client @INI-09
  Rule: The seconds of a key count from Authorized

    Scenario: The seconds of a key whose RESPONSE comes late
      Given a tunnel initiator whose server is scripted
      Then of a key of 2 s, whose RESPONSE it awaits for 1500 ms, it lets go 1800 ms after RESPONSE, not before

  @iut:client @CLOSE-08 @needs:timers
  Rule: A connection that is reset is waited for no longer

    # fig. 11 Dying: network error
    Scenario: The server resets the connection in Dying
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "dying": 30000 } }
        """
      When the server authorizes it
      And the user has ended the session by SIGTERM
      Then the initiator answers a keyed CLOSE "end session" and ends the stream
      When the server breaks the connection off
      Then the initiator program exits with status 0 within 5 s

  # fig. 11 Dead: back-off over
  @iut:client @INI-16 @needs:timers
  Rule: A command to connect does not end the back-off

    Scenario: A command while the back-off runs, of an initiator that is not to reconnect
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "backOffMin": 1500, "backOffMax": 1500 } }
        """
      When the server has read REQUEST
      Then asked for another connection at once, the initiator waits for the 1500 ms of its back-off

  @iut:client @INI-03
  Rule: A command to connect changes nothing where there is a connection

    @needs:adapter @needs:arp
    Scenario: A command to connect in Authorized
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the adapter is up
      And the user asks for a connection
      Then the initiator does not connect again while it waits for 1000 ms
      And the stack behind the adapter answers a datagram that the server sends

  @iut:client @INI-29
  Rule: An order to connect that comes while the connection ends is not lost, and one that comes before changes nothing

    Scenario: A command in Dying
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server sends a keyed CLOSE "shutting down", and does not end its stream
      Then the initiator ends the stream without a frame
      When the user asks for a connection
      And the server ends its stream without CLOSE
      Then the initiator is authorized on the next one, 1000 ms after that CLOSE or later

    # INI-25: the order ends with End Session, in Dying as in Dead.
    @INI-25
    Scenario: A command in Dying, and End Session behind it
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server sends a keyed CLOSE "shutting down", and does not end its stream
      Then the initiator ends the stream without a frame
      When the user asks for a connection
      And the user ends the session
      And the server ends its stream without CLOSE
      Then the initiator does not connect again while it waits for 2500 ms
      # That End Session was for the session before.
      When the user asks for a connection
      Then the initiator is authorized on the next one
      And the session goes on for 500 ms

    Scenario: A command in Authorized, and then the end of the session
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the user asks for a connection
      Then the initiator does not connect again while it waits for 1000 ms
      When the server sends a keyed CLOSE "shutting down"
      And the server ends its stream without CLOSE
      Then the initiator does not connect again while it waits for 2500 ms

  @iut:client @INI-18
  Rule: The exit tells why the last session ended

    Scenario: A session that the user ended, and then one that broke
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the user ends the session
      And the server ends its stream without CLOSE
      And the user asks for another connection
      And the server authorizes it
      And the server ends its stream without CLOSE
      Then its program ends with status 1, as after no CLOSE at all

  @iut:client @INI-18 @CLOSE-05
  Rule: The exit tells why the session ended

    # INI-18: each CLOSE, keyed or not; CLOSE-05: what is none, or none of the peer's.
    @long
    Scenario: Nobody can ask for another connection
      Given a tunnel initiator whose server is scripted
      Then the exit status of the initiator is this after the server has sent
        | in            | the server sends    | exit status |
        | Authorized    | keyed end session   | 0           |
        | Authorized    | keyed shutting down | 0           |
        | Authorized    | keyed shutting down, then RST | 0 |
        | Authorized    | keyed superseded    | 1           |
        | Authorized    | keyed key expired   | 1           |
        | Authorized    | keyed 257           | 1           |
        | Authorized    | FIN                 | 1           |
        | Authorized    | RST                 | 1           |
        | Authorized    | half a DATA, FIN    | 1           |
        | Authorized    | CLOSE, FIN          | 1           |
        | Authorized    | CLOSE of 40 octets  | 1           |
        | Response Wait | not authorized      | 1           |
        | Response Wait | end session         | 1           |
        | Response Wait | shutting down       | 1           |

    # docs/iut.md: it ends where it does not connect again by itself.
    @needs:reconnect
    Scenario: Nobody can ask for another connection, of an initiator that is to reconnect
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      Then the exit status of the initiator is this after the server has sent
        | in         | the server sends  | exit status |
        | Authorized | keyed end session | 0           |
        | Authorized | keyed superseded  | 1           |

  @iut:client @INI-14
  Rule: RESPONSE is not awaited longer than responseWait

    @needs:timers
    Scenario Outline: RESPONSE is awaited while the server sends <what>
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "responseWait": 900 } }
        """
      Then the initiator answers CLOSE "timeout" after 900 ms, though the server sends <what>

      Examples:
        | what                      |
        | nothing                   |
        | a RESPONSE octet by octet |

    @needs:reconnect @needs:timers
    Scenario: RESPONSE is awaited while the server sends nothing, on a later connection
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "responseWait": 900, "backOffMin": 100, "backOffMax": 100 } }
        """
      When the server has read REQUEST
      And the server breaks the connection off
      And the initiator has connected again
      Then the initiator answers CLOSE "timeout" after 900 ms, though the server sends nothing

    # fig. 11 Response Wait: timeout
    @long
    Scenario: RESPONSE is awaited for 30 s without configuration
      Given a tunnel initiator whose server is scripted
      Then the initiator answers CLOSE "timeout" after 30 s, though the server sends a RESPONSE octet by octet

  @iut:client @DATA-14 @needs:timers
  Rule: A server that says nothing is not listened to for ever

    Scenario: Silence in Authorized
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "silence": 900, "keepAlive": 60000 } }
        """
      When the server authorizes it
      Then the initiator's stream ends 900 ms later without a frame

    @needs:reconnect
    Scenario: Silence in Authorized, on a later connection
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "silence": 900, "keepAlive": 60000 } }
        """
      When the server authorizes it
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it
      Then the initiator's stream ends 900 ms later without a frame

  @iut:client @INI-15 @needs:reconnect
  Rule: A connection that is refused or breaks is made again

    # fig. 11 TCP Open: network error
    # fig. 11 Dead: back-off over
    Scenario: Nobody listens at first, then the stream ends, then it is reset
      Given a tunnel initiator that is to reconnect, and nobody listens
      When its connections meet this, one after the other
        | FIN |
        | RST |
      Then the initiator is authorized on the next one

    @needs:timers
    Scenario: The server drops every SYN
      Given a tunnel initiator whose server drops every SYN, configured with
        """
        { "reconnect": true, "timers": { "tcpOpen": 1000, "backOffMin": 300, "backOffMax": 300 } }
        """
      Then the initiator tries again from another port, no less than 850 ms after the time before

    @needs:timers
    Scenario: The server drops every SYN once a connection has broken
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "tcpOpen": 1000, "backOffMin": 300, "backOffMax": 300 } }
        """
      When the server has read REQUEST
      And the server drops every SYN from now on
      Then within 6 s the initiator has tried from 3 ports more

    # fig. 11 TCP Open: timeout
    @long
    Scenario: The server drops every SYN, by the default
      Given a tunnel initiator whose server drops every SYN, configured with
        """
        { "reconnect": true }
        """
      Then the initiator tries again from another port, no less than 9 s after the time before
