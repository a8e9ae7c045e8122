Feature: A tunnel relay behind a CLOSE
  [EP] fig. 13, Dying 244: after a CLOSE of its own, and after one that it has forwarded, a relay reads on and forgets what comes.

  @iut:relay @CLOSE-08
  Rule: It reads on until its peer has ended its stream, or 2 s are over, and closes then

    # fig. 13 Dying: frame, timeout
    Scenario: Peers that go on sending behind its own CLOSE
      Given a tunnel relay
      Then a connection to the relay is read on for 2 s behind its CLOSE, and closed then
        | it sends                    | it gets               |
        | type 9                      | protocol error        |
        | version 2                   | unsupported version   |
        | RELAY of a path of others   | not on path           |
        | RELAY to a node not allowed | next node unreachable |

    @needs:timers
    Scenario: Peers that send much behind its own CLOSE
      Given a tunnel relay configured with
        """
        { "timers": { "dying": 20000 } }
        """
      Then 32 MiB are taken from a connection to the relay behind its CLOSE
        | it sends                    | it gets               |
        | type 9                      | protocol error        |
        | RELAY of a path of others   | not on path           |
        | RELAY to a node not allowed | next node unreachable |

    @needs:timers
    Scenario Outline: The <other> sends much behind a CLOSE of the <role>, after <time>
      Given a tunnel relay configured with
        """
        { "timers": { "dying": 20000 } }
        """
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for <time>
      And the <role> sends a keyed CLOSE "end session"
      Then 32 MiB are taken from the <other> behind it

      Examples:
        | role      | other     | time |
        | initiator | server    | 0 s  |
        | server    | initiator | 0 s  |
        | initiator | server    | 2 s  |
        | server    | initiator | 2 s  |
