Feature: The first node of the tunnel path
  [EP] fig. 4, 70 to 72: the tunnel initiator connects to the first node, and finds it by its name.

  @iut:client @FRAME-16
  Rule: The port of its name is that of the node, wherever in the path it stands

    Scenario Outline: <path>
      Given nodes whose names are in DNS alone
      And the first node, next.test, is at 10.77.0.2 and listens on port <port>
      When an initiator connects by the path <path>
      Then the first node has read RELAY for the path <path>

      Examples:
        | path                     | port  |
        | next.test:65535          | 65535 |
        | next.test:4000 last.test | 4000  |

  @iut:client @RELAY-02
  Rule: Every path and every name that the grammar has is taken

    Scenario Outline: <what>
      Given nodes whose names are in DNS alone
      And the first node, next.test, is at 10.77.0.2 and listens on port 3265
      When an initiator connects by the path <path>
      Then the first node has read RELAY for the path <path>

      Examples:
        | what                         | path |
        | 16 names                     | next.test b.test c.test d.test e.test f.test g.test h.test i.test j.test k.test l.test m.test n.test o.test last.test |
        | A label of 64 octets         | next.test abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-0123456789.test |
        | Hyphens at the ends of labels | next.test -last-.test- |
        | Labels of an underscore       | next.test _.last_.test |
        | An address as a name          | 10.77.0.2 last.test |

  @iut:client @PATH-08
  Rule: A first node that has several addresses is reached when one of them accepts

    Scenario Outline: <which>
      Given nodes whose names are in DNS alone
      And the first node, next.test, is at <addresses> and listens on port 3265
      When an initiator connects by the path next.test
      Then the first node has read RELAY for the path next.test

      Examples:
        | which                       | addresses            |
        | Nobody listens at the first | 10.77.0.1, 10.77.0.2 |
        | Nobody listens at the last  | 10.77.0.2, 10.77.0.1 |

  # The addresses have as much of the client's in common as each other: resolvers leave their order as it is.
  @iut:client @PATH-17
  Rule: An address that does not answer leaves the others time

    # Two do not answer, so that a client which gives half of the time to each has none left for the third.
    Scenario: The first address of a first node does not answer
      Given nodes whose names are in DNS alone
      And what client sends to 10.77.0.3, 10.77.0.4 is lost
      And the first node, next.test, is at 10.77.0.3, 10.77.0.4, 10.77.0.2 and listens on port 3265
      When an initiator connects by the path next.test
      Then the first node has read RELAY for the path next.test

    @needs:ipv6
    Scenario: The first address of a first node does not answer, in IPv6
      Given nodes of both families whose names are in DNS alone
      And what client sends to fd77::3 is lost
      And the first node, next.test, is at fd77::3, fd77::2 and listens on port 3265
      When an initiator connects by the path next.test
      Then the first node has read RELAY for the path next.test

  # Section 10: tcpOpen is for all addresses of the next node together.
  @iut:client @INI-15 @needs:reconnect @needs:timers
  Rule: All addresses of the first node together have the time of TCP Open

    @long
    Scenario: Four addresses that do not answer
      Given nodes whose names are in DNS alone
      And what client sends to 10.77.0.5, 10.77.0.6, 10.77.0.7, 10.77.0.8 is lost
      And the first node, next.test, is at 10.77.0.5, 10.77.0.6, 10.77.0.7, 10.77.0.8 and listens on port 3265
      When an initiator that has 2000 ms for TCP Open, and connects again after 100 ms, connects by the path next.test
      Then it comes back to the address that it tried first after 2000 ms, and before 6000 ms are over
