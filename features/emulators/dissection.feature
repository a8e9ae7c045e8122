@needs:adapter @needs:dhcp @needs:arp
Feature: Replies of the emulators, by Wireshark's dissectors
  What the emulators of [EP] fig. 17 answer is taken apart by a program that knows neither side: checksums are verified,
  and nothing may be warned of. Packets: vectors/dhcp.json, vectors/arp.json, vectors/neighbour.json,
  and what kernels ask in IPv6.

  # DHCP-10: the checksum is right. The rest: no reply of this kind is malformed. DHCP-01: OFFER. DHCP-02, DHCP-05:
  # ACK. DHCP-03: NAK. DHCP-07: the options of each. DHCP-13: to a relay agent. DHCP-14: with rapid commit. ARP-01,
  # ARP-02: of ARP.
  @iut:client @DHCP-01 @DHCP-02 @DHCP-03 @DHCP-05 @DHCP-07 @DHCP-10 @DHCP-13 @DHCP-14 @ARP-01 @ARP-02
  Rule: No reply is malformed

    Scenario Outline: Replies by the DHCP vectors: <group>
      Given an adapter configured by nobody, with the client data of the dhcp vectors about <group>. The packet is the first that the emulator receives.
      And a capture on the client's adapter
      When the stack sends all DHCP packets that are to be answered
      And the stack sends all ARP packets that are to be answered
      Then Wireshark's dissectors warn of nothing in any reply

      Examples:
        | group                 |
        | The usual client data |
        | 29 routes             |
        | The default route     |
        | No route              |

  @iut:client @DHCP-10 @ARP-01
  Rule: A reply that is spoilt is complained of

    Scenario: Faults of a reply
      Given an adapter configured by nobody, with the client data of the dhcp vectors about No route. The packet is the first that the emulator receives.
      And a capture on the client's adapter
      When the stack sends all DHCP packets that are to be answered
      And the stack sends all ARP packets that are to be answered
      Then Wireshark's dissectors complain of a DHCP reply that has
        | a wrong IP checksum               |
        | a wrong UDP checksum              |
        | a UDP length beyond the datagram  |
        | an IP length beyond the packet    |
        | an option that is cut             |
        | a server identifier of 3 octets   |
        | no end of its fixed fields        |
        | no last octet                     |
      And Wireshark's dissectors complain of an ARP reply that has
        | no last octet |

  @iut:client @needs:ipv6 @ND-01 @ND-06 @ND-08
  Rule: No advertisement of neighbour discovery is malformed, and each says what the client data offers

    Scenario Outline: Advertisements of <what>
      Given an adapter configured by nobody, of a tunnel whose client data offers <what> in IPv6
      When the stack solicits routers and neighbours
      Then Wireshark's dissectors warn of nothing in it, and read what the client data offers

      Examples:
        | what                 |
        | every option         |
        | the default route    |
        | nothing but a prefix |

    # ND-01: the neighbour advertisement. ND-06, ND-08: the options and the lifetime of the router advertisement.
    # ND-14: it has not all routes.
    @ND-14
    Scenario: More routes than fit
      Given an adapter configured by nobody, of a tunnel whose client data offers more routes than fit in IPv6
      When the stack solicits routers and neighbours
      Then Wireshark's dissectors warn of nothing in it, and read what the client data offers
      And not all routes are in an advertisement

  @iut:client @needs:ipv6 @ND-01 @ND-06
  Rule: No answer to the neighbour vectors is malformed

    Scenario Outline: Answers to the neighbour vectors: <group>
      Given an adapter configured by nobody, with the client data of the neighbour vectors about <group>
      When the stack sends all neighbour discovery packets that are to be answered
      Then Wireshark's dissectors warn of nothing in any answer

      Examples:
        | group                                                     |
        | A /64, routes, DNS and an MTU.                            |
        | The default route, among options that mean nothing here.  |
        | More routes than an advertisement holds.                  |

  @iut:client @needs:ipv6 @ND-11
  Rule: Nor is the advertisement that nobody asked for

    Scenario: The advertisement when the adapter comes up is not malformed
      Given an adapter configured by nobody, of a tunnel whose client data offers every option in IPv6
      When the adapter has advertised its router by itself
      Then Wireshark's dissectors warn of nothing in it, and read what the client data offers

  @iut:client @needs:ipv6 @ND-01 @ND-06
  Rule: An advertisement that is spoilt is complained of, or says something else

    Scenario: Faults of an advertisement
      Given an adapter configured by nobody, of a tunnel whose client data offers every option in IPv6
      When the stack solicits routers and neighbours
      Then Wireshark's dissectors complain of, or read something else in, a neighbour advertisement that has
        | a wrong ICMPv6 checksum          |
        | a hop limit of 64                |
        | a code that is not 0             |
        | an IPv6 length beyond the packet |
        | no last octet                    |
        | a last option that is cut        |
        | an option of length 0            |
        | no end of its target             |
        | no option                        |
      And Wireshark's dissectors complain of, or read something else in, a router advertisement that has
        | a wrong ICMPv6 checksum                |
        | a hop limit of 64                      |
        | a code that is not 0                   |
        | an IPv6 length beyond the packet       |
        | no last octet                          |
        | a last option that is cut              |
        | no end of its fixed part               |
        | an option of length 0                  |
        | an option beyond its end               |
        | a Prefix Information of 24 octets      |
        | a prefix of 129 bits                   |
        | a prefix that is on-link               |
        | a preferred lifetime that ends         |
        | an MTU option of 16 octets             |
        | a Route Information without its prefix |
        | a route of 129 bits                    |
        | a DNS server of 8 octets               |
        | a domain whose label is too long       |
