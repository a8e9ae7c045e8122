@needs:groups @needs:adapter
Feature: A group of tunnel servers on one private network
  [EP] fig. 4, 78; fig. 13, 239: node C selects one of the alternative tunnel servers, for load balancing or fault
  tolerance. To the nodes of the private network a tunnel client stays the same wherever its tunnel ends.

  # PATH-14: the addresses. ADP-25: the nodes of that network reach who has them.
  @iut:server @PATH-14 @ADP-25
  Rule: The members give an initiator's name the same address

    Scenario: The same address from whichever member of a group is asked first
      Given a group of 3 tunnel servers on one network, which draw their traffic by a route hook
      When 8 initiators are authorized by each member, in another order each time
      Then each name has the same address at all members, and no two names have one
      And whoever is confirmed at server-2, and again, has a route by it on that network

  @iut:server @PATH-15
  Rule: A member answers ARP on the shared network for its confirmed tunnel clients, and for no other

    Scenario: ARP before, during and after a session
      Given a group of 3 tunnel servers on one network, which draw their traffic by proxy ARP
      And bob is confirmed at server-2
      And server-2 has announced the address of bob
      When alice is confirmed at server-2
      And alice ends her session at server-2
      Then who asks that network by ARP for alice is told nothing, and for bob something
      When alice is confirmed at server-3
      Then server-3 has announced the address of alice
      And who asks that network by ARP for alice is told server-3
      When alice is confirmed at server-3
      Then server-3 has announced the address of alice
      And who asks that network by ARP for alice is told server-3
      When alice ends her session at server-3
      Then who asks that network by ARP for alice is told nothing, and for bob something

  @iut:server @needs:ipv6 @PATH-16
  Rule: A member answers neighbour solicitations on the shared network for the /64s of its confirmed tunnel clients, and for no other

    Scenario: Neighbour solicitations before, during and after a session
      Given a group of 3 tunnel servers on one network of both families, which draw their traffic by proxy ARP
      And bob is confirmed at server-2
      And server-2 has announced the address of bob
      When alice is confirmed at server-2
      And alice ends her session at server-2
      Then who asks that network by neighbour solicitation for alice is told nothing, and for bob something
      When alice is confirmed at server-3
      Then who asks that network by neighbour solicitation for alice is told server-3
      When alice is confirmed at server-3
      Then who asks that network by neighbour solicitation for alice is told server-3
      When alice ends her session at server-3
      Then who asks that network by neighbour solicitation for alice is told nothing, and for bob something

  @iut:client @iut:server @iut:relay @needs:services @needs:reconnect @needs:limits @PATH-11 @PATH-12 @PATH-14
  Rule: When a member dies, its initiators come back on the others, and what they were at goes on

    @long
    Scenario: A member dies: 30 initiators, by proxy ARP
      Given a group of 3 tunnel servers on one network, which draw their traffic by proxy ARP
      When 30 initiators connect through the relay to the group
      Then no member has more than 1 above the mean
      When a node of that network is sent 32 MiB by an initiator in IPv4, and the member that it is connected to is killed meanwhile
      Then within 5 s each initiator of that member is at another, and the address of the first is that of before
      And every octet arrived: SHA-256 is equal at both ends

    @needs:ipv6 @long
    Scenario: A member dies: in IPv6, by neighbour solicitations
      Given a group of 3 tunnel servers on one network of both families, which draw their traffic by proxy ARP
      When 3 initiators connect through the relay to the group
      And a node of that network is sent 32 MiB by an initiator in IPv6, and the member that it is connected to is killed meanwhile
      Then within 5 s each initiator of that member is at another, and the address of the first is that of before
      And every octet arrived: SHA-256 is equal at both ends

    @long
    Scenario: A member dies: by a route hook
      Given a group of 3 tunnel servers on one network, which draw their traffic by a route hook
      When 3 initiators connect through the relay to the group
      Then no member has more than 1 above the mean
      When a node of that network is sent 32 MiB by an initiator in IPv4, and the member that it is connected to is killed meanwhile
      Then within 5 s each initiator of that member is at another, and the address of the first is that of before
      And every octet arrived: SHA-256 is equal at both ends
