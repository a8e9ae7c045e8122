@needs:adapter
Feature: Datagrams of every kind at the adapter
  [EP] figs. 17 and 18: the tunnel is a wire. What the stack sends comes out at the other end, octet by octet (334 to 338, 350
  to 358), and what is no datagram goes nowhere. Each row is sent before a datagram that surely passes.

  @iut:client @ADP-03 @ADP-05 @ADP-15 @DATA-01 @DATA-02
  Rule: At a tunnel client datagrams cross both ways, octet by octet
    ADP-03 and DATA-01 decide what enters the tunnel, DATA-02 under which protocol, ADP-05 the Ethernet packet that the stack
    gets, ADP-15 that nothing of it changed.

    Scenario: IPv4 at the client
      Given an adapter that nobody configures, and a scripted server
      Then datagrams of IPv4 cross both ways, octet by octet, that have
        | no payload              |
        | a time to live of 1     |
        | a time to live of 255   |
        | a type of service of b9 |
        | more fragments          |
        | a fragment offset       |
        | a fragment offset, and looks like UDP to port 68 |
        | a fragment offset, and looks like a redirect |
        | an option               |
        | a wrong header checksum |
        | 1400 octets             |

    # ADP-28: the family is IPv6.
    @needs:ipv6 @ADP-28
    Scenario: IPv6 at the client
      Given an adapter configured by nobody, of a tunnel whose client data offers every option in IPv6
      Then datagrams of IPv6 cross both ways, octet by octet, that have
        | no payload                       |
        | a hop limit of 1                 |
        | a hop limit of 255               |
        | a traffic class and a flow label |
        | a fragment header                |
        | a later fragment, and looks like UDP to port 546 |
        | a later fragment, and looks like a neighbour solicitation |
        | destination options              |
        | 1400 octets                      |

  @iut:server @ADP-03 @ADP-05 @ADP-15 @DATA-01 @DATA-02
  Rule: At a tunnel server datagrams cross both ways, octet by octet
    ADP-03 and DATA-01 decide what enters the tunnel, DATA-02 under which protocol, ADP-05 the Ethernet packet that the stack
    gets, ADP-15 that nothing of it changed.

    Scenario: IPv4 at the server
      Given a tunnel server's adapter with alice authorized
      Then datagrams of IPv4 cross both ways, octet by octet, that have
        | no payload              |
        | a time to live of 1     |
        | a time to live of 255   |
        | a type of service of b9 |
        | more fragments          |
        | a fragment offset       |
        | a fragment offset, and looks like UDP to port 68 |
        | a fragment offset, and looks like a redirect |
        | an option               |
        | 1400 octets             |

    # ADP-28: the family is IPv6.
    @needs:ipv6 @ADP-28
    Scenario: IPv6 at the server
      Given a tunnel server's adapter of both families with alice authorized
      Then datagrams of IPv6 cross both ways, octet by octet, that have
        | no payload                       |
        | a hop limit of 1                 |
        | a hop limit of 255               |
        | a traffic class and a flow label |
        | a fragment header                |
        | a later fragment, and looks like UDP to port 546 |
        | a later fragment, and looks like a neighbour solicitation |
        | destination options              |
        | 1400 octets                      |

  @ADP-04 @DATA-01
  Rule: Padding is no part of a datagram

    @iut:client
    Scenario: IPv4 at the client, padded
      Given an adapter that nobody configures, and a scripted server
      Then of packets of IPv4 that are padded by so many octets the datagrams alone enter the tunnel
        | 1   |
        | 18  |
        | 500 |

    @iut:client @needs:ipv6
    Scenario: IPv6 at the client, padded
      Given an adapter configured by nobody, of a tunnel whose client data offers every option in IPv6
      Then of packets of IPv6 that are padded by so many octets the datagrams alone enter the tunnel
        | 1   |
        | 18  |
        | 500 |

    @iut:server
    Scenario: IPv4 at the server, padded
      Given a tunnel server's adapter with alice authorized
      Then of packets of IPv4 that are padded by so many octets the datagrams alone enter the tunnel
        | 1   |
        | 18  |
        | 500 |

    @iut:server @needs:ipv6
    Scenario: IPv6 at the server, padded
      Given a tunnel server's adapter of both families with alice authorized
      Then of packets of IPv6 that are padded by so many octets the datagrams alone enter the tunnel
        | 1   |
        | 18  |
        | 500 |

  @ADP-06 @ADP-30
  Rule: What is no whole datagram of the version that its EtherType names enters no tunnel
    ADP-06 decides the rows with an EtherType that is not of IP, ADP-30 the others.

    @iut:client
    Scenario: A client sends no datagram that is not whole
      Given an adapter that nobody configures, and a scripted server
      Then none of these packets of the stack enters the tunnel
        | a whole IPv4 datagram behind EtherType 88b5   |
        | a whole IPv4 datagram behind EtherType 8100   |
        | a whole IPv4 datagram behind EtherType 0806   |
        | a whole IPv4 datagram behind a length of 0026 |
        | a whole IPv6 datagram behind EtherType 88b5   |
        | a whole IPv6 datagram behind EtherType 0800   |
        | a whole IPv4 datagram behind EtherType 86dd   |
        | IPv4 of version 5                             |
        | IPv4 without its last octet                   |
        | IPv4 of which 19 octets are there             |
        | IPv4 with a header of 16 octets               |
        | IPv4 with a total length of 19                |
        | IPv4 with a total length of 65535             |
        | IPv4 with a header beyond its total length    |
        | IPv6 without its last octet                   |
        | IPv6 of which 39 octets are there             |
        | IPv6 with a payload length of 65535           |
        | an Ethernet header alone                      |

    @iut:server @needs:ipv6
    Scenario: A server sends no datagram that is not whole
      Given a tunnel server's adapter of both families with alice authorized
      Then none of these packets of the stack enters the tunnel
        | a whole IPv4 datagram behind EtherType 88b5   |
        | a whole IPv4 datagram behind EtherType 8100   |
        | a whole IPv4 datagram behind EtherType 0806   |
        | a whole IPv4 datagram behind a length of 0026 |
        | a whole IPv6 datagram behind EtherType 88b5   |
        | a whole IPv6 datagram behind EtherType 0800   |
        | a whole IPv4 datagram behind EtherType 86dd   |
        | IPv4 of version 5                             |
        | IPv4 without its last octet                   |
        | IPv4 of which 19 octets are there             |
        | IPv4 with a header of 16 octets               |
        | IPv4 with a total length of 19                |
        | IPv4 with a total length of 65535             |
        | IPv4 with a header beyond its total length    |
        | IPv6 without its last octet                   |
        | IPv6 of which 39 octets are there             |
        | IPv6 with a payload length of 65535           |
        | an Ethernet header alone                      |

  @needs:ipv6 @ND-03
  Rule: Neighbour discovery enters no tunnel, wherever it goes and whatever stands before it

    @iut:client
    Scenario: Neighbour discovery at the client
      Given an adapter configured by nobody, of a tunnel whose client data offers every option in IPv6
      Then no neighbour discovery of the stack enters the tunnel, of these types in each of these places
        | type                      | place                           |
        | a router solicitation     | by unicast                      |
        | a router advertisement    | by unicast                      |
        | a neighbour solicitation  | by unicast                      |
        | a neighbour advertisement | by unicast                      |
        | a redirect                | by unicast                      |
        | a neighbour solicitation  | with a hop limit of 64          |
        | a neighbour solicitation  | behind hop-by-hop options       |
        | a neighbour solicitation  | behind destination options      |
        | a neighbour solicitation  | behind two extension headers    |
        | a neighbour solicitation  | behind three extension headers  |
        | a neighbour solicitation  | behind a routing header         |
        | a neighbour solicitation  | behind an authentication header |
        | a neighbour solicitation  | in a first fragment             |

    @iut:server
    Scenario: Neighbour discovery at the server
      Given a tunnel server's adapter of both families with alice authorized
      Then no neighbour discovery of the stack enters the tunnel, of these types in each of these places
        | type                      | place                           |
        | a router solicitation     | by unicast                      |
        | a router advertisement    | by unicast                      |
        | a neighbour solicitation  | by unicast                      |
        | a neighbour advertisement | by unicast                      |
        | a redirect                | by unicast                      |
        | a neighbour solicitation  | with a hop limit of 64          |
        | a neighbour solicitation  | behind hop-by-hop options       |
        | a neighbour solicitation  | behind destination options      |
        | a neighbour solicitation  | behind two extension headers    |
        | a neighbour solicitation  | behind three extension headers  |
        | a neighbour solicitation  | behind a routing header         |
        | a neighbour solicitation  | behind an authentication header |
        | a neighbour solicitation  | in a first fragment             |
