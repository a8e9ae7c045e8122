@needs:adapter @needs:reconnect
Feature: Other client data on a later connection
  [EP] fig. 23, 504 to 520, once more: what becomes of adapter, emulators and routes when the client data are not those of the
  connection before. That connection broke; one whose key has expired leaves the same behind.

  @iut:client @needs:dhcp @needs:arp
  Rule: The emulators answer by the present client data

    # By row, DHCP-01: the address that is offered. DHCP-09: DNS servers. DHCP-02, DHCP-03: who asks to keep an address. ARP-03:
    # the client's own address. ARP-02: the address that was its own before, which is another node's now.
    @ARP-02 @ARP-03 @DHCP-01 @DHCP-02 @DHCP-03 @DHCP-09
    Scenario: DHCP after later client data with another address
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "adapter": { "configure": "none", "routes": false } }
        """
      When the server authorizes it with
        | address     | 10.8.0.10 |
        | DNS servers | 10.9.0.53 |
      And the adapter is up
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | address     | 10.8.0.11 |
        | DNS servers | 10.9.0.54 |
      Then soon the stack's questions get these answers
        | question | about       | answer            |
        | DISCOVER | address     | 10.8.0.11         |
        | DISCOVER | DNS servers | 10.9.0.54         |
        | REBINDING | 10.8.0.11  | ACK               |
        | REBINDING | 10.8.0.10  | NAK               |
        | ARP      | 10.8.0.10   | 06:50:4e:41:53:00 |
        | ARP      | 10.8.0.11   | none              |

    # What is other is so beside the connection before, not beside the first one. ARP-02: in whatever virtual LAN it is.
    @DHCP-01 @ARP-02
    Scenario: DHCP after later client data with another address, and then that of before
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "adapter": { "configure": "none", "routes": false } }
        """
      When the server authorizes it with
        | address | 10.8.0.10 |
      And the adapter is up
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | address | 192.168.8.11 |
        | server  | 192.168.8.1  |
      Then soon the stack's questions get these answers
        | question | about        | answer            |
        | DISCOVER | address      | 192.168.8.11      |
        | ARP      | 192.168.8.77 | 06:50:4e:41:53:00 |
      When the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | address | 10.8.0.10 |
      Then soon the stack's questions get these answers
        | question | about   | answer    |
        | DISCOVER | address | 10.8.0.10 |

    # INI-22: the adapter stays. ARP-02, DHCP-01: its emulators know the client data, and no connection.
    @INI-22 @ARP-02 @DHCP-01
    Scenario: DHCP as long as RESPONSE does not come
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "adapter": { "configure": "none", "routes": false } }
        """
      When the server authorizes it with
        | address | 10.8.0.10 |
      And the adapter is up
      And the server breaks the connection off
      And the initiator has connected again
      Then soon the stack's questions get these answers
        | question | about     | answer            |
        | DISCOVER | address   | 10.8.0.10         |
        | ARP      | 10.8.0.77 | 06:50:4e:41:53:00 |

    # ADP-19: the DNS servers. CD-08: the MTU. Both come with the address by which the client data are known.
    @ADP-19 @CD-08
    Scenario: DNS servers that the user does not accept, and an MTU of 1,279
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "accept": { "dns": false }, "adapter": { "configure": "none", "routes": false } }
        """
      When the server authorizes it with
        | address | 10.8.0.10 |
      And the adapter is up
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | address     | 10.8.0.11 |
        | DNS servers | 10.9.0.53 |
        | MTU         | 1279      |
      Then soon the stack's questions get these answers
        | question | about       | answer    |
        | DISCOVER | address     | 10.8.0.11 |
        | DISCOVER | DNS servers | none      |
        | DISCOVER | MTU         | none      |

    # DHCP-09: what the OFFER says. DHCP-07: lease and server.
    @DHCP-07 @DHCP-09
    Scenario: Other DNS servers alone
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "adapter": { "configure": "none", "routes": false } }
        """
      When the server authorizes it with
        | DNS servers | 10.9.0.53 |
      And the adapter is up
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | DNS servers | 10.9.0.54 |
      Then soon the stack's questions get these answers
        | question | about       | answer    |
        | DISCOVER | DNS servers | 10.9.0.54 |
      # And so it goes on: each time one thing is another.
      When the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | DNS servers | 10.9.0.54 |
        | MTU         | 1300      |
      Then soon the stack's questions get these answers
        | question | about | answer |
        | DISCOVER | MTU | 1300 |
      When the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | DNS servers | 10.9.0.54 |
        | MTU         | 1300      |
        | lease       | 7200      |
      Then soon the stack's questions get these answers
        | question | about | answer |
        | DISCOVER | lease | 7200 |
      When the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | DNS servers   | 10.9.0.54 |
        | MTU           | 1300      |
        | lease         | 7200      |
        | prefix length | 20        |
      Then soon the stack's questions get these answers
        | question | about | answer |
        | DISCOVER | mask | 255.255.240.0 |
      When the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | DNS servers   | 10.9.0.54    |
        | MTU           | 1300         |
        | lease         | 7200         |
        | prefix length | 20           |
        | routes        | 10.10.0.0/24 |
      Then soon the stack's questions get these answers
        | question | about | answer |
        | DISCOVER | routes | 180a0a000a080001 |
      When the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | DNS servers   | 10.9.0.54    |
        | MTU           | 1300         |
        | lease         | 7200         |
        | prefix length | 20           |
        | routes        | 10.10.0.0/24 |
        | server        | 10.8.0.2     |
      Then soon the stack's questions get these answers
        | question | about | answer |
        | DISCOVER | server | 10.8.0.2 |

    # ND-01: the physical address. ND-06: the routes. ND-08: the first client data had a route to ::/0. DHCP-01, ARP-01: all of it
    # by the present client data.
    @needs:ipv6 @ND-01 @ND-06 @ND-08
    Scenario: Another physical address of the server's adapter, and other routes in IPv6
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "accept": { "defaultRoute": true }, "adapter": { "configure": "none", "routes": false } }
        """
      When the server authorizes it with
        | routes | fd00:8::/48, fd00:9::/64, ::/0 |
      And the adapter is up
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | server's physical address | 0a:00:00:00:00:01         |
        | routes                    | fd00:8::/48, fd00:10::/64 |
      Then soon the stack's questions get these answers
        | question               | about               | answer                    |
        | neighbour solicitation | fe80::800:ff:fe00:1 | 0a:00:00:00:00:01         |
        | router solicitation    | routes              | fd00:8::/48, fd00:10::/64 |
        | router solicitation    | default router      | no                        |

  @iut:client @needs:routes
  Rule: Adapter and routes go by the present client data

    @ADP-02
    Scenario: Another physical address of the client's adapter
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the adapter is up
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | physical address | 0a:00:00:00:00:02 |
      Then soon the adapter has the physical address 0a:00:00:00:00:02

    # ADP-11: there is a route; CD-03: by the server's adapter, which has another address now.
    @ADP-11 @CD-03
    Scenario: The same network behind another address of the server's adapter
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24 |
      And the adapter is up
      Then soon the client routes 10.9.0.0/24 by 10.8.0.1 alone
      When the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | server | 10.8.0.2    |
        | routes | 10.9.0.0/24 |
      Then soon the client routes 10.9.0.0/24 by 10.8.0.2 alone

    # ADP-11: there is a route; CD-11: by the link-local address that follows from the reserved physical one.
    @needs:ipv6 @ADP-11 @CD-11
    Scenario: The same network behind another physical address of the server's adapter, in IPv6
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it with
        | routes | fd00:8::/48, fd00:9::/64 |
      And the adapter is up
      Then soon the client routes fd00:9::/64 by fe80::450:4eff:fe41:5300 alone
      When the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | server's physical address | 0a:00:00:00:00:01        |
        | routes                    | fd00:8::/48, fd00:9::/64 |
      Then soon the client routes fd00:9::/64 by fe80::800:ff:fe00:1 alone

  @iut:client @ADP-22 @needs:ipv6 @needs:routes
  Rule: Routes of before are gone in both families

    Scenario: Another network behind the server in IPv6
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it with
        | routes | fd00:8::/48, fd00:9::/64 |
      And the adapter is up
      Then soon the client routes fd00:9::/64 by fe80::450:4eff:fe41:5300 alone
      When the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | routes | fd00:8::/48, fd00:10::/64 |
      Then soon the client routes fd00:10::/64 by fe80::450:4eff:fe41:5300 alone
      And the client has no route to fd00:9::/64 any more

  @iut:client @CD-16 @needs:ipv6 @needs:routes
  Rule: A /64 of later client data is judged as that of the first is

    # CD-16: there is no IPv6 then, and no route of it.
    Scenario: A /64 of later client data that is a subnet of the client's machine
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24 |
      And the adapter is up
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | prefix | fd77::/64                 |
        | routes | 10.10.0.0/24, fd00:9::/64 |
      Then soon the client routes 10.10.0.0/24 by 10.8.0.1 alone
      And in IPv6 no network is routed through the adapter

  @iut:client @ADP-20 @ADP-12 @needs:reconnect
  Rule: Later client data whose address is refused ends the session, and takes the adapter away

    # ADP-20: the CLOSE. ADP-12: the adapter, which nothing is to use any more.
    Scenario Outline: <what>, on a second connection
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the adapter is up
      And the client has the address 10.66.0.5 too
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | address | <client> |
        | server  | <server> |
        | routes  | none     |
      Then the initiator answers a keyed CLOSE "end session" and ends the stream
      And the adapter is soon gone from the client

      Examples:
        | what                               | client      | server      |
        | Link-local addresses               | 169.254.1.2 | 169.254.1.1 |
        | Addresses of a subnet that is new  | 10.66.0.50  | 10.66.0.51  |

  @iut:client @ADP-11 @needs:routes
  Rule: A session after the end of another gets routes as that one did

    Scenario: End Session, and another command to connect
      Given a tunnel initiator whose server is scripted
      When the server authorizes it with
        | routes | 10.9.0.0/24 |
      And the adapter is up
      Then soon the client routes 10.9.0.0/24 by 10.8.0.1 alone
      When the user ends the session
      And the server ends its stream without CLOSE
      And the adapter is soon gone from the client
      And the user asks for another connection
      And the server authorizes it with
        | routes | 10.9.0.0/24 |
      And the adapter is up
      Then soon the client routes 10.9.0.0/24 by 10.8.0.1 alone
