Feature: Keeping a tunnel connection
  Keep-alives, silence, padding: what happens while nothing else does.

  @iut:client @DATA-08
  Rule: An initiator sends an empty DATA frame at once when it enters Authorized

    Scenario: An empty DATA frame follows RESPONSE at once
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      Then the first DATA frame comes within 1500 ms of RESPONSE, and is empty

  # DATA-13: when they come. DATA-02: their protocol is 0. KEY-02: each is counted, or the peer could not open the next.
  # CLOSE-02: they are counted by the digest of CLOSE, too.
  @DATA-02 @DATA-13 @KEY-02 @needs:timers
  Rule: Having sent nothing for a while, an end point sends an empty DATA frame

    @iut:server @CLOSE-02
    Scenario: A server that sends nothing
      Given a tunnel server configured with
        """
        { "timers": { "keepAlive": 300 } }
        """
      When an initiator is authorized
      And another initiator of the same name is authorized, and the older one is gone
      Then empty DATA frames come at least every 300 ms, whatever it receives
      When the operator of the server ends the session
      Then the server answers a keyed CLOSE "end session" and ends the stream

    @iut:client
    Scenario: An initiator that sends nothing
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "keepAlive": 300 } }
        """
      When the server authorizes it
      Then empty DATA frames come at least every 300 ms, whatever it receives

    @iut:client @needs:reconnect
    Scenario: An initiator that sends nothing on a later connection
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "keepAlive": 300 } }
        """
      When the server authorizes it
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it
      Then empty DATA frames come at least every 300 ms, whatever it receives

  @DATA-13 @needs:timers @needs:adapter
  Rule: Where datagrams have put it off, the empty DATA frame comes once they have ended

    @iut:server
    Scenario: A server that sends datagrams
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "timers": { "keepAlive": 600 } }
        """
      Then an empty DATA frame comes 600 ms after the last of its datagrams at the latest, which it sent every 100 ms

    @iut:server
    Scenario: A server that sends one datagram, soon after an empty frame
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "timers": { "keepAlive": 3000 } }
        """
      Then an empty DATA frame comes 3000 ms after a datagram at the latest, which it sent soon after another empty one

    @iut:client
    Scenario: An initiator that sends datagrams
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "timers": { "keepAlive": 600 } }
        """
      Then an empty DATA frame comes 600 ms after the last of its datagrams at the latest, which it sent every 100 ms

    @iut:client
    Scenario: An initiator that sends one datagram, soon after an empty frame
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "timers": { "keepAlive": 3000 } }
        """
      Then an empty DATA frame comes 3000 ms after a datagram at the latest, which it sent soon after another empty one

  @DATA-14 @needs:timers
  Rule: Having received nothing for a while, an end point treats the connection as failed

    @iut:server
    Scenario: A server that receives nothing
      Given a tunnel server configured with
        """
        { "timers": { "silence": 700, "keepAlive": 200 } }
        """
      When an initiator is authorized
      And another initiator of the same name is authorized, and the older one is gone
      Then it stays while octets of empty DATA frames come every 200 ms, whole frames or not, and fails 700 ms after the last

    @iut:client
    Scenario: An initiator that receives nothing
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "silence": 700, "keepAlive": 200 } }
        """
      When the server authorizes it
      Then it stays while octets of empty DATA frames come every 200 ms, whole frames or not, and fails 700 ms after the last

    @iut:client
    Scenario: An initiator that receives nothing after RESPONSE
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "silence": 700, "keepAlive": 200 } }
        """
      When the server authorizes it
      Then it fails when nothing comes for 700 ms

  @DATA-13 @DATA-14
  Rule: Without configuration the times are those of the text

    # DATA-13 and DATA-14: the silent session; SRV-20: the one whose key is used up.
    @iut:server @SRV-20 @long
    Scenario: Keep-alive and silence of a server without configuration
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}" }] }
        """
      Then in 60 s it treats these sessions as the text has it
        | alice | is silent: a keep-alive every 20 s, and the end after 60 s         |
        | bob   | has used up 20 frames and goes on: CLOSE "key expired" after 60 s |

    @iut:client @long
    Scenario: Keep-alive and silence of an initiator without configuration
      Given a tunnel initiator whose server is scripted
      Then in 60 s it treats its session as the text has it, whose server
        | is silent: a keep-alive every 20 s, and the end after 60 s |

  @iut:server @TRF-04
  Rule: A tunnel server accepts any padding of 0 to 255 zeros in an AEAD frame

    Scenario Outline: Padding at a server, transform <transform>
      Given a tunnel server that is authorized again and again
      Then it opens DATA frames with 0 to 255 octets of padding, with transform <transform>

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

  @iut:client @INI-10 @needs:aes256gcm
  Rule: The transform is that of the present RESPONSE

    Scenario: Padding at an initiator, one transform after the other
      Given a tunnel initiator that is authorized again and again
      Then it opens DATA frames with 0 to 255 octets of padding, with transform chacha20poly1305
      And it opens DATA frames with 0 to 255 octets of padding, with transform aes256gcm

  @iut:client @TRF-04
  Rule: A tunnel initiator accepts any padding of 0 to 255 zeros in an AEAD frame

    Scenario Outline: Padding at an initiator, transform <transform>
      Given a tunnel initiator that is authorized again and again
      Then it opens DATA frames with 0 to 255 octets of padding, with transform <transform>

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |
