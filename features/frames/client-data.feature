Feature: Client data
  [EP] fig. 8, 162; fig. 23, 502 to 508: what the server says of the client's adapter, in standard DHCP format.

  # CD-01: the client data decodes. CD-02: the five options are there. RESP-08: they say what the server is
  # configured with. CD-03: the gateway in option 121. CD-04: whether option 3 is there. CD-05: the addresses in
  # option 43.
  @iut:server @CD-01 @CD-02 @RESP-08
  Rule: RESPONSE holds addresses, lease, routes and reserved physical addresses

    @CD-03 @CD-04
    Scenario: The usual client data
      Given a tunnel server
      When an initiator has opened RESPONSE
      Then RESPONSE holds
        | option 50  | 0a08000a           |
        | option 54  | 0a080001           |
        | option 1   | ffffff00           |
        | option 121 | 180a09000a080001   |
        | option 51  | any                |
        | option 43  | any                |
        | option 3   | none               |

    @CD-04
    Scenario: The whole default route
      Given a tunnel server configured with
        """
        { "clientData": { "routes": ["0.0.0.0/0"] } }
        """
      When an initiator has opened RESPONSE
      Then RESPONSE holds
        | option 3   | 0a080001     |
        | option 121 | 000a080001   |

    @CD-05
    Scenario: The reserved physical addresses
      Given a tunnel server
      When an initiator has opened RESPONSE
      Then both reserved physical addresses are locally administered, unicast and different

  @iut:server @CD-02
  Rule: The lease lasts as long as the key, and 60 s at least, unless the operator says otherwise

    Scenario: Keys that are asked for, one after the other, are shorter than the server's own bound
      Given a tunnel server configured with
        """
        { "clientData": { "leaseSeconds": null }, "lifetime": { "seconds": 4294967295 } }
        """
      Then REQUESTs of one name, one after the other, are granted what each asks for
        | a key that lasts 172800 seconds | lease 172800 |
        | a key that lasts 600 seconds    | lease 600    |
        | a key that lasts 61 seconds     | lease 61     |
        | a key that lasts 60 seconds     | lease 60     |
        | a key that lasts 59 seconds     | lease 60     |
        | a key that lasts 1 seconds      | lease 60     |

  @iut:server @CD-03
  Rule: Of the destination of a route those octets are sent that its prefix has bits in

    Scenario: Prefixes of every length of each number of octets
      Given a tunnel server configured with
        """
        { "clientData": { "routes": [
          "128.0.0.0/1", "32.0.0.0/3", "8.0.0.0/5", "10.0.0.0/8",
          "10.128.0.0/9", "10.32.0.0/11", "10.8.0.0/13", "10.9.0.0/16",
          "10.9.128.0/17", "10.9.32.0/19", "10.9.8.0/21", "10.9.7.0/24",
          "10.9.7.128/25", "10.9.7.32/27", "10.9.7.8/29", "10.9.7.7/32"
        ] } }
        """
      When an initiator has opened RESPONSE
      Then RESPONSE holds
        | routes in option 121, in any order | 128.0.0.0/1, 32.0.0.0/3, 8.0.0.0/5, 10.0.0.0/8, 10.128.0.0/9, 10.32.0.0/11, 10.8.0.0/13, 10.9.0.0/16, 10.9.128.0/17, 10.9.32.0/19, 10.9.8.0/21, 10.9.7.0/24, 10.9.7.128/25, 10.9.7.32/27, 10.9.7.8/29, 10.9.7.7/32 |

  @iut:server @CD-03 @SRV-04
  Rule: Routes need not fit into one option, nor RESPONSE into 4,096 octets

    # CD-03: all of them are there; SRV-04: that there is a RESPONSE.
    Scenario: More than 255 octets of routes
      Given a tunnel server that routes 70 networks
      When an initiator has opened RESPONSE
      Then RESPONSE routes each of these networks

    # CD-11: those of IPv6.
    @needs:ipv6 @CD-11
    Scenario: More than 4,096 octets of client data
      Given nodes that speak IPv6
      And a tunnel server that routes 500 networks, every second one of IPv6
      When an initiator has opened RESPONSE
      Then RESPONSE routes each of these networks

  @iut:server @CD-14
  Rule: What the operator says of DNS is in the client data

    Scenario Outline: <what>
      Given a tunnel server configured with
        """
        { "clientData": <says> }
        """
      When an initiator has opened RESPONSE
      Then RESPONSE holds
        | option 6                  | <servers> |
        | option 15                 | <domain>  |
        | names of the search list  | <search>  |

      Examples:
        | what                                | says                                                                                                     | servers          | domain             | search              |
        | Servers, a domain and a search list | { "dns": ["10.9.0.53", "10.9.0.54"], "domain": "corp.test", "search": ["corp.test", "lab.private.test"] } | 0a0900350a090036 | 636f72702e74657374 | corp.test, lab.private.test |
        | A search list alone                 | { "search": ["lab.private.test"] }                                                                       | none             | none               | lab.private.test    |
        | A domain alone                      | { "domain": "corp.test" }                                                                                | none             | 636f72702e74657374 | none                |

    # Three servers, six names and 256 characters were all that a resolv.conf had room for; an option has 255 octets.
    Scenario: Servers, a domain and a search list that are longer than usual
      Given a tunnel server configured with
        """
        { "clientData": { "dns": ["10.9.0.53", "10.9.0.54", "10.9.0.55", "10.9.0.56"],
          "domain": "one-of-many-offices.north.sites-of-the-private-network.example-company.test",
          "search": ["corp.test", "lab.private.test",
            "north.sites-of-the-private-network.example.test", "east.sites-of-the-private-network.example.test",
            "south.sites-of-the-private-network.example.test", "west.sites-of-the-private-network.example.test",
            "zenith.sites-of-the-private-network.example.test", "nadir.sites-of-the-private-network.example.test"] } }
        """
      When an initiator has opened RESPONSE
      Then RESPONSE holds
        | option 6                  | 0a0900350a0900360a0900370a090038 |
        | option 15                 | 6f6e652d6f662d6d616e792d6f6666696365732e6e6f7274682e73697465732d6f662d7468652d707269766174652d6e6574776f726b2e6578616d706c652d636f6d70616e792e74657374 |
        | names of the search list  | corp.test, lab.private.test, north.sites-of-the-private-network.example.test, east.sites-of-the-private-network.example.test, south.sites-of-the-private-network.example.test, west.sites-of-the-private-network.example.test, zenith.sites-of-the-private-network.example.test, nadir.sites-of-the-private-network.example.test |

  @iut:server @CD-13
  Rule: The options of a server stand in one order

    # CD-13: their order. CD-02: option 1, a mask that does not end with an octet, and option 51, which is longer than any key.
    @CD-02
    Scenario: Options in one order, with all that the operator may say
      Given a tunnel server configured with
        """
        { "adapter": { "address": "10.8.0.1/25" },
          "clientData": { "routes": ["10.9.0.0/24", "0.0.0.0/0"], "dns": ["10.9.0.53"], "domain": "corp.test",
          "search": ["corp.test", "lab.test"], "leaseSeconds": 4000000000 } }
        """
      When an initiator has opened RESPONSE
      Then RESPONSE holds
        | DHCP options, in this order | 50, 1, 54, 51, 3, 121, 6, 15, 119, 26, 43 |
        | option 1                    | ffffff80                                  |
        | option 51                   | ee6b2800                                  |

    @needs:ipv6
    Scenario: Options of neighbour discovery in one order
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        {
          "adapter": { "address6": "fd00:8::1/48" },
          "clientData": { "routes": ["10.9.0.0/24", "fd00:9::/64"], "dns": ["fd00:9::53"], "search": ["corp.test"] }
        }
        """
      When an initiator has opened RESPONSE
      Then RESPONSE holds
        | options in n6, in this order | 3, 5, 24, 25, 31 |

  # CD-03: where there are routes. Section 6: an empty option 121 cannot be read.
  @iut:server @CD-03
  Rule: What the operator does not say is not there

    Scenario: No option that the operator leaves out
      Given a tunnel server configured with
        """
        { "clientData": { "routes": [], "dns": [], "search": [] } }
        """
      When an initiator has opened RESPONSE
      Then RESPONSE holds
        | option 3                  | none |
        | option 121                | none |
        | option 6                  | none |
        | option 15                 | none |
        | names of the search list  | none |

  @iut:server @needs:ipv6 @CD-01 @CD-09 @CD-11
  Rule: Where IPv6 is offered, n6 holds the client's own /64 and what belongs to it

    # CD-01: what is there decodes; CD-09: the /64, and the lifetimes; CD-11: the routes; CD-14: the DNS servers.
    @CD-14
    Scenario: Routes and DNS servers of both families
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        {
          "adapter": { "address6": "fd00:8::1/48" },
          "clientData": { "routes": ["10.9.0.0/24", "fd00:9::/64"], "dns": ["10.9.0.53", "fd00:9::53", "fd00:9::54", "fd00:9::55", "fd00:9::56"] }
        }
        """
      When an initiator has opened RESPONSE
      Then RESPONSE holds
        | prefix in n6, autonomous and not on-link | fd00:8:0:a::/64          |
        | routes in n6                             | fd00:8::/48, fd00:9::/64 |
        | DNS servers in n6                        | fd00:9::53, fd00:9::54, fd00:9::55, fd00:9::56 |
        | MTU in n6, if any                        | 1400                     |
        | lifetimes in n6                          | 0xffffffff               |
        | options in n6, in this order             | 3, 5, 24, 25, 31         |
        | option 121                               | 180a09000a080001         |
        | option 6                                 | 0a090035                 |
        | option 26                                | 0578                     |

    Scenario: Routes of more than 64 bits
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        { "adapter": { "address6": "fd00:8::1/48" },
          "clientData": { "routes": ["fd00:9:0:0:8000::/65", "fd00:9:1::5/128"] } }
        """
      When an initiator has opened RESPONSE
      Then RESPONSE holds
        | routes in n6                | fd00:8::/48, fd00:9:0:0:8000::/65, fd00:9:1::5/128 |

    Scenario: The whole default route, in IPv6
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        { "adapter": { "address6": "fd00:8::1/48" }, "clientData": { "routes": ["::/0"] } }
        """
      When an initiator has opened RESPONSE
      Then RESPONSE holds
        | routes in n6                  | fd00:8::/48, ::/0 |
        | DNS servers in n6             | none              |
        | options in n6, in this order  | 3, 5, 24          |
        | lifetimes in n6               | 0xffffffff        |
        | option 3                      | none              |

    Scenario: Another prefix of the virtual LAN
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        { "adapter": { "address6": "2001:db8:0:ff00::1/56" }, "clientData": { "routes": [] } }
        """
      When an initiator has opened RESPONSE
      Then RESPONSE holds
        | prefix in n6, autonomous and not on-link | 2001:db8:0:ff0a::/64  |
        | routes in n6                             | 2001:db8:0:ff00::/56  |

    Scenario: Client data of a server without IPv6
      Given a tunnel server
      When an initiator has opened RESPONSE
      Then RESPONSE holds
        | number of options in n6 | 0 |

  @iut:server @needs:ipv6 @CD-10
  Rule: The /64 of a name follows from its address

    Scenario: The /64 of a name that connects again, another between
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        {
          "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}" }],
          "adapter": { "address6": "fd00:8::1/48" }
        }
        """
      When alice, bob, alice, bob connect one after the other
      Then each name has one /64 of fd00:8::, that of the number of its address, and no two the same

    Scenario: The /64 of an address of the operator's choice
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        {
          "initiators": [
            { "name": "alice", "publicKey": "{alice}", "address": "10.8.0.200" },
            { "name": "bob", "publicKey": "{bob}", "address": "10.8.0.17" }
          ],
          "adapter": { "address6": "fd00:8::1/48" }
        }
        """
      When bob, alice, bob connect one after the other
      Then each name has one /64 of fd00:8::, that of the number of its address, and no two the same

  @iut:client @CD-02 @CD-06
  Rule: Client data that cannot be read is a protocol error and makes no adapter

    # CD-05: the reserved physical addresses of option 43; CD-02: options that are missing; CD-06: everything else.
    @CD-05
    Scenario: DHCP options that are missing or say nothing
      Given a tunnel initiator that waits for a command to connect again
      When each of its connections is answered by client data of the vectors flagged Senseless, it closes with "protocol error"
      Then no adapter was made in the client

    @needs:ipv6 @CD-09
    Scenario: Options of neighbour discovery that are missing or say nothing
      Given a tunnel initiator that waits for a command to connect again
      When each of its connections is answered by client data of the vectors flagged SenselessIPv6, it closes with "protocol error"
      Then no adapter was made in the client

  # CD-01, CD-02: options in any order, and in pieces. CD-05: physical addresses that are alike but for one octet. DATA-08: an
  # empty DATA frame says that they are taken.
  @iut:client @CD-01 @CD-02
  Rule: Every right way to say something in n4 is understood

    @CD-05 @DATA-08
    Scenario: Options of DHCP in every order, length and number of pieces
      Given a tunnel initiator that waits for a command to connect again
      When each of its connections is answered by client data of the vectors flagged Settings, it takes them

    # DHCP-09: address, mask, routes, DNS, domain and MTU of the OFFER. DHCP-18: its search list.
    @needs:adapter @needs:dhcp @DHCP-09 @DHCP-18
    Scenario: Options of DHCP in every order, handed on by DHCP
      Given a tunnel initiator that waits for a command to connect again
      When each of its connections is answered by client data of the vectors flagged Settings, a DHCP server offers their settings

  # CD-09: the prefix of each vector is taken. CD-11: its routes. CD-12: what is unknown does not end the session.
  # ND-06: the router advertises all of it.
  @iut:client @needs:ipv6 @needs:adapter @CD-09 @CD-11 @CD-12 @ND-06
  Rule: Every right way to say something in n6 is understood, and what is unknown is ignored

    Scenario: Options of neighbour discovery in every order and length
      Given a tunnel initiator that waits for a command to connect again
      When each of its connections is answered by client data of the vectors flagged SettingsIPv6, a router advertises their settings
