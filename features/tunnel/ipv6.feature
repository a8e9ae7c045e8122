@needs:ipv6 @needs:adapter @needs:arp
Feature: IPv6 through the tunnel, beside IPv4
  The local stack finds a router on the adapter, gives itself an address of the /64 that is this tunnel client's alone, and
  reaches the server's adapter and the network behind it. A node's name with a 6 stands for its IPv6 address.

  @iut:client @ND-06
  Rule: The kernel configures itself by the router advertisement

    @ND-02 @ND-08
    Scenario: Autoconfiguration, and duplicate address detection that finds nobody
      Given a tunnel in both families, its adapter left to DHCP and autoconfiguration
      Then the client's kernel gives itself an address of fd00:8:0:a::/64
      And it knows nobody as its default router
      When the client's kernel is given the address fd00:8:0:a::77 too, and a capture shows how
      Then nobody has answered that another node has that address

    Scenario: A router solicitation of the kernel
      Given a tunnel in both families, its adapter left to DHCP and autoconfiguration
      And the client's kernel gives itself an address of fd00:8:0:a::/64
      And a capture on the client's adapter
      When the adapter is taken down and brought up by its user
      Then the client's kernel gives itself an address of fd00:8:0:a::/64
      And the capture shows a router solicitation of the kernel, answered with that prefix
      And before long there is a route to fd00:8::/48 again
      And 1 ping of 56 octets from client6 to server6 is answered

    @ND-08
    Scenario: A default router
      Given a tunnel in both families, for all traffic, its adapter left to DHCP and autoconfiguration
      Then the client's kernel gives itself an address of fd00:8:0:a::/64
      And it knows the server's adapter as its default router

  @iut:client @ADP-28 @ND-01 @ND-03 @needs:dhcp
  Rule: Both families pass through one tunnel

    Scenario: Pings and TCP in IPv4 and IPv6
      Given a tunnel in both families, its adapter left to DHCP and autoconfiguration
      And a capture on the client's adapter
      When udhcpc runs on the client's adapter
      Then it was offered the address that the server assigned
      And the client's kernel gives itself an address of fd00:8:0:a::/64
      And 3 pings of 56 octets from client to server are answered
      And 3 pings of 56 octets from client6 to server6 are answered
      And 3 pings of 8000 octets from server6 to client6 are answered
      And the kernel has resolved the server's link-local address to its reserved physical address
      When a TCP connection from client6 to server6 carries known plaintext
      Then it was seen to come from client6
      And the plaintext is found in the capture on the client's adapter
      And the plaintext is nowhere in the capture on the wire
      When a TCP connection from server to client carries known plaintext
      Then the plaintext is nowhere in the capture on the wire
      When 8 MiB go by TCP from client6 to server6 and back
      Then every octet arrived: SHA-256 is equal at both ends

  @iut:client @iut:server @ADP-28 @ADP-11 @ADP-25 @needs:routes
  Rule: The tunnel application lays the routes of both families

    Scenario: Routes of both families to a node behind the server
      Given a private network of both families behind the server, with the node 10.9.0.7
      And a tunnel in both families, its adapter configured by the tunnel application
      Then the client routes fd00:8::/48 and fd00:9::/64 through the server's adapter
      And 2 pings of 56 octets from client to 10.9.0.7 are answered
      And 2 pings of 56 octets from client6 to fd00:9::7 are answered
      And a ping of 8000 octets from fd00:9::7 to client6 meets a link of 1400 octets
      And 2 pings of 8000 octets from fd00:9::7 to client6 are answered
      When a TCP connection from client6 to fd00:9::7 carries known plaintext
      Then it was seen to come from client6

    # ADP-28, ADP-11, ADP-25: the ping. ADP-12: no adapter and no route after it.
    @ADP-12
    Scenario: Routes of both families are gone at the end
      Given a private network of both families behind the server, with the node 10.9.0.7
      And a tunnel in both families, its adapter configured by the tunnel application
      Then 1 ping of 56 octets from fd00:9::7 to client6 is answered
      When the user has ended the session by SIGTERM
      Then the initiator program exits with status 0
      And no adapter is left in the client
      And the client has no route to fd00:9::/64 any more

    # ADP-28: pings in both families. ADP-24: between the networks. ADP-11, ADP-25: by the routes of the client
    # data.
    @ADP-24
    Scenario: Routes of both families to a network behind the initiator
      Given a private network of both families behind the server, with the node 10.9.0.7
      And a private network of both families behind the client, with the node 10.20.0.7
      And a tunnel in both families, whose server lists both networks behind the client
      Then 2 pings of 56 octets from 10.20.0.7 to 10.9.0.7 are answered
      And 2 pings of 56 octets from fd00:20::7 to fd00:9::7 are answered
      And 2 pings of 56 octets from fd00:9::7 to fd00:20::7 are answered

  @iut:server @ADP-09 @ADP-28 @needs:client-to-client
  Rule: Where the operator allows it, clients reach each other

    Scenario: Pings and TCP between clients in both families
      Given tunnel clients alice and bob of both families of a server that passes datagrams between clients
      Then 2 pings of 56 octets from alice6 to bob6 are answered
      And 2 pings of 56 octets from bob6 to alice6 are answered
      When a TCP connection from alice6 to bob6 carries known plaintext
      Then it was seen to come from alice6
