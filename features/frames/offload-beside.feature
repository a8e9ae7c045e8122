@needs:offload @needs:adapter
Feature: Datagrams that lack something, in IPv6 and beside peers that want none
  [EP] fig. 9 with flags 0 and 1, section 7.7: what a stack leaves to its adapter is done by somebody, of either family and
  whoever the datagram is for.

  @iut:client @iut:server @needs:ipv6 @needs:arp @needs:routes
  Rule: In IPv6 hosts and programs get every octet

    # The cards do nothing for the stack of the server: what is to be cut is cut by that.
    @OFF-01
    Scenario: TCP in IPv6 with a host behind the server, where both ends want flags
      Given a private network of both families behind the server, with the node 10.9.0.7
      And the cards on the way to 10.9.0.7 take no work off the stacks, and at most 1500 octets
      And a tunnel in both families, both ends of which want flags 0 and 1
      When 2 MiB go by TCP from client6 to fd00:9::7 and back
      Then every octet arrived: SHA-256 is equal at both ends

  @iut:server @needs:aes256ctr-hmacsha256
  Rule: A peer whose transform knows no flags gets whole datagrams, also beside one that takes them

    # OFF-04: what alice gets. OFF-05: what bob gets.
    @OFF-04 @OFF-05
    Scenario: UDP of a program to both
      Given a tunnel server's adapter with alice, who takes flags 0 and 1, and bob, whose transform is 0x0101, authorized
      When a program at the server sends each of them 20 datagrams of UDP by turns
      Then each of them gets all of hers and his, in right ones
