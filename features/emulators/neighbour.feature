@needs:ipv6 @needs:adapter
Feature: Neighbour discovery emulator
  [EP] figs. 16 and 17 for IPv6: neighbour and router solicitations of the local stack are answered in the adapter, with
  the reserved physical address of the adapter at the other end. Packets and answers: vectors/neighbour.json.

  @iut:client @ND-01 @ND-03 @ADP-07
  Rule: Solicitations for the link-local address of the server's adapter are answered, multicast or unicast

    Scenario Outline: Neighbour solicitations: <offer>
      Given an adapter configured by nobody, with the client data of the neighbour vectors about <offer>
      When the stack sends the neighbour discovery packets flagged NeighbourSolicitation
      Then each was answered or not as its vector says
      And none of them entered the tunnel

      Examples:
        | offer                                                    |
        | A /64, routes, DNS and an MTU.                           |
        | The default route, among options that mean nothing here. |
        | No IPv6.                                                 |

  # ND-06: the options. ND-08: the router lifetime, above 0 in the second row, 0 in the third, whose widest route is
  # 2000::/3. ND-14: the third row. ND-17: flags, hop limit, timers and preferences. ND-03: none enters the tunnel.
  @iut:client @ND-03 @ND-06 @ND-08 @ND-14 @ND-17
  Rule: Router solicitations are answered with what the client data says

    Scenario Outline: Router solicitations: <offer>
      Given an adapter configured by nobody, with the client data of the neighbour vectors about <offer>
      When the stack sends the neighbour discovery packets flagged RouterSolicitation
      Then each was answered or not as its vector says
      And none of them entered the tunnel

      Examples:
        | offer                                                    |
        | A /64, routes, DNS and an MTU.                           |
        | The default route, among options that mean nothing here. |
        | More routes than an advertisement holds.                 |

  @iut:client @ND-03
  Rule: Nothing else is answered

    Scenario Outline: Packets flagged <flag>
      Given an adapter configured by nobody, with the client data of the neighbour vectors about A /64, routes, DNS and an MTU.
      When the stack sends the neighbour discovery packets flagged <flag>
      Then each was answered or not as its vector says
      And none of them entered the tunnel

      @ND-02
      Examples:
        | flag                      |
        | DuplicateAddressDetection |

      @ND-04
      Examples:
        | flag     |
        | HopLimit |

      @ND-05
      Examples:
        | flag       |
        | OwnAddress |
        | Nobody     |

      @ND-10
      Examples:
        | flag      |
        | Malformed |

      Examples:
        | flag           |
        | NoSolicitation |

    @ND-16
    Scenario: Solicitations behind extension headers
      Given an adapter configured by nobody, with the client data of the neighbour vectors about A /64, routes, DNS and an MTU.
      Then neither neighbour nor router solicitations of the stack are answered behind these headers
        | hop-by-hop options          |
        | destination options         |
        | a fragment header, and whole |

    @ND-07
    Scenario: Router solicitations where no IPv6 is offered
      Given an adapter configured by nobody, with the client data of the neighbour vectors about No IPv6.
      When the stack sends the neighbour discovery packets flagged NoRouter
      Then each was answered or not as its vector says
      And none of them entered the tunnel

  @iut:client @ND-09
  Rule: What the user does not accept is not advertised

    Scenario Outline: A user who accepts <accept>
      Given an adapter configured by nobody, of a user who accepts <accept>, with the client data of the neighbour vectors about <offer>
      When the stack sends the neighbour discovery packets flagged RouterSolicitation
      Then each advertisement has
        | routes          | <routes>   |
        | DNS servers     | <dns>      |
        | router lifetime | <lifetime> |

      Examples:
        | accept                          | offer                          | routes                  | dns        | lifetime |
        | {}                              | A /64, routes, DNS and an MTU. | fd00:8::/48 fd00:9::/64 | fd00:9::53 | of 0     |
        | { "dns": false }                | A /64, routes, DNS and an MTU. | fd00:8::/48 fd00:9::/64 | none       | of 0     |
        | { "prefixes": ["fd00:9::/32"] } | A /64, routes, DNS and an MTU. | fd00:9::/64             | fd00:9::53 | of 0     |
        | { "prefixes": ["10.0.0.0/8"] }  | A /64, routes, DNS and an MTU. | none                    | fd00:9::53 | of 0     |

      @ND-08
      Examples:
        | accept                    | offer                                                    | routes           | dns  | lifetime |
        | { "defaultRoute": false } | The default route, among options that mean nothing here. | fd00:8::/48      | none | of 0     |
        | { "defaultRoute": true }  | The default route, among options that mean nothing here. | fd00:8::/48 ::/0 | none | above 0  |

    @ND-07
    Scenario: A user who accepts no IPv6
      Given an adapter configured by nobody, of a user who accepts { "ipv6": false }, with the client data of the neighbour vectors about A /64, routes, DNS and an MTU.
      Then no router solicitation of the stack is answered
      And an IPv6 datagram of the stack enters the tunnel

    @CD-08
    Scenario Outline: An MTU of <mtu>
      Given an adapter configured by nobody, with client data whose MTU in IPv6 is <mtu>
      When the stack sends the neighbour discovery packets flagged RouterSolicitation
      Then each advertisement has
        | MTU | <advertised> |

      Examples:
        | mtu  | advertised |
        | 1279 | none       |
        | 1280 | 1280       |

    # Each stands in the option by itself: one that is advertised is named in the answer.
    @CD-17
    Scenario: DNS servers at reserved addresses, and beside them
      Given an adapter configured by nobody, with client data whose DNS servers in IPv6 are ::1, ::, fe80::53, fec0::53, febf:ffff::53, ff02::fb, ff15::fb, fe7f:ffff::53, ::ffff:127.0.0.53
      When the stack sends the neighbour discovery packets flagged RouterSolicitation
      Then each advertisement has
        | DNS servers | fec0::53 fe7f:ffff::53 |

    @CD-17
    Scenario: A DNS server at a reserved address alone
      Given an adapter configured by nobody, with client data whose DNS servers in IPv6 are fe80::53
      When the stack sends the neighbour discovery packets flagged RouterSolicitation
      Then each advertisement has
        | DNS servers | none |

    @CD-16 @ND-07
    Scenario Outline: A /64 that nobody may have, <prefix>
      Given nodes that speak IPv6
      And the client has the address fd66::5/48 too
      And an adapter configured by nobody, with client data whose /64 is <prefix>
      Then no router solicitation of the stack is answered

      Examples:
        | prefix       |
        | ::           |
        | fe80:0:0:a:: |
        | ff05:0:0:a:: |
        | fd77::       |
        | fd66:0:0:7:: |
        | fd66::       |

    @CD-16
    Scenario: A /64 that holds a smaller subnet of its machine, or lies beside one
      Given nodes that speak IPv6
      And the client has the address fd66:0:0:7::5/80 too
      And the client has the address fd66:0:0:8::5/64 too
      And an adapter configured by nobody, with client data whose /64 is fd66:0:0:7::
      When the stack sends the neighbour discovery packets flagged RouterSolicitation
      Then each advertisement has
        | /64 | fd66:0:0:7:: |

  @iut:server @ND-13 @ND-03
  Rule: The server's adapter answers for the /64s of confirmed clients
    Alice has the address 10.8.0.10, and therefore fd00:8:0:a::/64.

    Scenario: Solicitations for addresses of a client, and of what is behind it
      Given a tunnel server's adapter of both families with alice authorized, and fd00:20::/64 behind her
      Then each of these solicitations of the server's stack is answered with the reserved physical address of the client's adapter
        | target                         | source                   |
        | fe80::450:4eff:fe41:4300       | fe80::450:4eff:fe41:5300 |
        | fd00:8:0:a::1                  | fe80::450:4eff:fe41:5300 |
        | fd00:8:0:a:ffff:ffff:ffff:ffff | fd00:8::1                |
        | fd00:20::7                     | fe80::450:4eff:fe41:5300 |
      And alice receives nothing before the next datagram for her

    # By flag, ND-13: BehindClient, of which ND-01 the link-local address. ND-05: Nobody. ND-02: DuplicateAddressDetection.
    # ND-04: HopLimit. ND-10: Malformed. ND-03: none enters the tunnel.
    @ND-01 @ND-02 @ND-04 @ND-05 @ND-10
    Scenario: At a server: every packet of the vectors
      Given a tunnel server's adapter of both families with the clients and networks of the vectors
      When its stack sends the neighbour discovery packets of the vectors
      Then each of at least 41 was answered as its vector says
      And alice receives nothing before the next datagram for her

    @ND-05
    Scenario: Solicitations for addresses that are not behind a client
      Given a tunnel server's adapter of both families with alice authorized, and fd00:20::/64 behind her
      Then none of these solicitations of the server's stack is answered, though one for the client's adapter is
        | target                         | source                   |
        | fd00:8:0:b::1                  | fe80::450:4eff:fe41:5300 |
        | fd00:8:0:9:ffff:ffff:ffff:ffff | fe80::450:4eff:fe41:5300 |
        | fd00:8::1                      | fe80::450:4eff:fe41:5300 |
        | fd00:8::10                     | fe80::450:4eff:fe41:5300 |
        | fd00:9::5                      | fe80::450:4eff:fe41:5300 |
        | fd00:20:0:1::7                 | fe80::450:4eff:fe41:5300 |
        | fe80::450:4eff:fe41:5300       | fe80::450:4eff:fe41:5300 |
        | fe80::1                        | fe80::450:4eff:fe41:5300 |
      And alice receives nothing before the next datagram for her

    @ND-02
    Scenario: Solicitations from nobody, of duplicate address detection
      Given a tunnel server's adapter of both families with alice authorized, and fd00:20::/64 behind her
      Then none of these solicitations of the server's stack is answered, though one for the client's adapter is
        | target                   | source |
        | fd00:8:0:a::1            | ::     |
        | fe80::450:4eff:fe41:4300 | ::     |
      And alice receives nothing before the next datagram for her

    @ND-04
    Scenario: Solicitations of another hop limit
      Given a tunnel server's adapter of both families with alice authorized, and fd00:20::/64 behind her
      Then none of these solicitations of the server's stack is answered, though one for the client's adapter is
        | target        | source                   | fault              |
        | fd00:8:0:a::1 | fe80::450:4eff:fe41:5300 | a hop limit of 254 |
        | fd00:8:0:a::1 | fe80::450:4eff:fe41:5300 | a hop limit of 64  |
      And alice receives nothing before the next datagram for her

    @ND-10
    Scenario: Solicitations with a fault
      Given a tunnel server's adapter of both families with alice authorized, and fd00:20::/64 behind her
      Then none of these solicitations of the server's stack is answered, though one for the client's adapter is
        | target        | source                   | fault                 |
        | fd00:8:0:a::1 | fe80::450:4eff:fe41:5300 | a wrong checksum      |
        | fd00:8:0:a::1 | fe80::450:4eff:fe41:5300 | a code of 1           |
        | fd00:8:0:a::1 | fe80::450:4eff:fe41:5300 | an option of length 0 |
      And alice receives nothing before the next datagram for her

    Scenario: A neighbour solicitation for a client that has gone
      Given a tunnel server's adapter of both families with alice authorized, and fd00:20::/64 behind her
      When the initiator sends a keyed CLOSE "end session"
      Then the server ends the stream without a frame
      When the server's stack solicits fd00:8:0:a::1 from fe80::450:4eff:fe41:5300
      Then it is soon no longer answered, though one for the client's adapter is

    @SRV-16
    Scenario: A neighbour solicitation for a client that is not confirmed
      Given a tunnel server's adapter of both families with alice and bob authorized
      When bob's session has ended
      And bob has opened RESPONSE, and does not confirm it
      And the server's stack solicits fd00:8:0:b::1 from fe80::450:4eff:fe41:5300
      Then it is not answered, though one for the client's adapter is
