Feature: Frames that come to a tunnel relay in pieces
  [EP] fig. 13: Receive Relay 237 and Forward 242. TCP may cut a frame anywhere.

  @iut:relay @RLY-10 @RLY-20
  Rule: The frame behind RELAY has 6 to 4,096 octets, and may come in any number of pieces

    # RLY-20: its length, and nothing else of it; RLY-10: that it follows RELAY; FRAME-05: in pieces.
    @FRAME-05
    Scenario: The shortest frame behind RELAY, and longer ones that dribble
      Given a tunnel relay
      Then these frames behind RELAY reach the next node
        | type | version | length | in pieces of |
        | 2    | 1       | 6      | 6            |
        | 2    | 1       | 6      | 1            |
        | 2    | 1       | 260    | 1            |
        | 2    | 1       | 4096   | 41           |
        | 4    | 1       | 300    | 300          |
        | 1    | 1       | 40     | 40           |
        | 200  | 0       | 40     | 40           |
        | 2    | 2       | 260    | 260          |

  @iut:relay @RLY-05
  Rule: A CLOSE passes whole, though its first octets pass at once

    Scenario Outline: A CLOSE of the <role> that comes in 20 pieces, at once and after 2 s
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      Then a CLOSE of the <role> passes whole that comes in 20 pieces, and the tunnel ends
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for 2 s
      Then a CLOSE of the <role> passes whole that comes in 20 pieces, and the tunnel ends

      Examples:
        | role      |
        | initiator |
        | server    |

  @iut:relay @RLY-03
  Rule: Frames pass whole however slowly they come when the next node begins to answer

    # The first one, and the beginning of the next; otherwise a frame that is within one when it begins to pass.
    Scenario Outline: The next node's first frames in pieces of <size> octets
      Given a tunnel relay
      When an initiator sends RELAY to the relay for the path relay-b.test server.test
      Then the next node receives RELAY unchanged
      And three frames of the next node reach the initiator that come in pieces of <size> octets, <time> apart

      Examples:
        | size | time   |
        | 303  | 500 ms |
        | 7    | 3 ms   |
        | 100  | 100 ms |

  @iut:relay @RLY-03
  Rule: Who reads nothing holds up what is for him, and nothing else

    Scenario Outline: The <role> reads nothing after <time>
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for <time>
      And the <role> reads nothing, and the other sends as much as the relay takes
      Then frames of the <role> reach the other
      And octets pass through another tunnel both ways

      Examples:
        | role      | time |
        | initiator | 0 s  |
        | server    | 0 s  |
        | initiator | 2 s  |
        | server    | 2 s  |

    Scenario Outline: What waits for the <role>, after <time>, stays what it was
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for <time>
      And the <role> reads nothing, and the other sends as much as the relay takes
      Then 4 MiB of the <role> reach the other, and what waited is as it was sent when it reads again

      Examples:
        | role      | time |
        | initiator | 0 s  |
        | server    | 0 s  |
        | initiator | 2 s  |
        | server    | 2 s  |

  # RLY-12: that they end; CLOSE-08: without waiting for a peer.
  @iut:relay @RLY-12 @CLOSE-08
  Rule: At the end of the program nobody who reads nothing is waited for

    Scenario Outline: SIGTERM while the <role> reads nothing, after <time>
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for <time>
      And the <role> reads nothing, and the other sends as much as the relay takes
      And the relay is terminated
      Then the relay exits with status 0

      Examples:
        | role      | time |
        | initiator | 0 s  |
        | server    | 2 s  |
