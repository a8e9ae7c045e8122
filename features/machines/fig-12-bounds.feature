Feature: Bounds that a tunnel server keeps
  [EP] fig. 12: how long a key is used (Authorized 225), and how many connections are half-open (218 to 225).

  @iut:server @SRV-20 @needs:timers
  Rule: A key is used up to its bound and for the grace, and not longer

    # fig. 12 Authorized: key expired
    Scenario: What an initiator sends, and time
      Given a tunnel server configured with
        """
        { "timers": { "expiryGrace": 600 }, "initiators": [{ "name": "alice", "publicKey": "{alice}" },
          { "name": "bob", "publicKey": "{bob}" }, { "name": "carol", "publicKey": "{carol}" },
          { "name": "dave", "publicKey": "{dave}" }] }
        """
      Then a key that is nearly used up stays in use, and one that is used up is closed 600 ms later
        | name  | bound       | which is used up by                       |
        | alice | 20 frames   | frames                                    |
        | bob   | 2000 octets | octets                                    |
        | carol | 20 frames   | frames, and frames go on                  |
        | dave  | 2 seconds   | time                                      |

    @needs:adapter
    Scenario Outline: What the server sends: <bound>
      Given a tunnel server configured with
        """
        { "timers": { "expiryGrace": 600 } }
        """
      When an initiator is authorized with a key that lasts <bound>
      Then datagrams of the server use it up, and 600 ms later it is closed

      Examples:
        | bound       |
        | 10 frames   |
        | 1500 octets |

  @iut:server @SRV-20
  Rule: Without configuration the server gives a key 60 s more

    @long
    Scenario: A key of 1 s
      Given a tunnel server
      Then a key that is nearly used up stays in use, and one that is used up is closed 60 s later
        | name  | bound     | used up by |
        | alice | 1 seconds | time       |

  @iut:server @SRV-21 @needs:limits
  Rule: As many half-open connections as a limit says are let in, and no more

    # fig. 12 Receive Relay: resource limit
    Scenario Outline: <limit>
      Given a tunnel server among several nodes, configured with
        """
        { "limits": { "<limit>": 3, "halfOpenPerKey": 100 } }
        """
      Then 3 connections that have sent nothing are let in, and 2 more are refused with "resource limit" at once
      And one from another address is <let in or refused>
      And so it is again when they have ended
      And so it is when they have RESPONSE
      And so it is again when one of them was confirmed

      Examples:
        | limit             | let in or refused |
        | halfOpenPerSource | let in            |
        | halfOpen          | refused           |

  @iut:server @SRV-21
  Rule: Without configuration the limit is that of the text

    Scenario: 16 from one source
      Given a tunnel server among several nodes
      Then 16 connections that have sent nothing are let in, and 2 more are refused with "resource limit" at once
      And one from another address is let in

  @iut:server @SRV-22
  Rule: As many half-open connections of one static key as the limit says are let in, and no more

    Scenario: Four, and a fifth
      Given a tunnel server
      Then 4 connections of one key have RESPONSE, and a fifth is refused with "resource limit" after 250 ms
      And so it is again when they have ended
      And so it is again when one of them was confirmed
