@needs:adapter @iut:server
Feature: Neighbours of a tunnel server
  The kernel has one table of neighbours for all its adapters. An initiator has 2^64 addresses, and there may be thousands of
  initiators.

  @needs:ipv6 @ADP-38
  Rule: All addresses of an initiator are one neighbour

    Scenario: An initiator that uses 2,000 addresses of its /64
      Given a tunnel server's adapter of both families with alice authorized
      When alice has had an echo of the server's adapter from 2000 addresses of her /64
      Then the server's kernel has no more than 8 neighbours on the adapter in IPv6

    Scenario: Addresses of a /64 that nobody has make no neighbours
      Given a tunnel server's adapter of both families with alice authorized
      When the server's kernel sends datagrams to 500 addresses of fd00:8:0:a::/64 and fd00:8:0:b::/64 each
      Then the server's kernel has no more than 8 neighbours on the adapter in IPv6

  @ADP-44
  Rule: All initiators, and the networks behind them, are one neighbour in IPv4

    Scenario: 12 initiators are one neighbour in IPv4
      Given a tunnel server's adapter with 12 initiators authorized, and a network behind each
      When each of them has had an echo of the server's adapter from its own address and from its network
      Then the server's kernel has no more than 8 neighbours on the adapter in IPv4

    @needs:groups
    Scenario: 12 initiators of a member of a group are one neighbour in IPv4
      Given a tunnel server's adapter with 12 initiators authorized, and a network behind each, in a group
      When each of them has had an echo of the server's adapter from its own address and from its network
      Then the server's kernel has no more than 8 neighbours on the adapter in IPv4

    Scenario: Addresses of the virtual LAN that nobody has make no neighbours
      Given a tunnel server's adapter with alice authorized
      When the server's kernel sends datagrams to 200 addresses of 10.8.0.0/24
      Then the server's kernel has no more than 8 neighbours on the adapter in IPv4
