@needs:adapter @needs:routes
Feature: What a tunnel initiator accepts of its server
  [EP] fig. 23, 520: the tunnel application modifies the routing tables. A server that it trusts with a network need not be
  trusted with all of them.

  @iut:client @CD-07
  Rule: Routes to loopback, link-local, multicast and connected networks are refused from anyone

    # Each of them by itself would be routed if it were accepted; the first and the last are, and so the list is read to its end.
    Scenario: Routes that nobody may have
      Given a tunnel initiator whose server is scripted
      When the server authorizes it with
        | routes | 10.9.0.0/24, 127.0.0.0/8, 127.5.0.0/16, 169.254.0.0/16, 224.0.0.0/4, 10.77.0.0/24, 10.77.0.2/32, 10.77.0.9/32, 10.77.0.128/25, 239.7.0.0/16, 0.5.0.0/16, 126.0.0.0/7, 168.0.0.0/6, 128.0.0.0/1, 10.10.0.0/24 |
      And the adapter is up
      Then in IPv4 nothing but 10.9.0.0/24, 10.10.0.0/24 is routed through the adapter

    # What is connected keeps its own, longer route.
    Scenario: A route wider than a subnet that the client is connected to
      Given a tunnel initiator whose server is scripted
      When the server authorizes it with
        | routes | 10.9.0.0/24, 10.76.0.0/15 |
      And the adapter is up
      Then in IPv4 only 10.76.0.0/15, 10.9.0.0/24 is routed through the adapter

    Scenario: A route that nobody may have, alone
      Given a tunnel initiator whose server is scripted
      When the server authorizes it with
        | routes | 10.9.0.0/24, 10.77.0.0/24 |
      And the adapter is up
      Then in IPv4 only 10.9.0.0/24 is routed through the adapter

  @iut:client @CD-07 @needs:ipv6
  Rule: Likewise in IPv6

    Scenario: Routes that nobody may have, in IPv6
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted
      When the server authorizes it with
        | routes | 10.9.0.0/24, fd00:9::/64, ::1/128, ::ffff:127.0.0.0/104, fe80::/10, fe80:0:0:9::/64, febf:0:0:9::/64, ff00::/8, ff05:0:0:9::/64, fd77::/64, fd77::2/128, fd77:0:0:0:8000::/65, ::/127, fe00::/8, 8000::/1, fd00:10::/64 |
      And the adapter is up
      Then in IPv6 nothing but fd00:9::/64, fd00:10::/64 is routed through the adapter

    Scenario: A route wider than a subnet that the client is connected to, in IPv6
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted
      When the server authorizes it with
        | routes | 10.9.0.0/24, fd00:9::/64, fd77::/63 |
      And the adapter is up
      Then in IPv6 only fd00:9::/64, fd77::/63 is routed through the adapter

  @iut:client @ADP-17
  Rule: Routes outside the prefixes that the user accepts are not installed

    Scenario: A route inside the accepted prefixes, and one outside
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "accept": { "prefixes": ["10.0.0.0/8"] } }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24, 192.168.5.0/24 |
      And the adapter is up
      Then in IPv4 only 10.9.0.0/24 is routed through the adapter

    Scenario: Several prefixes, a route inside each
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "accept": { "prefixes": ["10.9.0.0/16", "10.10.0.0/16", "192.168.0.0/16"] } }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24, 10.10.0.0/24, 192.168.5.0/24 |
      And the adapter is up
      Then 10.9.0.0/24, 10.10.0.0/24, 192.168.5.0/24 are routed through the adapter

    @needs:ipv6
    Scenario: A route inside the accepted prefixes, and one outside, in IPv6
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted, configured with
        """
        { "accept": { "prefixes": ["fd00:8::/32"] } }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24, fd00:8::/48, fd00:20::/64 |
      And the adapter is up
      Then in IPv6 only fd00:8::/48 is routed through the adapter

    @needs:ipv6
    Scenario: A user who accepts prefixes of IPv4 alone
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted, configured with
        """
        { "accept": { "prefixes": ["10.0.0.0/8"] } }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24, fd00:8::/48, fd00:9::/64 |
      And the adapter is up
      Then in IPv4 only 10.9.0.0/24 is routed through the adapter
      And in IPv6 no network is routed through the adapter

    Scenario: A user who accepts no prefixes
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "accept": { "prefixes": [] } }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24 |
      And the adapter is up
      Then in IPv4 no network is routed through the adapter

    Scenario: A route inside an accepted prefix, and one wider than it
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "accept": { "prefixes": ["10.9.0.0/16"] } }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24, 10.8.0.0/15 |
      And the adapter is up
      Then in IPv4 only 10.9.0.0/24 is routed through the adapter

  # CD-07: nobody gets the one to a subnet of the client's, however wide the others are.
  @iut:client @CD-07 @needs:dhcp
  Rule: What the user does not accept is not handed out by DHCP either

    Scenario Outline: <what>
      Given a user who accepts <accepts> and configures nothing, and a server that offers the routes 10.9.0.0/24, 192.168.5.0/24, 10.77.0.0/24, 0.0.0.0/0
      When the stack discovers DHCP servers, without a word about what it takes
      Then the OFFER names the routes: <routes>
      And the OFFER names the router: <router>

      @ADP-17
      Examples:
        | what                   | accepts                                                 | routes                                 | router   |
        | Routes of one prefix   | { "prefixes": ["10.0.0.0/8"] }                          | 10.9.0.0/24                            | none     |

      @ADP-18
      Examples:
        | what                   | accepts                                                 | routes                                 | router   |
        | No default route       | {}                                                      | 10.9.0.0/24, 192.168.5.0/24            | none     |
        | A default route        | { "defaultRoute": true }                                | 10.9.0.0/24, 192.168.5.0/24, 0.0.0.0/0 | 10.8.0.1 |

    @ADP-17
    Scenario: Routes of one prefix, of a user who accepts a default route
      Given a user who accepts { "prefixes": ["10.0.0.0/8"], "defaultRoute": true } and configures nothing, and a server that offers the routes 10.9.0.0/24, 192.168.5.0/24, 10.77.0.0/24
      When the stack discovers DHCP servers, without a word about what it takes
      Then the OFFER names the routes: 10.9.0.0/24
      And the OFFER names the router: none

  @iut:client @ADP-11
  Rule: Each route is installed, also inside another one, and to a single address

    Scenario: Routes inside a route, and to a single address
      Given a tunnel initiator whose server is scripted
      When the server authorizes it with
        | routes | 10.16.0.0/12, 10.20.5.0/24, 10.20.5.7/32, 192.0.2.7/32 |
      And the adapter is up
      Then 10.16.0.0/12, 10.20.5.0/24, 10.20.5.7/32, 192.0.2.7/32 are routed through the adapter

    @needs:ipv6
    Scenario: Routes inside a route, and to a single address, in IPv6
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted
      When the server authorizes it with
        | routes | 10.9.0.0/24, fd00:8::/48, fd00:9::/64, fd00:9::7/128, 2001:db8::7/128 |
      And the adapter is up
      Then fd00:9::/64, fd00:9::7/128, 2001:db8::7/128 are routed through the adapter

    # ADP-41: who wants none says so.
    @needs:ipv6
    Scenario: Routes though nobody gives the adapter an address
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted, configured with
        """
        { "adapter": { "configure": "none" } }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24, fd00:8::/48, fd00:9::/64 |
      And the adapter is up
      Then 10.9.0.0/24, fd00:9::/64 are routed through the adapter

  @iut:client @ADP-18
  Rule: A default route is installed only where the user accepts one

    Scenario: A default route that is not accepted
      Given a tunnel initiator whose server is scripted
      When the server authorizes it with
        | routes | 0.0.0.0/0, 10.9.0.0/24 |
      And the adapter is up
      Then in IPv4 only 10.9.0.0/24 is routed through the adapter

    @ADP-11
    Scenario: A default route that is accepted
      Given a client that reaches every node by a default route in IPv4
      And a tunnel initiator whose server is scripted, configured with
        """
        { "accept": { "defaultRoute": true } }
        """
      When the server authorizes it with
        | routes | 0.0.0.0/0 |
      And the adapter is up
      Then packets to 1.0.0.1, 126.255.255.254, 128.0.0.1, 192.0.2.1, 223.255.255.254 leave through the adapter

    @ADP-11 @needs:ipv6
    Scenario: A default route that is accepted, in IPv6
      Given a client that reaches every node by a default route in IPv6
      And its kernel takes no router advertisement
      And a tunnel initiator whose server is scripted, configured with
        """
        { "accept": { "defaultRoute": true } }
        """
      When the server authorizes it with
        | routes | ::/0 |
      And the adapter is up
      Then packets to 100::1, 2001:db8::1, 7fff:ffff::1, 8000::1, fd00:9::7, fdff:ffff::1 leave through the adapter

    @needs:ipv6
    Scenario: A default route that is not accepted, in IPv6
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted
      When the server authorizes it with
        | routes | 10.9.0.0/24, ::/0, fd00:9::/64 |
      And the adapter is up
      Then in IPv6 only fd00:9::/64 is routed through the adapter

  @iut:client @ADP-41
  Rule: An initiator whose user wants no routes installs none

    Scenario: A user who wants no routes in IPv4
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "adapter": { "routes": false }, "accept": { "defaultRoute": true } }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24, 0.0.0.0/0 |
      And the adapter is up
      Then in neither family a network is routed through the adapter

    @needs:ipv6
    Scenario: A user who wants no routes of both families
      Given a client that reaches every node by a default route in IPv6
      And its kernel takes no router advertisement
      And a tunnel initiator whose server is scripted, configured with
        """
        { "adapter": { "routes": false }, "accept": { "defaultRoute": true } }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24, fd00:8::/48, fd00:9::/64, ::/0 |
      And the adapter is up
      Then in neither family a network is routed through the adapter

  @iut:client @CD-08
  Rule: An MTU below 1280 is refused

    # CD-06: what can be read is no protocol error; 67 is among the vectors of features/frames/client-data.feature.
    @CD-06
    Scenario: An MTU of 68, the lowest that can be read, is refused
      Given a tunnel initiator whose server is scripted
      When the server authorizes it with
        | MTU | 68 |
      And the adapter is up
      Then the MTU of the adapter is 1280 or more

    Scenario: An MTU of 1,279 is refused
      Given a tunnel initiator whose server is scripted
      When the server authorizes it with
        | MTU | 1279 |
      And the adapter is up
      Then the MTU of the adapter is 1280 or more

    Scenario: An MTU of 1,280 is taken
      Given a tunnel initiator whose server is scripted
      When the server authorizes it with
        | MTU | 1280 |
      And the adapter is up
      Then the MTU of the adapter is 1280

  # CD-08: it is refused. DHCP-09: and so is not among what is handed out.
  @iut:client @CD-08 @DHCP-09 @needs:dhcp
  Rule: An MTU that is refused is not handed out either

    Scenario Outline: The MTU <MTU> in DHCP
      Given an adapter configured by nobody, of a tunnel whose client data offers an MTU of <MTU>
      When the stack discovers DHCP servers, without a word about what it takes
      Then the OFFER names the MTU: <named>

      Examples:
        | MTU  | named |
        | 1279 | none  |
        | 1280 | 1280  |

  @iut:client @ADP-02
  Rule: An MTU that no device has is no reason to have no adapter

    Scenario: An MTU of 65,535
      Given a tunnel initiator whose server is scripted
      When the server authorizes it with
        | MTU | 65535 |
      And the adapter is up
      Then the MTU of the adapter is 1280 or more

  @iut:client @ADP-20
  Rule: Client data whose address for the client or for the server is refused makes no adapter

    Scenario Outline: <what>
      Given a tunnel initiator whose server is scripted
      When the server authorizes it with
        | address       | <client> |
        | server        | <server> |
        | prefix length | <length> |
        | routes        | none     |
      Then the initiator answers a keyed CLOSE "end session" and ends the stream
      And no adapter was made in the client
      And its program ends with status 1, as after no CLOSE at all

      Examples:
        | what                              | client      | server      | length |
        | Link-local addresses              | 169.254.1.2 | 169.254.1.1 | 24     |
        | Loopback addresses                | 127.1.0.2   | 127.1.0.1   | 24     |
        | Addresses of a connected subnet   | 10.77.0.50  | 10.77.0.51  | 24     |
        | A server outside the virtual LAN  | 10.8.0.10   | 10.11.0.1   | 24     |
        | A server one beyond the LAN       | 10.8.0.10   | 10.8.1.0    | 24     |
        | A multicast address               | 224.0.0.10  | 224.0.0.1   | 24     |
        | Addresses of 0.0.0.0/8            | 0.1.0.10    | 0.1.0.1     | 24     |
        | A link-local address in a wide LAN | 169.254.1.2 | 169.1.0.1   | 8      |
        | A server at one in a wide LAN      | 169.1.0.2   | 169.254.1.1 | 8      |

  @iut:client @ADP-17 @CD-07 @needs:reconnect
  Rule: Routes of later client data are judged as those of the first are

    # ADP-17: the one outside the prefixes. CD-07: the one that the client is connected to.
    Scenario: A second connection, with routes that are not accepted
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "accept": { "prefixes": ["10.0.0.0/8"] } }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24 |
      And the adapter is up
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | routes | 10.10.0.0/24, 192.168.5.0/24, 10.77.0.128/25 |
      Then in IPv4 only 10.10.0.0/24 is routed through the adapter

  @iut:client @ADP-19 @needs:dhcp
  Rule: DNS servers are handed out only where the user accepts them

    Scenario Outline: <what>
      Given a user who accepts DNS servers: <accepts>, and a server that offers 10.9.0.53 10.9.0.54
      When the stack discovers DHCP servers, without a word about what it takes
      Then the OFFER names the DNS servers: <names>

      @DHCP-09
      Examples:
        | what     | accepts | names               |
        | Accepted | yes     | 10.9.0.53 10.9.0.54 |

      Examples:
        | what         | accepts | names |
        | Not accepted | no      | none  |

  # Section 11: who refuses DNS servers does not refuse the names, which name no server.
  @iut:client @DHCP-09 @DHCP-18 @needs:dhcp
  Rule: Domain and search list are handed out where DNS servers are not

    Scenario: A user who accepts no DNS servers
      Given a user who accepts DNS servers: no, and a server that offers 10.9.0.53 and the domains private.test, lab.private.test
      When the stack discovers DHCP servers, without a word about what it takes
      Then the OFFER names the DNS servers: none
      And the OFFER names the domain private.test, and to search private.test, lab.private.test

    # A resolver may use fewer of them (resolv.conf(5)), which is its own affair.
    Scenario: More servers and more domains than resolvers use
      Given a user who accepts DNS servers: yes, and a server that offers 10.9.0.53 10.9.0.54 10.9.0.55 10.9.0.56 10.9.0.57 and the domains a.test, b.test, c.test, d.test, e.test, f.test, g.test, h.test
      When the stack discovers DHCP servers, without a word about what it takes
      Then the OFFER names the DNS servers: 10.9.0.53 10.9.0.54 10.9.0.55 10.9.0.56 10.9.0.57
      And the OFFER names the domain a.test, and to search a.test, b.test, c.test, d.test, e.test, f.test, g.test, h.test

  @iut:client @CD-17 @needs:dhcp
  Rule: A DNS server at a reserved address is refused from anyone

    Scenario Outline: <what>
      Given a user who accepts DNS servers: yes, and a server that offers <offered>
      When the stack discovers DHCP servers, without a word about what it takes
      Then the OFFER names the DNS servers: <names>

      Examples:
        | what                      | offered                                                           | names     |
        | Reserved addresses alone  | 127.0.0.1                                                         | none      |
        | Beside one that is not    | 0.0.0.0 127.0.0.53 127.200.0.53 169.254.7.7 10.9.0.53 224.0.0.251 255.255.255.255 10.8.0.255 | 10.9.0.53 |

  @iut:client @CD-07 @needs:adapter @needs:routes
  Rule: A machine is on the subnets of all its addresses

    Scenario: A route to the subnet of a second address of one adapter
      Given a tunnel initiator whose server is scripted
      When the client has the address 10.66.0.5 too
      And the server authorizes it with
        | routes | 10.9.0.0/24, 10.66.0.128/25 |
      And the adapter is up
      Then in IPv4 only 10.9.0.0/24 is routed through the adapter

    Scenario: Other adapters
      Given a tunnel initiator whose server is scripted
      When the client has two more adapters, with the addresses 10.66.0.5/24 and 10.67.0.5/24
      And the server authorizes it with
        | routes | 10.9.0.0/24, 10.66.0.128/25, 10.67.0.0/24 |
      And the adapter is up
      Then in IPv4 only 10.9.0.0/24 is routed through the adapter

  @iut:client @ADP-11 @CD-03 @needs:adapter @needs:routes
  Rule: However many routes there are and however wide they are, all of them are installed

    Scenario: A hundred routes are installed
      Given a tunnel initiator whose server is scripted
      When the server authorizes it with 100 routes, one of which holds the network that the client is on
      And the adapter is up
      Then each of them is routed through the adapter
