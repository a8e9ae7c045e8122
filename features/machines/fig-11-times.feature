Feature: How long a tunnel initiator waits, and how long it uses a key
  [EP] fig. 11: Dead 210 to Idle 194; key expired 211, Reconnect 212 to 214.

  @iut:client @INI-16 @needs:reconnect
  Rule: From Dead the initiator connects again after a back-off that grows, is jittered, and begins anew after Authorized

    @needs:timers
    Scenario: Back-offs from 200 ms to 1,600 ms
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "backOffMin": 200, "backOffMax": 1600 } }
        """
      When 9 connections in a row break before RESPONSE
      Then the back-offs lie within 200 to 400 ms, 400 to 800 ms, 800 to 1600 ms, and so each one after that
      And those that lie within 800 to 1600 ms are spread
      When the server authorizes the next one, which breaks
      And 2 connections in a row end by a CLOSE of the initiator
      Then the back-offs lie within 200 to 400 ms, 400 to 800 ms, 800 to 1600 ms, and so each one after that
      When the server authorizes one more, which breaks
      And 2 connections in a row are refused, as long as it connects again
      Then the back-offs lie within 200 to 400 ms, 400 to 800 ms, 800 to 1600 ms, and so each one after that

    @long
    Scenario: Back-offs from 1 s without configuration
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When 3 connections in a row break before RESPONSE
      Then the back-offs lie within 1000 to 2000 ms, 2000 to 4000 ms, 4000 to 8000 ms, and so each one after that

    # INI-09: a key that lasts less than `backOffMin` is renewed at once, unless the one before it did as well.
    @INI-09
    Scenario: Keys that last next to no time are followed by a back-off
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When keys of 1, 2, 1 and 1 s are used up, one after the other
      Then the initiator connects again at once after each but the last, and after 1000 to 2000 ms after that

  @iut:client @INI-28 @needs:reconnect @needs:timers
  Rule: A long back-off ends when the machine is in another network

    # The fifth back-off is 3 s at least, a first one 600 ms at most, and 300 ms at least.
    @INI-21 @long
    Scenario: Another address comes while the back-off is long
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "backOffMin": 300, "backOffMax": 6000 } }
        """
      When 4 connections in a row break before RESPONSE
      # It is the first change that counts, however many follow.
      Then it connects 300 to 2500 ms after the next one has broken, as it gets one address more every 200 ms
      # INI-21: an address that is there besides breaks no connection. Nor does the end of the back-off that was cut short.
      When the server authorizes it
      And the client has the address 10.66.0.6 too
      Then the initiator does not connect again while it waits for 6000 ms

  @iut:client @INI-25 @needs:reconnect
  Rule: End Session ends the back-off, however long it has become

    # After the third connection that breaks it is 4 s at least.
    @long
    Scenario: SIGTERM after the third connection that breaks
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When 2 connections in a row break before RESPONSE
      And the server breaks the connection off
      And its back-off has begun
      And the user has ended the session by SIGTERM
      Then the initiator program exits with status 0 within 3 s

  @iut:client @INI-09
  Rule: The initiator acts when 90 % of a bound are used up, and connects again

    # fig. 11 Authorized: key expired
    Scenario: Bounds that the server grants
      Given a tunnel initiator whose server is scripted
      Then the initiator lets a key go when this much of its bound is used up, not before, and connects again
        | bound       | used up by               | at   |
        | 20 frames   | the server               | 18   |
        | 15 frames   | the server               | 13   |
        | 20 frames   | the server, by empty frames | 18 |
        | 2000 octets | the server               | 1800 |
        | 2000 octets | the server, with padding | 1800 |
        | 1556 octets | the server               | 1400 |
        | 2 seconds   | time                     | 1800 |

    Scenario Outline: Bounds that the server grants, transform <transform>
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "transforms": ["<transform>"] }
        """
      Then the initiator lets a key go when this much of its bound is used up, not before, and connects again
        | bound       | used up by | at   |
        | 20 frames   | the server | 18   |
        | 2000 octets | the server | 1800 |

      @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |

      @needs:aes256cbc-hmacsha256
      Examples:
        | transform            |
        | aes256cbc-hmacsha256 |

    # 90 % of a bound are rounded down: of 1 they are 0, of 2 they are 1.
    Scenario Outline: A bound of <bound>
      Given a tunnel initiator whose server is scripted
      Then the initiator lets a key of <bound> go behind its empty DATA frame

      Examples:
        | bound    |
        | 1 frames |
        | 2 frames |
        | 1 octets |

    @needs:lifetimes
    Scenario Outline: A bound of <seconds> seconds is far away
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "lifetime": { "seconds": 4294967295 } }
        """
      Then for 1500 ms the initiator does not let a key of <seconds> seconds go

      # 90 % of the second are 104 ms more than 32 bits hold in milliseconds.
      Examples:
        | seconds    |
        | 4294967295 |
        | 4772186    |

    @needs:adapter @needs:arp
    Scenario: What the initiator itself sends
      Given a tunnel initiator whose server is scripted
      Then the initiator lets a key go when this much of its bound is used up, not before, and connects again
        | bound       | used up by    | at   |
        | 20 frames   | the initiator | 18   |
        | 3000 octets | the initiator | 2700 |

    @needs:adapter @needs:arp @needs:deterministic
    Scenario: What the initiator itself sends, with padding
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "deterministic": { "padding": 200 } }
        """
      Then the initiator lets a key go when this much of its bound is used up, not before, and connects again
        | bound       | used up by    | at   |
        | 3000 octets | the initiator | 2700 |

    @needs:timers
    Scenario: Empty frames that the initiator itself sends
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "keepAlive": 200 } }
        """
      Then the initiator lets a key go when this much of its bound is used up, not before, and connects again
        | bound     | used up by  | at |
        | 12 frames | keep-alives | 10 |

    # INI-09: each keep-alive is one more step of the initiator's, and the seconds go on.
    @needs:timers
    Scenario: The seconds of a key, while keep-alives are due again and again
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "keepAlive": 300 } }
        """
      Then the initiator lets a key go when this much of its bound is used up, not before, and connects again
        | bound     | used up by | at   |
        | 2 seconds | time       | 1800 |

    # fig. 11 Reconnect: timeout, network error
    Scenario: A server that does not end its stream, or resets it
      Given a tunnel initiator whose server is scripted
      When 13 of 15 frames of a key are used up
      And the server does not end its stream
      Then the initiator connects again 2 s later
      When 13 of 15 frames of a key are used up
      And the server resets the connection
      Then the initiator connects again at once

  @iut:client @CLOSE-06 @CLOSE-08
  Rule: In Reconnect what still comes is read and forgotten

    # CLOSE-06: no frame behind the CLOSE; CLOSE-08: discards for 2 s.
    # fig. 11 Reconnect: frame
    Scenario: Frames behind the CLOSE of a key that expired
      Given a tunnel initiator whose server is scripted
      When 13 of 15 frames of a key are used up
      And the server goes on with these, and does not end its stream
        | DATA      |
        | RELAY     |
        | version 2 |
        | length 5  |
        | CLOSE     |
      Then the initiator connects again 2 s later
      And nothing came behind its CLOSE

    # fig. 11 Reconnect: frame
    @INI-09
    Scenario: A keyed CLOSE behind the CLOSE of a key that expired
      Given a tunnel initiator whose server is scripted
      When 13 of 15 frames of a key are used up
      And the server sends a keyed CLOSE "end session"
      Then the initiator connects again at once

  @iut:client @INI-07
  Rule: End Session is heard in Reconnect too

    # fig. 11 Reconnect: end session
    Scenario: End Session in Reconnect while the server does not end its stream
      Given a tunnel initiator whose server is scripted
      When 13 of 15 frames of a key are used up
      And the user has ended the session by SIGTERM
      Then the initiator program exits with status 0 within 3 s
      And the initiator does not connect again while it waits for 500 ms

    # fig. 11 Reconnect: end session
    @needs:timers
    Scenario: The server does not end its stream, and the time of Dying is long
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "dying": 30000 } }
        """
      When 13 of 15 frames of a key are used up
      And the user has ended the session by SIGTERM
      Then the initiator program exits with status 0 within 5 s

  # The CLOSE is none that the peer keyed: this connection has no key yet.
  @iut:client @INI-18
  Rule: After a key that was used up, a CLOSE before RESPONSE proves as little as any other

    Scenario Outline: A CLOSE <status> on the connection that follows
      Given a tunnel initiator whose server is scripted
      When 13 of 15 frames of a key are used up
      And the server ends its stream
      And the initiator has connected again
      And the server has read REQUEST
      And the server sends CLOSE "<status>"
      Then the initiator ends the stream without a frame
      And its program ends with status 1, as after no CLOSE at all

      Examples:
        | status        |
        | end session   |
        | shutting down |

  @iut:client @INI-10 @INI-22 @needs:adapter @needs:routes
  Rule: Adapter, address and routes stay, whatever the connection comes to

    # INI-10: a key that expires; INI-22: a connection that breaks.
    @needs:reconnect
    Scenario: A key that expires, then a connection that breaks
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When 13 of 15 frames of a key are used up, and the adapter is noted before
      And the server ends its stream
      Then the initiator connects again
      And the adapter, its addresses and its routes are as noted
      When the server authorizes it
      Then the adapter, its addresses and its routes are as noted
      When the server breaks the connection off
      Then the initiator connects again
      And the adapter, its addresses and its routes are as noted
      When the server authorizes it
      Then the adapter, its addresses and its routes are as noted

  @iut:client @CLOSE-08
  Rule: The end of one stream is not that of the next one

    Scenario: A server that ends its stream, and the next time does not
      Given a tunnel initiator whose server is scripted
      When 13 of 15 frames of a key are used up
      And the server ends its stream
      Then the initiator connects again at once
      When 13 of 15 frames of a key are used up
      And the server does not end its stream
      Then the initiator connects again 2 s later

  @iut:client @INI-16 @needs:reconnect @needs:timers
  Rule: However many attempts fail, the back-off stays as long as it is

    # INI-29: the order is there already.
    @INI-29
    Scenario: Thirty connections that break
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "backOffMin": 40, "backOffMax": 320 } }
        """
      When 30 connections in a row break before RESPONSE
      And one more breaks, and in Dead the user asks for a connection
      And 2 connections in a row break before RESPONSE
      Then the back-offs lie within 40 to 80 ms, 80 to 160 ms, 160 to 320 ms, and so each one after that

  @iut:client @INI-22 @needs:adapter @needs:reconnect @needs:routes @needs:timers
  Rule: The adapter stays while one attempt after the other fails

    Scenario: Four attempts that fail
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "backOffMin": 50, "backOffMax": 50 } }
        """
      When 13 of 15 frames of a key are used up, and the adapter is noted before
      And the server ends its stream
      And the initiator has connected again
      And 4 connections in a row break before RESPONSE
      And 2 connections in a row end by a CLOSE of the initiator
      And the server authorizes it
      Then the adapter, its addresses and its routes are as noted

  @iut:client @ADP-15 @DATA-08 @INI-10 @needs:adapter @needs:routes
  Rule: Datagrams that wait for the next connection leave the other adapter unchanged

    # They need not all arrive: the queue is bounded. INI-10: the adapter takes them meanwhile. DATA-08: they don't stand for
    # the empty frame.
    Scenario: A long datagram, then short ones, wait for the next connection
      Given a tunnel initiator whose server is scripted
      When 13 of 15 frames of a key are used up, and the adapter is noted before
      And meanwhile the stack sends datagrams of 1000, 40 and 500 octets
      And the server ends its stream
      Then the initiator is authorized on the next one, and sends an empty DATA frame first
      And what comes of these datagrams is as it was sent
