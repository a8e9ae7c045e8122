Feature: One tunnel connection after another
  [EP] fig. 11, from Reconnect 212 or Dead 210 to TCP Open 195, and fig. 12, 217 to 232: what is left of a connection when
  the next one is made, and what must not be.

  @iut:client @INI-22 @FRAME-01 @needs:reconnect
  Rule: Frames begin anew with each connection

    Scenario: Frames begin anew after a connection that ended within a frame
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the server sends the octets 0000002204
      And the server ends its stream without CLOSE
      Then the initiator is authorized on the next one

  @iut:client @CLOSE-01 @INI-12 @needs:reconnect
  Rule: A connection is not keyed before its own RESPONSE

    Scenario: A connection is not keyed though the one before was
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the server breaks the connection off
      And the initiator has connected again
      And the server has read REQUEST
      And the server sends the octets 00000010040100000000000000000000
      Then the initiator answers CLOSE "protocol error" and ends the stream

  @iut:client @INI-17 @needs:reconnect
  Rule: What counts is why this connection ends, not why another did

    Scenario: Superseded, after a connection that broke
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it
      And the server sends a keyed CLOSE "superseded"
      Then the initiator ends the stream without a frame
      And the initiator does not connect again while it waits for 2500 ms

  # INI-17: it does not connect again. CLOSE-04: the CLOSE verifies, whose digest counts the frames of its connection alone.
  @iut:client @INI-17 @CLOSE-04 @needs:reconnect
  Rule: The digest of a CLOSE counts the frames of its own connection

    Scenario: Superseded, after a connection on which frames came
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the server sends 3 datagrams
      And the server ends its stream without CLOSE
      And the initiator has connected again
      And the server authorizes it
      And the server sends a keyed CLOSE "superseded"
      Then the initiator ends the stream without a frame
      And the initiator does not connect again while it waits for 2500 ms

  @iut:client @REQ-09 @ID-05 @needs:reconnect
  Rule: A later REQUEST says what the first one said

    # REQ-09: the client data. ID-05: no transform beside those of the configuration.
    Scenario: A later REQUEST, after a connection that broke
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "transforms": ["chacha20poly1305"] }
        """
      When the server authorizes it
      And the server breaks the connection off
      And the initiator has connected again
      And the server has read REQUEST
      Then REQUEST holds
        | options of client data | 0      |
        | transforms             | 0x0002 |

    @REQ-11 @needs:aes256gcm
    Scenario: A later REQUEST with several transforms, after a connection that broke
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "transforms": ["aes256gcm", "chacha20poly1305"] }
        """
      When the server authorizes it
      And the server breaks the connection off
      And the initiator has connected again
      And the server has read REQUEST
      Then REQUEST holds
        | transforms | 0x0001, 0x0002 |

  @iut:client @ID-07 @needs:reconnect
  Rule: A later REQUEST has GREASE, too

    @SHOULD
    Scenario: GREASE in a later REQUEST, after a connection that broke
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the server breaks the connection off
      And the initiator has connected again
      And the server has read REQUEST
      Then REQUEST holds
        | GREASE among | transforms, key exchange data |

  @iut:client @INI-20 @needs:reconnect
  Rule: A valid CLOSE of one connection proves nothing about that of another

    Scenario: Somebody on the path fakes superseded after a server that shut down
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the server sends a keyed CLOSE "shutting down"
      And the initiator has connected again
      And the server has read REQUEST
      And the server sends CLOSE "superseded"
      Then the initiator is authorized on the next one

  @iut:client @ADP-05 @needs:adapter @needs:reconnect
  Rule: The server's reserved physical address is that of the present connection

    # ADP-05: the packet; ARP-01: the answer.
    @ARP-01
    Scenario: The next connection brings another reserved physical address of the server
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the adapter is up
      And the server breaks the connection off
      Then soon datagrams of the next connection come from 0a:00:00:00:00:01, which it reserves for the server
      And soon ARP tells 0a:00:00:00:00:01 for the server

  @iut:client @ADP-40 @needs:adapter @needs:reconnect
  Rule: What waits for the next connection enters it once, and in its order

    Scenario: Three datagrams, and two connections after them
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "adapter": { "configure": "none", "routes": false } }
        """
      When the server authorizes it
      And the adapter is up
      And the server breaks the connection off
      And meanwhile the stack sends datagrams 1, 2 and 3
      Then on the next connection they come once and in their order, if they come
      When the server breaks the connection off
      Then on the next connection none of them comes

  @iut:client @ADP-45 @needs:adapter @needs:reconnect
  Rule: Where more wait for the next connection than there is room for, the newest come

    # They need not come at all; if some do, none is missing behind them.
    @SHOULD
    Scenario: Two hundred datagrams
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "adapter": { "configure": "none", "routes": false } }
        """
      When the server authorizes it
      And the adapter is up
      And the server breaks the connection off
      And the initiator has connected again
      And meanwhile the stack sends datagrams 1 to 200
      Then on this connection the last of them come, if any comes

  @HS-10
  Rule: Ephemeral keys are fresh for each of many connections

    @iut:client @needs:reconnect @needs:timers
    Scenario: At an initiator: ten REQUESTs
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "backOffMin": 1, "backOffMax": 1 } }
        """
      Then the ephemeral keys of 10 connections in a row differ

    @iut:server
    Scenario: At a server: ten RESPONSEs, every other one of a session that is never confirmed
      Given a tunnel server
      Then the ephemeral keys of 10 RESPONSEs in a row differ

  @iut:server @SRV-11
  Rule: Whoever is authorised is told that the program ends, confirmed or not

    Scenario: The program ends while a session is not confirmed
      Given a tunnel server
      When an initiator has opened RESPONSE
      And the server is terminated
      Then the server answers a keyed CLOSE "shutting down" and ends the stream

  # DATA-14: silence. FRAME-15: a frame that is begun. INI-09: the seconds of a key. INI-14: RESPONSE. PATH-17: the connection
  # that TCP makes. CLOSE-08: Dying. INI-22: they belong to a connection, and it is made again.
  @iut:client @INI-22 @DATA-14 @FRAME-15 @INI-09 @INI-14 @PATH-17 @CLOSE-08 @needs:reconnect @needs:timers
  Rule: With what a timer is for its time is over, too

    @long
    Scenario: A session goes on where the timers of what is over would have run out
      Given a tunnel initiator whose server is scripted, configured with
        """
        {
          "reconnect": true,
          "adapter": { "configure": "none", "routes": false },
          "timers": {
            "tcpOpen": 3000, "responseWait": 3000, "silence": 3000, "stalledFrame": 3000, "dying": 1500,
            "backOffMin": 50, "backOffMax": 50
          }
        }
        """
      When the server authorizes it, with a key of 3 s
      And the server sends the octets 0000002204
      And the server ends its stream without CLOSE
      And the initiator has connected again
      And the server authorizes it
      Then the session goes on for 4000 ms
      When the server sends a keyed CLOSE "shutting down"
      And the server ends its stream without CLOSE
      And the initiator has connected again
      And the server authorizes it
      Then the session goes on for 2000 ms
