@needs:adapter @iut:client
Feature: What a tunnel client takes out of its tunnel
  Section 11: a server that may give routes to some networks may not use the tunnel for more. Each row is followed by a
  datagram that surely passes. The client has 10.8.0.10 and fd00:8:0:a::/64; its machine is connected to 10.77.0.0/24 and
  fd77::/64.

  Rule: A destination is the client's own, or in a network behind it

    @ADP-33
    Scenario: Destinations in IPv4
      Given a client with 10.20.0.0/24 behind it, whose server routes 10.9.0.0/24
      Then of what the server sends these datagrams do not reach the client's stack
        | from     | to          |
        | 10.8.0.1 | 10.77.0.1   |
        | 10.9.0.5 | 10.77.0.1   |
        | 10.8.0.1 | 10.77.0.2   |
        | 10.8.0.1 | 10.8.0.9    |
        | 10.8.0.1 | 10.8.0.11   |
        | 10.8.0.1 | 10.9.0.5    |
        | 10.8.0.1 | 10.19.255.5 |
        | 10.8.0.1 | 10.20.1.0   |
        | 10.8.0.1 | 192.0.2.1   |
      And of what the server sends these datagrams reach the client's stack
        | from     | to          |
        | 10.8.0.1 | 10.20.0.0   |
        | 10.9.0.5 | 10.20.0.255 |
        | 10.9.0.5 | 10.8.0.10   |

    @ADP-33
    Scenario: Several networks behind it
      Given a client with 10.20.0.0/24 and 10.30.0.0/24 behind it, whose server routes 10.9.0.0/24
      Then of what the server sends these datagrams reach the client's stack
        | from     | to        |
        | 10.8.0.1 | 10.20.0.7 |
        | 10.8.0.1 | 10.30.0.7 |

    @needs:ipv6 @ADP-33
    Scenario: Several networks behind it, in IPv6
      Given a client of both families with fd00:20::/64 and fd00:30::/64 and fd00:40::/48 behind it, whose server routes fd00:8::/48 fd00:9::/64
      Then of what the server sends these datagrams reach the client's stack
        | from      | to           |
        | fd00:8::1 | fd00:20::7   |
        | fd00:8::1 | fd00:30::7   |
        | fd00:9::5 | fd00:40::7   |
        | fd00:9::5 | fd00:8:0:a:: |

    @needs:ipv6 @ADP-33
    Scenario: Destinations in IPv6
      Given a client of both families with fd00:20::/64 behind it, whose server routes fd00:8::/48 fd00:9::/64
      Then of what the server sends these datagrams do not reach the client's stack
        | from      | to                             |
        | fd00:8::1 | fd77::1                        |
        | fd00:9::5 | fd77::1                        |
        | fd00:8::1 | fd00:8:0:9:ffff:ffff:ffff:ffff |
        | fd00:8::1 | fd00:8:0:b::                   |
        | fd00:8::1 | fd00:8:0:ab::1                 |
        | fd00:8::1 | fd00:9::5                      |
        | fd00:8::1 | fd00:20:0:1::                  |
      And of what the server sends these datagrams reach the client's stack
        | from      | to                             |
        | fd00:8::1 | fd00:8:0:a::                   |
        | fd00:9::5 | fd00:8:0:a:ffff:ffff:ffff:ffff |
        | fd00:9::5 | fd00:20::ffff:ffff:ffff:ffff   |

  Rule: A source is in the virtual LAN or in an accepted route

    @ADP-34
    Scenario: Sources in IPv4
      Given a client that accepts 10.9.0.0/24, whose server routes 10.9.0.0/24 10.10.0.0/24
      Then of what the server sends these datagrams do not reach the client's stack
        | from       | to        |
        | 10.7.255.5 | 10.8.0.10 |
        | 10.8.1.0   | 10.8.0.10 |
        | 10.8.255.5 | 10.8.0.10 |
        | 10.10.0.5  | 10.8.0.10 |
        | 192.0.2.1  | 10.8.0.10 |
        | 10.77.0.2  | 10.8.0.10 |
      And of what the server sends these datagrams reach the client's stack
        | from       | to        |
        | 10.8.0.1   | 10.8.0.10 |
        | 10.8.0.254 | 10.8.0.10 |
        | 10.9.0.0   | 10.8.0.10 |
        | 10.9.0.255 | 10.8.0.10 |

    @ADP-34
    Scenario: Several routes of one length
      Given a client that accepts everything, whose server routes 10.9.0.0/24 10.10.0.0/24 10.11.0.0/24 192.168.9.0/24
      Then of what the server sends these datagrams reach the client's stack
        | from        | to        |
        | 10.9.0.5    | 10.8.0.10 |
        | 10.10.0.5   | 10.8.0.10 |
        | 10.11.0.5   | 10.8.0.10 |
        | 192.168.9.5 | 10.8.0.10 |

    # ADP-36: the last one of four. ADP-34: of two addresses neither is the network's or the broadcast address (section 12).
    @ADP-34 @ADP-36 @needs:reconnect
    Scenario: A virtual LAN of two addresses
      Given a client that reconnects, whose server routes 10.9.0.0/24
      When its connection breaks, and the server gives the next one
        | server        | 10.8.0.9 |
        | prefix length | 30       |
        | routes        | none     |
      Then of what the server sends these datagrams do not reach the client's stack
        | from      | to        |
        | 10.8.0.11 | 10.8.0.10 |
        | 10.8.0.12 | 10.8.0.10 |
      And of what the server sends these datagrams reach the client's stack
        | from     | to        |
        | 10.8.0.9 | 10.8.0.10 |
      When its connection breaks, and the server gives the next one
        | server        | 10.8.0.11 |
        | prefix length | 31        |
        | routes        | none      |
      Then of what the server sends these datagrams reach the client's stack
        | from      | to        |
        | 10.8.0.11 | 10.8.0.10 |

    @needs:ipv6 @ADP-34
    Scenario: Sources in IPv6
      Given a client of both families that accepts fd00:8::/31, whose server routes fd00:8::/48 fd00:9::/64 fd00:10::/64
      Then of what the server sends these datagrams do not reach the client's stack
        | from                | to            |
        | fd00:7:ffff:ffff::1 | fd00:8:0:a::1 |
        | fd00:8:1::1         | fd00:8:0:a::1 |
        | fd00:9:0:1::1       | fd00:8:0:a::1 |
        | fd00:10::1          | fd00:8:0:a::1 |
        | 2001:db8::1         | fd00:8:0:a::1 |
      And of what the server sends these datagrams reach the client's stack
        | from              | to            |
        | fd00:8::1         | fd00:8:0:a::1 |
        | fd00:8:0:ffff::1  | fd00:8:0:a::1 |
        | fd00:9::ffff:ffff | fd00:8:0:a::1 |

  Rule: With a default route accepted, forged and reserved sources are still left out

    # ADP-35: the first five rows, what the client is or is connected to. ADP-36: the others.
    @ADP-35 @ADP-36
    Scenario: Everything is behind the server, in IPv4
      Given a client with 10.20.0.0/24 behind it that accepts everything, whose server routes 0.0.0.0/0
      Then of what the server sends these datagrams do not reach the client's stack
        | from            | to              |
        | 10.8.0.10       | 10.8.0.10       |
        | 10.77.0.1       | 10.8.0.10       |
        | 10.77.0.99      | 10.8.0.10       |
        | 10.20.0.5       | 10.8.0.10       |
        | 10.20.0.5       | 10.20.0.6       |
        | 0.0.0.0         | 10.8.0.10       |
        | 0.255.255.255   | 10.8.0.10       |
        | 127.0.0.1       | 10.8.0.10       |
        | 127.255.255.255 | 10.8.0.10       |
        | 169.254.1.1     | 10.8.0.10       |
        | 224.0.0.1       | 10.8.0.10       |
        | 239.255.255.255 | 10.8.0.10       |
        | 255.255.255.255 | 10.8.0.10       |
        | 10.8.0.255      | 10.8.0.10       |
        | 10.8.0.1        | 0.0.0.0         |
        | 10.8.0.1        | 127.0.0.1       |
        | 10.8.0.1        | 169.254.1.1     |
        | 10.8.0.1        | 224.0.0.1       |
        | 10.8.0.1        | 239.255.255.250 |
        | 10.8.0.1        | 255.255.255.255 |
        | 10.8.0.1        | 10.8.0.255      |
      And of what the server sends these datagrams reach the client's stack
        | from            | to        |
        | 192.0.2.1       | 10.8.0.10 |
        | 1.0.0.1         | 10.8.0.10 |
        | 126.255.255.255 | 10.8.0.10 |
        | 128.0.0.1       | 10.8.0.10 |
        | 169.253.255.255 | 10.8.0.10 |
        | 169.255.0.1     | 10.8.0.10 |
        | 223.255.255.255 | 10.8.0.10 |
        | 10.8.0.100      | 10.8.0.10 |
        | 100.64.0.1      | 10.8.0.10 |
        | 198.18.0.1      | 10.8.0.10 |
        | 240.0.0.1       | 10.8.0.10 |

    # ADP-35: the first four rows. ADP-36: the others.
    @needs:ipv6 @ADP-35 @ADP-36
    Scenario: Everything is behind the server, in IPv6
      Given a client of both families with fd00:20::/64 behind it that accepts everything, whose server routes ::/0
      Then of what the server sends these datagrams do not reach the client's stack
        | from                     | to                       |
        | fd00:8:0:a::1            | fd00:8:0:a::2            |
        | fd77::1                  | fd00:8:0:a::1            |
        | fd77::99                 | fd00:8:0:a::1            |
        | fd00:20::5               | fd00:8:0:a::1            |
        | ::                       | fd00:8:0:a::1            |
        | ::1                      | fd00:8:0:a::1            |
        | fe80::450:4eff:fe41:5300 | fd00:8:0:a::1            |
        | febf:ffff::1             | fd00:8:0:a::1            |
        | ff02::1                  | fd00:8:0:a::1            |
        | ::ffff:7f00:1            | fd00:8:0:a::1            |
        | ::ffff:c000:201          | fd00:8:0:a::1            |
        | fd00:8::1                | ::1                      |
        | fd00:8::1                | fe80::450:4eff:fe41:4300 |
        | fd00:8::1                | ff02::1                  |
        | fd00:8::1                | ff0e::101                |
        | ff3e::101                | fd00:8:0:a::1            |
      And of what the server sends these datagrams reach the client's stack
        | from         | to            |
        | 2001:db8::1  | fd00:8:0:a::1 |
        | fe7f:ffff::1 | fd00:8:0:a::1 |
        | fec0::1      | fd00:8:0:a::1 |
        | 2002:a4d:1:: | fd00:8:0:a::1 |
        | 64:ff9b::a01 | fd00:8:0:a::1 |
        | 4000::1      | fd00:8:0:a::1 |

  @ADP-35
  Rule: A longer accepted route has an address before a network behind the client does

    Scenario: A part of the network behind it is behind the server
      Given a client with 10.20.0.0/16 behind it, whose server routes 10.0.0.0/8 10.20.5.0/24
      Then of what the server sends these datagrams do not reach the client's stack
        | from      | to        |
        | 10.20.4.7 | 10.8.0.10 |
        | 10.20.6.7 | 10.8.0.10 |
      And of what the server sends these datagrams reach the client's stack
        | from      | to        |
        | 10.20.5.7 | 10.8.0.10 |

  @ADP-36
  Rule: What is for every node is for none behind a tunnel

    Scenario: A user who lists every address as behind it
      Given a client with 0.0.0.0/0 behind it, whose server routes 10.9.0.0/24
      Then of what the server sends these datagrams do not reach the client's stack
        | from     | to              |
        | 10.8.0.1 | 127.0.0.1       |
        | 10.8.0.1 | 169.254.1.1     |
        | 10.8.0.1 | 224.0.0.1       |
        | 10.8.0.1 | 255.255.255.255 |
      And of what the server sends these datagrams reach the client's stack
        | from     | to        |
        | 10.8.0.1 | 192.0.2.1 |
        | 10.9.0.5 | 192.0.2.1 |

  # ADP-33: the destinations. ADP-34: the sources.
  @ADP-33 @ADP-34 @needs:reconnect
  Rule: After Reconnect the client data of the new connection decides

    Scenario: Another address, and another network behind the server
      Given a client that reconnects, whose server routes 10.9.0.0/24
      When its connection breaks, and the server gives the next one
        | address | 10.8.0.11    |
        | routes  | 10.10.0.0/24 |
      Then of what the server sends these datagrams do not reach the client's stack
        | from      | to        |
        | 10.9.0.5  | 10.8.0.11 |
        | 10.8.0.1  | 10.8.0.10 |
        | 10.10.0.5 | 10.8.0.10 |
      And of what the server sends these datagrams reach the client's stack
        | from      | to        |
        | 10.10.0.5 | 10.8.0.11 |
        | 10.8.0.1  | 10.8.0.11 |

    Scenario: Another virtual LAN
      Given a client that reconnects, whose server routes 10.9.0.0/24
      When its connection breaks, and the server gives the next one
        | address | 10.11.0.10  |
        | server  | 10.11.0.1   |
        | routes  | 10.9.0.0/24 |
      Then of what the server sends these datagrams do not reach the client's stack
        | from      | to         |
        | 10.8.0.1  | 10.11.0.10 |
        | 10.11.0.1 | 10.8.0.10  |
      And of what the server sends these datagrams reach the client's stack
        | from      | to         |
        | 10.11.0.7 | 10.11.0.10 |
        | 10.9.0.5  | 10.11.0.10 |

    @needs:ipv6
    Scenario: Another /64, and another network behind the server in IPv6
      Given a client of both families that reconnects, whose server routes fd00:8::/48 fd00:9::/64
      When its connection breaks, and the server gives the next one
        | prefix | fd00:8:0:b::/64                     |
        | routes | 10.9.0.0/24, fd00:8::/48, fd00:10::/64 |
      Then of what the server sends these datagrams do not reach the client's stack
        | from       | to            |
        | fd00:9::5  | fd00:8:0:b::1 |
        | fd00:8::1  | fd00:8:0:a::1 |
        | fd00:10::5 | fd00:8:0:a::1 |
      And of what the server sends these datagrams reach the client's stack
        | from       | to            |
        | fd00:10::5 | fd00:8:0:b::1 |
        | fd00:8::1  | fd00:8:0:b::1 |

  Rule: A user who refuses IPv6 gets none

    @needs:ipv6 @ADP-33
    Scenario: Datagrams for the /64 that the server assigned
      Given a client of both families that accepts no IPv6, whose server routes fd00:8::/48 10.9.0.0/24
      Then of what the server sends these datagrams do not reach the client's stack
        | from      | to            |
        | fd00:8::1 | fd00:8:0:a::1 |
        | fd00:8::1 | fd77::1       |

  @needs:ipv6
  Rule: Nothing comes out of the tunnel that configures the machine

    # ADP-37: packets of a link, none of which the stack gets. ND-07, ADP-18: what the kernel makes of them.
    @ADP-37
    Scenario: What a server could say, to a client that accepts neither IPv6 nor DNS
      Given a client of both families that accepts no IPv6, whose server routes 10.9.0.0/24
      When the server sends a router advertisement of 2001:db8:bad::/64 and of itself to all nodes, and to fd00:8:0:a::1
      Then the client's stack gets nothing of it
      And the kernel has neither an address of 2001:db8:bad::/64 nor a default route by it

    @ADP-37
    Scenario: Packets of a link, in IPv6
      Given a client of both families that accepts everything, whose server routes ::/0
      Then of what the server sends these datagrams do not reach the client's stack
        | from      | to            | what                                       |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 133                                 |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 134                                 |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 135                                 |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 136                                 |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 137                                 |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 134 behind hop-by-hop options       |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 136 behind destination options      |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 135 in a first fragment             |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 136 behind a routing header         |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 137 behind an authentication header |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 134 behind two extension headers    |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 133 behind three extension headers  |
        | fd00:8::1 | fd00:8:0:a::1 | UDP to 546                                 |
        | fd00:8::1 | fd00:8:0:a::1 | UDP to 546 in a first fragment             |
        | fd00:8::1 | fd00:8:0:a::1 | UDP to 546 behind destination options      |
      And of what the server sends these datagrams reach the client's stack
        | from      | to            | what                                  |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 132                            |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 138                            |
        | fd00:8::1 | fd00:8:0:a::1 | ICMPv6 129 behind destination options |
        | fd00:8::1 | fd00:8:0:a::1 | UDP to 545                            |
        | fd00:8::1 | fd00:8:0:a::1 | UDP to 34                             |
        | fd00:8::1 | fd00:8:0:a::1 | UDP from 546                          |
        | fd00:8::1 | fd00:8:0:a::1 | TCP to 546                            |
        | fd00:8::1 | fd00:8:0:a::1 | UDP to 545 in 9000 octets             |
        | fd00:8::1 | fd00:8:0:a::1 | UDP to 68                             |

  @ADP-37
  Rule: Nor in IPv4

    Scenario: Packets of a link, in IPv4
      Given a client that accepts everything, whose server routes 0.0.0.0/0
      Then of what the server sends these datagrams do not reach the client's stack
        | from     | to        | what                          |
        | 10.8.0.1 | 10.8.0.10 | ICMP 5                        |
        | 10.8.0.1 | 10.8.0.10 | ICMP 9                        |
        | 10.8.0.1 | 10.8.0.10 | ICMP 10                       |
        | 10.8.0.1 | 10.8.0.10 | UDP to 68                     |
        | 10.8.0.1 | 10.8.0.10 | UDP to 68 behind options      |
        | 10.8.0.1 | 10.8.0.10 | UDP to 68 in a first fragment |
        | 10.8.0.1 | 10.8.0.10 | ICMP 5 behind options         |
        | 10.8.0.1 | 10.8.0.10 | ICMP 9 in a first fragment    |
      And of what the server sends these datagrams reach the client's stack
        | from     | to        | what       |
        | 10.8.0.1 | 10.8.0.10 | ICMP 4     |
        | 10.8.0.1 | 10.8.0.10 | ICMP 11    |
        | 10.8.0.1 | 10.8.0.10 | ICMP 8     |
        | 10.8.0.1 | 10.8.0.10 | UDP to 67  |
        | 10.8.0.1 | 10.8.0.10 | UDP to 324 |
        | 10.8.0.1 | 10.8.0.10 | UDP to 546 |
        | 10.8.0.1 | 10.8.0.10 | UDP from 67 |
        | 10.8.0.1 | 10.8.0.10 | UDP from 68 |
        | 10.8.0.1 | 10.8.0.10 | TCP to 68  |
        | 10.8.0.1 | 10.8.0.10 | ICMP 3 with a code of 9 |
        | 10.8.0.1 | 10.8.0.10 | UDP from 68 |
        | 10.8.0.1 | 10.8.0.10 | TCP to 68 |
        | 10.8.0.1 | 10.8.0.10 | ICMP 3 with a code of 9 |
        | 10.8.0.1 | 10.8.0.10 | UDP to 67 in 9000 octets |
