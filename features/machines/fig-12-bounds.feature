Feature: Bounds that a tunnel server keeps
  [EP] fig. 12, Authorized 225: how long a key is used.

  @iut:server @SRV-20 @needs:timers
  Rule: A key is used up to its bound and for the grace, and not longer

    # fig. 12 Authorized: key expired
    Scenario: A key's bounds used up by what an initiator sends, and by time
      Given a tunnel server configured with
        """
        { "timers": { "expiryGrace": 600 }, "initiators": [{ "name": "alice", "publicKey": "{alice}" },
          { "name": "bob", "publicKey": "{bob}" }, { "name": "carol", "publicKey": "{carol}" },
          { "name": "dave", "publicKey": "{dave}" },
          { "name": "erin", "publicKey": "{erin}" }, { "name": "frank", "publicKey": "{frank}" }] }
        """
      Then a key that is nearly used up stays in use, and one that is used up is closed 600 ms later
        | name  | bound       | which is used up by                       |
        | alice | 20 frames   | frames                                    |
        | bob   | 1988 octets | octets, to the last one                   |
        | carol | 20 frames   | frames, and frames go on                  |
        | dave  | 2 seconds   | time                                      |
        | erin  | 2000 octets | octets, with padding                      |
        | frank | 3 seconds   | time, of which most is over when it is confirmed |

    Scenario: What an initiator sends between the keep-alives of the server
      Given a tunnel server configured with
        """
        { "timers": { "expiryGrace": 600, "keepAlive": 50 } }
        """
      Then a key that is nearly used up stays in use, and one that is used up is closed 600 ms later
        | name  | bound       | which is used up by |
        | alice | 1988 octets | octets, slowly      |

    # Datagrams have 28 octets: 0x0102 pads each with 4 more.
    @needs:aes256ctr-hmacsha256 @needs:aes256cbc-hmacsha256
    Scenario: A key's bounds used up with the transforms of the seed
      Given a tunnel server configured with
        """
        { "timers": { "expiryGrace": 600 }, "transforms": ["aes256ctr-hmacsha256", "aes256cbc-hmacsha256"], "initiators": [
          { "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}" },
          { "name": "carol", "publicKey": "{carol}" }, { "name": "dave", "publicKey": "{dave}" }] }
        """
      Then a key that is nearly used up stays in use, and one that is used up is closed 600 ms later
        | name  | bound       | which is used up by |
        | alice | 20 frames   | frames of 0x0101    |
        | bob   | 1988 octets | octets of 0x0101    |
        | carol | 20 frames   | frames of 0x0102    |
        | dave  | 2048 octets | octets of 0x0102    |

    @needs:adapter
    Scenario Outline: A key's bounds used up by what the server sends: <bound>
      Given a tunnel server configured with
        """
        { "timers": { "expiryGrace": 600 } }
        """
      When an initiator is authorized with a key that lasts <bound>
      And what the initiator sends uses up two thirds of it
      Then datagrams of the server use it up, and 600 ms later it is closed

      Examples:
        | bound       |
        | 10 frames   |
        | 1500 octets |

    @needs:adapter @needs:deterministic
    Scenario: A key's bounds used up by what the server sends, with padding
      Given a tunnel server configured with
        """
        { "timers": { "expiryGrace": 600 }, "deterministic": { "padding": 200 } }
        """
      When an initiator is authorized with a key that lasts 1500 octets
      Then datagrams of the server use it up, and 600 ms later it is closed

    # 0 is a time like any other: the text allows it.
    Scenario: A grace of nothing
      Given a tunnel server configured with
        """
        { "timers": { "expiryGrace": 0 } }
        """
      When an initiator is authorized with a key that lasts 1 second
      Then the server answers a keyed CLOSE "key expired" and ends the stream

    # It is closed by key expired at last, and not by what is still sent with the key.
    @needs:adapter
    Scenario: Until the end of the grace datagrams pass both ways
      Given a tunnel server configured with
        """
        { "timers": { "expiryGrace": 4000 } }
        """
      When an initiator is authorized with a key that lasts 3 frames
      And the initiator sends 2 datagrams
      Then a datagram of the initiator reaches the server's adapter
      And a ping from the server to 10.8.0.10 makes a DATA frame for the initiator

  @iut:server @SRV-20
  Rule: Without configuration the server gives a key 60 s more

    @long
    Scenario: A key of 1 s and the grace without configuration
      Given a tunnel server
      Then a key that is nearly used up stays in use, and one that is used up is closed 60 s later
        | name  | bound     | used up by |
        | alice | 1 seconds | time       |
