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
    Scenario: The end of the stream
      Given a tunnel initiator whose server is scripted
      Then connections of the initiator end as these octets want it
        | in            | the server sends     | it gets |
        | Response Wait | FIN                  | end     |
        | Response Wait | half a RESPONSE, FIN | end     |

  @iut:client @INI-11 @INI-13 @FRAME-13
  Rule: In Authorized only DATA and CLOSE have a place

    # INI-11: RELAY and RESPONSE; INI-13: another version; FRAME-13: REQUEST.
    # fig. 11 Authorized: protocol error, unsupported version
    Scenario: Frames that have none
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
    Scenario: Ends
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
    Scenario: A server that does not end its stream
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the user ends the session
      Then the server receives CLOSE "end session" alone, and 2 s later the initiator has closed the connection

  @iut:client @INI-07
  Rule: Before there is a connection End Session is heard too

    # fig. 11 TCP Open: end session
    Scenario: End Session while the server drops every SYN
      Given a tunnel initiator whose server drops every SYN
      When the user has ended the session by SIGTERM
      Then the initiator program exits with status 0 within 3 s

  @iut:client @INI-25 @needs:reconnect @needs:timers
  Rule: In Dead End Session is heard at once, too

    Scenario: SIGTERM while the back-off runs
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "backOffMin": 30000, "backOffMax": 30000 } }
        """
      When the server breaks the connection off
      And its back-off has begun
      And the user has ended the session by SIGTERM
      Then the initiator program exits with status 0 within 3 s

    Scenario: A command while the back-off runs
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "backOffMin": 1000, "backOffMax": 1000 } }
        """
      When the server breaks the connection off
      And its back-off has begun
      And the user ends the session
      Then the initiator does not connect again while it waits for 2500 ms

  @iut:client @INI-18 @CLOSE-05
  Rule: The exit tells why the session ended

    # INI-18: each CLOSE; CLOSE-05: what is none, or none of the peer's.
    @long
    Scenario: Nobody can ask for another connection
      Given a tunnel initiator whose server is scripted
      Then the exit status of the initiator is this after the server has sent
        | in            | the server sends    | exit status |
        | Authorized    | keyed end session   | 0           |
        | Authorized    | keyed shutting down | 0           |
        | Authorized    | keyed superseded    | 1           |
        | Authorized    | keyed key expired   | 1           |
        | Authorized    | FIN                 | 1           |
        | Authorized    | RST                 | 1           |
        | Authorized    | half a DATA, FIN    | 1           |
        | Authorized    | CLOSE, FIN          | 1           |
        | Authorized    | CLOSE of 40 octets  | 1           |
        | Response Wait | not authorized      | 1           |

  @iut:client @INI-14
  Rule: RESPONSE is not awaited longer than responseWait

    @needs:timers
    Scenario Outline: The server sends <what>
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "responseWait": 900 } }
        """
      Then the initiator answers CLOSE "timeout" after 900 ms, though the server sends <what>

      Examples:
        | what                      |
        | nothing                   |
        | a RESPONSE octet by octet |

    # fig. 11 Response Wait: timeout
    @long
    Scenario: 30 s without configuration
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

    # fig. 11 TCP Open: timeout
    @long
    Scenario: The server drops every SYN, by the default
      Given a tunnel initiator whose server drops every SYN, configured with
        """
        { "reconnect": true }
        """
      Then the initiator tries again from another port, no less than 9 s after the time before
