Feature: Finding the next node by DNS
  [EP] fig. 4, 76 and 78; fig. 13, 239: a next node by its name, an operational and underutilized one of a group.

  @iut:relay @PATH-08
  Rule: A next node that has several addresses is reached when one of them accepts

    Scenario: Nobody listens at the others, or has them
      Given a tunnel relay that asks a DNS server
      And a tunnel server listens in server-2
      # Nobody listens at the first.
      When the DNS server has next.test at client, server-2
      And an initiator sends RELAY to the relay for the path relay-b.test next.test
      Then the next node receives RELAY unchanged
      # Nobody listens at the last.
      When the DNS server has next.test at server-2, client
      And an initiator sends RELAY to the relay for the path relay-b.test next.test
      Then the next node receives RELAY unchanged
      # Nobody listens at two of three.
      When the DNS server has next.test at client, server, server-2
      And an initiator sends RELAY to the relay for the path relay-b.test next.test
      Then the next node receives RELAY unchanged
      # Nobody has the first.
      When the DNS server has next.test at 10.77.0.5, server-2
      And an initiator sends RELAY to the relay for the path relay-b.test next.test
      Then the next node receives RELAY unchanged

  @iut:relay @FRAME-16
  Rule: The port of a name is that of the node, wherever in the path it stands

    Scenario: A port of its own, last on the path and before another
      Given a tunnel relay that asks a DNS server
      And the DNS server has next_.test at server-2
      And a tunnel server listens in server-2 on port 40000
      When an initiator sends RELAY to the relay for the path relay-b.test next_.test:40000
      Then the next node receives RELAY unchanged
      When an initiator sends RELAY to the relay for the path relay-b.test next_.test:40000 last.test
      Then the next node receives RELAY unchanged

  @iut:relay @PATH-04
  Rule: The address that was looked up is the one that is connected to

    Scenario: The address of an ordinary name is the one that is connected to
      Given a tunnel relay that asks a DNS server
      And the DNS server has next.test at server-2
      And a tunnel server listens in server-2
      When 2 tunnels are formed through the relay to next.test
      Then the relay has asked once per tunnel for the address of next.test
      And the relay connected to server-2, server-2

    @needs:services
    Scenario: The address of a member of a group is the one that is connected to
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server-2.test | 3265 | 0        | 0      |
      And a tunnel server listens in server-2
      When 2 tunnels are formed through the relay to group.test
      Then the relay has asked once per tunnel for the address of server-2.test
      And the relay connected to server-2, server-2

  @iut:relay @needs:services @PATH-02
  Rule: The ports of members are asked for in the operator's list, too

    Scenario: A member at a port that is not listed comes first
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server-2.test | 4001 | 1        | 0      |
        | server-3.test | 3265 | 2        | 0      |
      And a tunnel server listens in server-2 on port 4001
      And a tunnel server listens in server-3
      When 1 tunnel is formed through the relay to group.test
      Then the relay connected to server-3

  @iut:relay @needs:services @PATH-06
  Rule: The members of a group are looked up afresh for each connection

    Scenario: Another member has taken the place of the only one of a group
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        |
        | server-2.test |
      And tunnel servers listen in server-2, server-3
      When 1 tunnel is formed through the relay to group.test
      And the DNS server has these members of group.test
        | target        |
        | server-3.test |
      And 1 tunnel is formed through the relay to group.test
      Then the relay connected to server-2, server-3

  @iut:relay @needs:services @PATH-10
  Rule: A name with a port, or without SRV records, is an ordinary one

    Scenario: A name with a port is no group
      Given a tunnel relay that asks a DNS server
      And the DNS server has group.test at server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server-2.test | 3265 | 0        | 0      |
      And tunnel servers listen in server, server-2
      When 1 tunnel is formed through the relay to group.test:3265
      Then the relay connected to server
      And the relay has asked for no service

    Scenario: A name without SRV records is no group
      Given a tunnel relay that asks a DNS server
      And the DNS server has next.test at server-2
      And a tunnel server listens in server-2
      When 1 tunnel is formed through the relay to next.test
      Then the relay connected to server-2

    Scenario: A name that is not the last on the path is no group
      Given a tunnel relay that asks a DNS server
      And the DNS server has group.test at server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server-2.test | 3265 | 0        | 0      |
      And tunnel servers listen in server, server-2
      When 1 tunnel is formed through the relay to group.test and other.test
      Then the relay connected to server
      And the relay has asked for no service

  @iut:relay @needs:services @PATH-11
  Rule: The member of the lowest priority is chosen, and among these the least used one

    Scenario: The least used member of a group
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server.test   | 3265 | 10       | 0      |
        | server-2.test | 3265 | 10       | 10     |
        | server-3.test | 3265 | 10       | 90     |
      And tunnel servers listen in server, server-2, server-3
      When 9 tunnels are formed through the relay to group.test
      Then they end in
        | server | server-2 | server-3 |
        | 3      | 3        | 3        |

    Scenario: Connections to a member that have ended do not count
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server.test   | 3265 | 10       | 0      |
        | server-2.test | 3265 | 10       | 0      |
        | server-3.test | 3265 | 10       | 0      |
      And tunnel servers listen in server, server-2, server-3
      When 6 tunnels are formed through the relay to group.test
      And the tunnels that end in server-2 are closed
      And 2 tunnels are formed through the relay to group.test
      Then they end in
        | server | server-2 | server-3 |
        | 2      | 2        | 2        |

    # What neither came about nor is open any more does not count; nor does it matter by which name a member was found, or how
    # a tunnel ended.
    Scenario: What counts are the connections that are open now, by whatever name
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of next.test
        | target      |
        | server.test |
      When 2 initiators are told that next.test is unreachable
      And 2 initiators go away while the relay waits for server, a member of next.test
      And tunnel servers listen in server, server-2
      And 2 tunnels are formed through the relay to next.test
      And the DNS server has these members of group.test
        | target        |
        | server.test   |
        | server-2.test |
      And 4 tunnels are formed through the relay to group.test
      Then they end in
        | server | server-2 |
        | 3      | 3        |
      When a tunnel that ends in server breaks off
      And 1 tunnel is formed through the relay to group.test
      Then they end in
        | server | server-2 |
        | 3      | 3        |

    Scenario: The members of the lowest priority
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server.test   | 3265 | 100      | 90     |
        | server-2.test | 3265 | 20       | 0      |
        | server-3.test | 3265 | 20       | 0      |
      And tunnel servers listen in server, server-2, server-3
      When 4 tunnels are formed through the relay to group.test
      Then they end in
        | server | server-2 | server-3 |
        | 0      | 2        | 2        |

    Scenario: Members of a group on another port than the tunnel's
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server-2.test | 4000 | 1        | 0      |
      And a tunnel server listens in server-2 on port 4000
      When an initiator sends RELAY to the relay for the path relay-b.test group.test
      Then the next node receives RELAY unchanged

  @iut:relay @needs:services @PATH-11
  Rule: Among members that are equal otherwise the weights decide by chance

    Scenario: Of equal members one has all the weight
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server.test   | 3265 | 10       | 0      |
        | server-2.test | 3265 | 10       | 65535  |
      And tunnel servers listen in server, server-2
      When 10 tunnels, each closed before the next, are formed through the relay to group.test
      Then they ended in server-2 alone

    # By chance all of 20 end in one of them once in 500,000 times.
    Scenario: Two equal members have as much weight
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server.test   | 3265 | 10       | 50     |
        | server-2.test | 3265 | 10       | 50     |
      And tunnel servers listen in server, server-2
      When 20 tunnels, each closed before the next, are formed through the relay to group.test
      Then they ended in server and in server-2

    # A DNS server may answer in another order each time: whoever takes the first takes them in turn. By chance fewer than 8
    # end in server-2 less than once in a million times.
    Scenario: Of equal members one has nearly all the weight
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server.test   | 3265 | 10       | 1      |
        | server-2.test | 3265 | 10       | 99     |
      And tunnel servers listen in server, server-2
      When 12 tunnels, each closed before the next, are formed through the relay to group.test
      Then at least 8 of them ended in server-2

  @iut:relay @needs:services @PATH-12
  Rule: When a member does not accept the next one is chosen, and for 30 s that one last

    Scenario: A member of a group does not listen
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server.test   | 3265 | 0        | 0      |
        | server-2.test | 3265 | 20       | 0      |
        | server-3.test | 3265 | 30       | 0      |
      And tunnel servers listen in server-2, server-3
      When 3 tunnels are formed through the relay to group.test
      Then the relay connected to server, server-2, server-2, server-2

    @needs:timers
    Scenario: A member of a group does not answer
      Given a tunnel relay that asks a DNS server and waits 4 s for the next node
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server.test   | 3265 | 10       | 0      |
        | server-2.test | 3265 | 20       | 0      |
      And a tunnel server listens in server-2
      And what relay-b sends to 10.77.0.2 is lost
      When 2 tunnels are formed through the relay to group.test
      Then the relay connected to server, server-2, server-2

    # Port 3265 is tried once: by the first tunnel alone.
    Scenario: Two members of a group on one host
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server.test   | 3265 | 10       | 0      |
        | server.test   | 4000 | 20       | 0      |
      And a tunnel server listens in server on port 4000
      When 2 tunnels are formed through the relay to group.test
      Then the relay connected to server

    # One that has accepted since comes before one that has not: the fourth tunnel ends in server-2, not in server.
    Scenario: The member that was passed over is chosen when no other accepts
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server.test   | 3265 | 10       | 0      |
        | server-2.test | 3265 | 20       | 0      |
      And a tunnel server listens in server-2
      When 1 tunnel is formed through the relay to group.test
      And nobody listens in server-2 any more
      And a tunnel server listens in server
      And 1 tunnel is formed through the relay to group.test
      And nobody listens in server any more
      And a tunnel server listens in server-2
      And 1 tunnel is formed through the relay to group.test
      And a tunnel server listens in server
      And 1 tunnel is formed through the relay to group.test
      Then the relay connected to server, server-2, server-2, server, server, server-2, server-2

    @long
    Scenario: A member that was passed over comes back
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server.test   | 3265 | 10       | 0      |
        | server-2.test | 3265 | 20       | 0      |
      And a tunnel server listens in server-2
      When 1 tunnel is formed through the relay to group.test
      And a tunnel server listens in server
      And 28 s after the first began, a tunnel is formed through the relay to group.test
      And 32 s after the first began, a tunnel is formed through the relay to group.test
      Then the relay connected to server, server-2, server-2, server

    Scenario: A member of a group has no address
      Given a tunnel relay that asks a DNS server
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | unknown.test  | 3265 | 10       | 0      |
        | server-2.test | 3265 | 20       | 0      |
      And a tunnel server listens in server-2
      When 2 tunnels are formed through the relay to group.test
      Then the relay connected to server-2, server-2

    Scenario: The last one of twenty members listens
      Given a tunnel relay that asks a DNS server
      And the DNS server has 19 members of group.test in server, and one more in server-2, each with a name of its own
      And a tunnel server listens in server-2
      When 1 tunnel is formed through the relay to group.test
      Then they end in
        | server-2 |
        | 1        |

    Scenario: No member of a group listens
      Given a tunnel relay that asks a DNS server
      And the DNS server has group.test at client
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server.test   | 3265 | 0        | 0      |
        | server-2.test | 3265 | 0        | 0      |
      And a tunnel server listens in client
      When an initiator sends RELAY to the relay for the path relay-b.test group.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      And nobody was connected to

  @iut:relay @needs:services @PATH-03
  Rule: Each address of each member is judged

    Scenario: Members at loopback addresses, behind one where nobody listens
      Given a tunnel relay that asks a DNS server
      And the DNS server has inside.test at 127.0.0.1
      And the DNS server has deeper.test at client, 127.0.0.2
      And the DNS server has these members of group.test
        | target        | port | priority | weight |
        | server.test   | 4000 | 10       | 0      |
        | inside.test   | 4000 | 20       | 0      |
        | deeper.test   | 4000 | 30       | 0      |
      And a tunnel server listens in relay-b on port 4000
      When an initiator sends RELAY to the relay for the path relay-b.test group.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      And nobody was connected to

  @iut:relay @needs:services @PATH-13
  Rule: When the look-up of a group fails otherwise than for want of records, the next node is unreachable

    Scenario: The look-up of a group is refused
      Given a tunnel relay that asks a DNS server
      And the DNS server has group.test at server
      And the DNS server refuses questions for the members of group.test
      And a tunnel server listens in server
      When an initiator sends RELAY to the relay for the path relay-b.test group.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      And nobody was connected to

    Scenario: The look-up of a group fails at the DNS server
      Given a tunnel relay that asks a DNS server
      And the DNS server has group.test at server
      And the DNS server fails at questions for the members of group.test
      And a tunnel server listens in server
      When an initiator sends RELAY to the relay for the path relay-b.test group.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      And nobody was connected to

    @needs:timers
    Scenario: The look-up of a group is not answered
      Given a tunnel relay that asks a DNS server and waits 8 s for the next node
      And the DNS server has group.test at server
      And the DNS server does not answer questions for the members of group.test
      And a tunnel server listens in server
      When an initiator sends RELAY to the relay for the path relay-b.test group.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      And nobody was connected to

    Scenario: The records of a group say that there is no such service
      Given a tunnel relay that asks a DNS server
      And the DNS server has group.test at server
      And the DNS server has these members of group.test
        | target |
        | .      |
      And a tunnel server listens in server
      When an initiator sends RELAY to the relay for the path relay-b.test group.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      And nobody was connected to
