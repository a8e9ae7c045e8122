Feature: Frames that come to a tunnel relay in pieces
  [EP] fig. 13: Receive Relay 237 and Forward 242. TCP may cut a frame anywhere.

  @iut:relay @RLY-10 @RLY-20
  Rule: The frame behind RELAY has 6 to 4,096 octets, and may come in any number of pieces

    # RLY-20: its length; RLY-10: that it follows RELAY; FRAME-05: in pieces.
    @FRAME-05
    Scenario: The shortest one, and longer ones that dribble
      Given a tunnel relay
      Then these frames behind RELAY reach the next node
        | length | in pieces of |
        | 6      | 6            |
        | 6      | 1            |
        | 260    | 1            |
        | 4096   | 41           |

  @iut:relay @RLY-05
  Rule: A CLOSE passes whole, though its first octets pass at once

    Scenario Outline: A CLOSE of the <role> that comes in 20 pieces, after <time>
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for <time>
      Then a CLOSE of the <role> passes whole that comes in 20 pieces, and the tunnel ends

      Examples:
        | role      | time |
        | initiator | 0 s  |
        | server    | 0 s  |
        | initiator | 2 s  |
        | server    | 2 s  |
