@needs:adapter @needs:ipv6 @iut:server @ADP-38
Feature: Neighbours of a tunnel server
  The kernel has one table of neighbours for all its adapters. An initiator has 2^64 addresses.

  Rule: All addresses of an initiator are one neighbour

    Scenario: An initiator that uses 2,000 addresses of its /64
      Given a tunnel server's adapter of both families with alice authorized
      When alice has had an echo of the server's adapter from 2000 addresses of her /64
      Then the server's kernel has no more than 8 neighbours on the adapter in IPv6

    Scenario: Addresses that nobody has
      Given a tunnel server's adapter of both families with alice authorized
      When the server's kernel sends datagrams to 500 addresses of fd00:8:0:a::/64 and fd00:8:0:b::/64 each
      Then the server's kernel has no more than 8 neighbours on the adapter in IPv6
