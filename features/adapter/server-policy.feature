@needs:adapter @iut:server
Feature: What a tunnel server passes on
  Section 11: a server judges a datagram out of a tunnel by its source and its destination, and chooses the tunnel of a datagram
  by its destination. Each row is followed by a datagram that surely passes. Alice has 10.8.0.10 and fd00:8:0:a::/64, bob
  10.8.0.11 and fd00:8:0:b::/64.

  Rule: A source is the initiator's own, or in a subnet that the policy lists for it

    @ADP-08
    Scenario: Sources in IPv4
      Given a tunnel server's adapter with alice and bob authorized, behind whom are
        | alice | 10.20.0.0/24 192.168.20.0/24 |
        | bob   | 10.30.0.0/24                 |
      When alice is authorized anew, and says nothing more on the connection of before
      Then of what alice sends these datagrams do not reach the server's adapter
        | from          | to       |
        | 10.8.0.11     | 10.8.0.1 |
        | 10.8.0.1      | 10.9.0.5 |
        | 10.8.0.0      | 10.8.0.1 |
        | 10.8.0.255    | 10.8.0.1 |
        | 10.8.0.77     | 10.8.0.1 |
        | 10.9.0.5      | 10.8.0.1 |
        | 10.30.0.5     | 10.8.0.1 |
        | 10.19.255.5   | 10.8.0.1 |
        | 10.20.1.0     | 10.8.0.1 |
        | 192.168.21.0  | 10.8.0.1 |
      And of what alice sends these datagrams reach the server's adapter
        | from          | to       |
        | 10.20.0.0     | 10.8.0.1 |
        | 10.20.0.255   | 10.9.0.5 |
        | 192.168.20.5  | 10.8.0.1 |
        | 10.8.0.10     | 10.9.0.5 |

    # ADP-08: the sources. CD-10: whose /64 is whose. ADP-05: the EtherType, of datagrams in IPv6 and IPv4 by turns.
    @needs:ipv6 @ADP-05 @ADP-08 @CD-10
    Scenario: Sources in IPv6
      Given a tunnel server's adapter of both families with alice and bob authorized, behind whom are
        | alice | fd00:20::/64 fd00:8:0:a::/63 |
        | bob   | fd00:30::/64                 |
      Then of what alice sends these datagrams do not reach the server's adapter
        | from                           | to        |
        | fd00:8:0:b::1                  | fd00:8::1 |
        | fd00:8:0:9:ffff:ffff:ffff:ffff | fd00:8::1 |
        | fd00:8:0:4d::1                 | fd00:8::1 |
        | fd00:8::1                      | fd00:9::5 |
        | fd00:9::5                      | fd00:8::1 |
        | fd00:30::5                     | fd00:8::1 |
        | fd00:1f:ffff:ffff::1           | fd00:8::1 |
        | fd00:20:0:1::                  | fd00:8::1 |
      And of what alice sends these datagrams reach the server's adapter
        | from                           | to        |
        | fd00:20::                      | fd00:8::1 |
        | fd00:20::ffff:ffff:ffff:ffff   | fd00:9::5 |
        | fd00:8:0:a::                   | fd00:8::1 |
        | fd00:8:0:a:ffff:ffff:ffff:ffff | fd00:9::5 |

    # ADP-08: whose the sources are; ADP-31: what is for them enters the tunnel, unless it is another client's own.
    @ADP-08 @ADP-31
    Scenario: A subnet of the virtual LAN
      Given a tunnel server's adapter with alice and bob authorized, behind whom are
        | alice | 10.8.0.64/26 10.8.0.8/29 |
        | bob   |                          |
      Then of what alice sends these datagrams reach the server's adapter
        | from       | to       |
        | 10.8.0.64  | 10.8.0.1 |
        | 10.8.0.127 | 10.9.0.5 |
      And of what alice sends these datagrams do not reach the server's adapter
        | from       | to       |
        | 10.8.0.11  | 10.8.0.1 |
        | 10.8.0.63  | 10.8.0.1 |
        | 10.8.0.128 | 10.8.0.1 |
      And what the server's stack sends enters the tunnel of whom it is for
        | from     | to         | tunnel |
        | 10.8.0.1 | 10.8.0.70  | alice  |
        | 10.8.0.1 | 10.8.0.12  | alice  |
        | 10.8.0.1 | 10.8.0.11  | bob    |
        | 10.8.0.1 | 10.8.0.128 | none   |

    # ADP-08: what comes out; ADP-10: what enters. Section 14 asks the same of who does without IPv6.
    @ADP-08 @ADP-10
    Scenario: IPv6, where the server offers none
      Given a tunnel server's adapter with alice and bob authorized, behind whom are
        | alice | 0.0.0.0/0 |
        | bob   |           |
      Then of what alice sends these datagrams do not reach the server's adapter
        | from          | to        |
        | fd00:8:0:a::1 | fd00:8::1 |
        | 2001:db8::1   | fd77::2   |
        | ::            | ff02::1   |
      And what the server's stack sends enters the tunnel of whom it is for
        | from      | to            | tunnel |
        | fd00:8::1 | fd00:8:0:a::1 | none   |
        | fd00:8::1 | 2001:db8::1   | none   |

  @ADP-24
  Rule: A network may be behind several clients

    # ADP-08: a source is in a subnet that the policy lists for who sends it. What alice sends from that of bob inside hers may
    # pass or not.
    @ADP-08
    Scenario: One network behind two, and one inside another
      Given a tunnel server's adapter with alice and bob authorized, behind whom are
        | alice | 10.20.0.0/24 10.40.0.0/16 |
        | bob   | 10.20.0.0/24 10.40.1.0/24 |
      Then of what alice sends these datagrams reach the server's adapter
        | from      | to       |
        | 10.20.0.5 | 10.9.0.5 |
        | 10.40.0.5 | 10.9.0.5 |
      And of what bob sends these datagrams reach the server's adapter
        | from      | to       |
        | 10.20.0.5 | 10.9.0.5 |
        | 10.40.1.5 | 10.9.0.5 |
      And of what bob sends these datagrams do not reach the server's adapter
        | from      | to       |
        | 10.40.0.5 | 10.9.0.5 |
        | 10.8.0.10 | 10.9.0.5 |

  Rule: Neither another client nor a network behind one is a destination
    Behind bob is also half of what the client data routes to the server.

    @ADP-09
    Scenario: Destinations in IPv4
      Given a tunnel server's adapter with alice and bob authorized, behind whom are
        | alice | 10.20.0.0/24               |
        | bob   | 10.30.0.0/24 10.9.0.128/25 |
      Then of what alice sends these datagrams do not reach the server's adapter
        | from      | to          |
        | 10.8.0.10 | 10.8.0.11   |
        | 10.20.0.5 | 10.8.0.11   |
        | 10.8.0.10 | 10.30.0.0   |
        | 10.8.0.10 | 10.30.0.255 |
        | 10.20.0.5 | 10.30.0.5   |
        | 10.8.0.10 | 10.9.0.128  |
        | 10.20.0.5 | 10.9.0.255  |
        | 10.8.0.10 | 10.8.0.77   |
        | 10.8.0.10 | 10.8.0.0    |
        | 10.8.0.10 | 10.8.0.255  |
        | 10.8.0.10 | 10.8.0.10   |
        | 10.8.0.10 | 10.20.0.5   |
      And what the server's stack sends enters the tunnel of whom it is for
        | from     | to        | tunnel |
        | 10.8.0.1 | 10.8.0.11 | bob    |

    @needs:ipv6 @ADP-09
    Scenario: Destinations in IPv6
      Given a tunnel server's adapter of both families with alice and bob authorized, behind whom are
        | alice | fd00:20::/64                       |
        | bob   | fd00:30::/64 fd00:9::8000:0:0:0/65 |
      Then of what alice sends these datagrams do not reach the server's adapter
        | from          | to                          |
        | fd00:8:0:a::1 | fd00:8:0:b::1               |
        | fd00:20::5    | fd00:8:0:b::1               |
        | fd00:8:0:a::1 | fd00:30::5                  |
        | fd00:20::5    | fd00:30::5                  |
        | fd00:8:0:a::1 | fd00:9::8000:0:0:0          |
        | fd00:20::5    | fd00:9::ffff:ffff:ffff:ffff |
        | fd00:8:0:a::1 | fd00:8:0:4d::1              |
        | fd00:8:0:a::1 | fd00:8::2                   |
        | fd00:8:0:a::1 | fd00:8:0:a::2               |
      And what the server's stack sends enters the tunnel of whom it is for
        | from      | to            | tunnel |
        | fd00:8::1 | fd00:8:0:b::1 | bob    |

    @needs:groups @ADP-09
    Scenario: At a member of a group, clients that may be at another member
      Given a tunnel server's adapter with alice and bob authorized, one of a group, and behind whom are
        | alice |               |
        | bob   | 10.9.0.128/25 |
      When bob's session has ended
      Then of what alice sends these datagrams do not reach the server's adapter
        | from      | to         |
        | 10.8.0.10 | 10.8.0.11  |
        | 10.8.0.10 | 10.9.0.128 |
      And of what alice sends these datagrams reach the server's adapter
        | from      | to         |
        | 10.8.0.10 | 10.9.0.127 |

    @needs:groups @ADP-09
    Scenario: At a member of a group, a client whose address is in no pool
      Given a tunnel server's adapter at 10.8.0.1/24 with alice at 10.8.0.10 and bob at 10.8.0.150 authorized, one of a group
      When bob's session has ended
      Then of what alice sends these datagrams do not reach the server's adapter
        | from      | to         |
        | 10.8.0.10 | 10.8.0.150 |
      And of what alice sends these datagrams reach the server's adapter
        | from      | to         |
        | 10.8.0.10 | 10.8.0.151 |

    # ADP-09: to another client; ADP-39: to nobody else.
    @ADP-09 @ADP-39 @needs:client-to-client
    Scenario: Where the operator lets clients reach each other, in IPv4
      Given a tunnel server's adapter with alice and bob authorized, who may reach each other, and behind whom are
        | alice | 10.20.0.0/24 |
        | bob   | 10.30.0.0/24 |
      Then the server does not pass these datagrams of alice on
        | from      | to        |
        | 10.8.0.10 | 10.8.0.10 |
        | 10.20.0.5 | 10.8.0.10 |
        | 10.8.0.10 | 10.20.0.5 |
        | 10.20.0.5 | 10.20.0.6 |
      And the server passes these datagrams of alice on
        | from      | to        |
        | 10.8.0.10 | 10.8.0.11 |
        | 10.20.0.5 | 10.8.0.11 |
        | 10.8.0.10 | 10.30.0.5 |
        | 10.20.0.5 | 10.30.0.5 |

    # ADP-08: the sources. ADP-29: reserved addresses, the last one of the virtual LAN among them. ADP-39: the others.
    @ADP-08 @ADP-29 @ADP-39 @needs:client-to-client
    Scenario: What they may not all the same
      Given a tunnel server's adapter with alice and bob authorized, who may reach each other, and behind whom are
        | alice | 10.20.0.0/24 |
        | bob   | 10.30.0.0/24 |
      Then of what alice sends these datagrams do not reach the server's adapter
        | from      | to              |
        | 10.8.0.11 | 10.8.0.1        |
        | 10.30.0.5 | 10.8.0.1        |
        | 10.8.0.11 | 10.30.0.5       |
        | 10.8.0.10 | 10.8.0.255      |
        | 10.8.0.10 | 255.255.255.255 |
        | 10.8.0.10 | 224.0.0.251     |
        | 10.20.0.5 | 10.8.0.255      |
        | 10.8.0.10 | 10.8.0.77       |
        | 10.20.0.5 | 10.8.0.77       |
        | 10.8.0.10 | 10.77.0.1       |

  @ADP-39
  Rule: Beyond the virtual LAN a destination is in a route of the client data
    10.77.0.1 and fd77::1 are the server's own outside.

    Scenario: Destinations beyond the routes in IPv4
      Given a tunnel server's adapter with alice and bob authorized, behind whom are
        | alice | 10.20.0.0/24 |
        | bob   |              |
      Then of what alice sends these datagrams do not reach the server's adapter
        | from      | to           |
        | 10.8.0.10 | 10.8.255.255 |
        | 10.20.0.5 | 10.8.255.255 |
        | 10.8.0.10 | 10.10.0.0    |
        | 10.8.0.10 | 10.8.1.0     |
        | 10.8.0.10 | 10.9.1.0     |
        | 10.8.0.10 | 10.77.0.1    |
        | 10.20.0.5 | 192.0.2.1    |
      And of what alice sends these datagrams reach the server's adapter
        | from      | to         |
        | 10.8.0.10 | 10.9.0.0   |
        | 10.8.0.10 | 10.9.0.255 |
        | 10.20.0.5 | 10.9.0.5   |

    Scenario: A route that does not end with an octet, in IPv4
      Given a tunnel server's adapter with alice authorized, whose client data routes 10.9.16.0/20
      Then of what alice sends these datagrams do not reach the server's adapter
        | from      | to          |
        | 10.8.0.10 | 10.9.15.255 |
        | 10.8.0.10 | 10.9.32.0   |
        | 10.8.0.10 | 10.9.0.5    |
      And of what alice sends these datagrams reach the server's adapter
        | from      | to          |
        | 10.8.0.10 | 10.9.16.0   |
        | 10.8.0.10 | 10.9.31.255 |

    # In IPv4 there is no route.
    @needs:ipv6
    Scenario: A route that does not end with an octet, in IPv6
      Given a tunnel server's adapter of both families with alice authorized, whose client data routes fd00:9:10::/44
      Then of what alice sends these datagrams do not reach the server's adapter
        | from          | to                                   |
        | fd00:8:0:a::1 | fd00:9:f:ffff:ffff:ffff:ffff:ffff    |
        | fd00:8:0:a::1 | fd00:9:20::                          |
        | fd00:8:0:a::1 | fd00:9::5                            |
        | 10.8.0.10     | 10.9.0.5                             |
        | 10.8.0.10     | 10.77.0.1                            |
      And of what alice sends these datagrams reach the server's adapter
        | from          | to                                   |
        | fd00:8:0:a::1 | fd00:9:10::                          |
        | fd00:8:0:a::1 | fd00:9:1f:ffff:ffff:ffff:ffff:ffff   |

    @needs:ipv6
    Scenario: Destinations beyond the routes in IPv6
      Given a tunnel server's adapter of both families with alice and bob authorized, behind whom are
        | alice | fd00:20::/64 |
        | bob   |              |
      Then of what alice sends these datagrams do not reach the server's adapter
        | from          | to                                   |
        | fd00:8:0:a::1 | fd00:a::                             |
        | fd00:8:0:a::1 | fd00:7:ffff:ffff:ffff:ffff:ffff:ffff |
        | fd00:8:0:a::1 | fd00:9:0:1::                         |
        | fd00:8:0:a::1 | fd77::1                              |
        | fd00:20::5    | 2001:db8::1                          |
      And of what alice sends these datagrams reach the server's adapter
        | from          | to                          |
        | fd00:8:0:a::1 | fd00:9::                    |
        | fd00:8:0:a::1 | fd00:9::ffff:ffff:ffff:ffff |
        | fd00:20::5    | fd00:9::5                   |

    Scenario: No route
      Given a tunnel server's adapter with alice authorized, whose client data routes nothing
      Then of what alice sends these datagrams do not reach the server's adapter
        | from      | to        |
        | 10.8.0.10 | 10.9.0.5  |
        | 10.8.0.10 | 10.77.0.1 |
        | 10.8.0.10 | 192.0.2.1 |

    Scenario: A route that has the virtual LAN in it, in IPv4
      Given a tunnel server's adapter with alice authorized, whose client data routes 10.0.0.0/8
      Then of what alice sends these datagrams do not reach the server's adapter
        | from      | to         |
        | 10.8.0.10 | 10.8.0.77  |
        | 10.8.0.10 | 10.8.0.10  |
        | 10.8.0.10 | 10.8.0.255 |
      And of what alice sends these datagrams reach the server's adapter
        | from      | to           |
        | 10.8.0.10 | 10.8.1.0     |
        | 10.8.0.10 | 10.7.255.255 |

    @needs:ipv6
    Scenario: A route that has the virtual LAN in it, in IPv6
      Given a tunnel server's adapter of both families with alice authorized, whose client data routes fd00::/16
      Then of what alice sends these datagrams do not reach the server's adapter
        | from          | to             |
        | fd00:8:0:a::1 | fd00:8:0:4d::1 |
        | fd00:8:0:a::1 | fd00:8:0:a::2  |
        | fd00:8:0:a::1 | fd00:8::2      |
      And of what alice sends these datagrams reach the server's adapter
        | from          | to          |
        | fd00:8:0:a::1 | fd00:8:1::1 |
        | fd00:8:0:a::1 | fd00:9::5   |

  @ADP-29
  Rule: Nothing from or to a reserved address passes, in either direction
    Every address is behind alice, so that nothing else keeps her from a source.

    Scenario: Reserved addresses in IPv4
      Given a tunnel server's adapter with alice and bob authorized, behind whom are
        | alice | 0.0.0.0/0 |
        | bob   |           |
      Then of what alice sends these datagrams do not reach the server's adapter
        | from            | to       |
        | 0.0.0.0         | 10.8.0.1 |
        | 0.255.255.255   | 10.8.0.1 |
        | 127.0.0.1       | 10.8.0.1 |
        | 127.255.255.255 | 10.8.0.1 |
        | 169.254.0.0     | 10.8.0.1 |
        | 169.254.255.255 | 10.8.0.1 |
        | 224.0.0.1       | 10.8.0.1 |
        | 239.255.255.255 | 10.8.0.1 |
        | 255.255.255.255 | 10.8.0.1 |
        | 10.8.0.255      | 10.8.0.1 |
      And of what alice sends these datagrams reach the server's adapter
        | from            | to       |
        | 1.0.0.1         | 10.8.0.1 |
        | 126.255.255.255 | 10.8.0.1 |
        | 128.0.0.1       | 10.8.0.1 |
        | 169.253.255.255 | 10.8.0.1 |
        | 169.255.0.1     | 10.8.0.1 |
        | 192.0.2.1       | 10.8.0.1 |
        | 198.18.0.1      | 10.8.0.1 |
        | 223.255.255.255 | 10.8.0.1 |
        | 240.0.0.1       | 10.8.0.1 |
        | 100.64.0.1      | 10.8.0.1 |
        | 198.18.0.1      | 10.8.0.1 |
        | 255.255.255.254 | 10.8.0.1 |
      And what the server's stack sends enters the tunnel of whom it is for
        | from        | to              | tunnel |
        | 10.8.0.1    | 0.0.0.0         | none   |
        | 10.8.0.1    | 0.255.255.255   | none   |
        | 10.8.0.1    | 1.0.0.1         | alice  |
        | 10.8.0.1    | 126.255.255.255 | alice  |
        | 10.8.0.1    | 127.0.0.1       | none   |
        | 10.8.0.1    | 128.0.0.1       | alice  |
        | 10.8.0.1    | 169.253.255.255 | alice  |
        | 10.8.0.1    | 169.254.1.1     | none   |
        | 10.8.0.1    | 169.255.0.1     | alice  |
        | 10.8.0.1    | 223.255.255.255 | alice  |
        | 10.8.0.1    | 224.0.0.251     | none   |
        | 10.8.0.1    | 239.255.255.250 | none   |
        | 10.8.0.1    | 240.0.0.1       | alice  |
        | 10.8.0.1    | 255.255.255.255 | none   |
        | 10.8.0.1    | 10.8.0.255      | none   |
        | 0.0.0.0     | 10.8.0.11       | none   |
        | 127.0.0.1   | 10.8.0.11       | none   |
        | 169.254.1.1 | 10.8.0.11       | none   |
        | 224.0.0.1   | 10.8.0.11       | none   |

    Scenario: Reserved destinations of a client in IPv4
      Given a tunnel server's adapter with alice authorized, whose client data routes 0.0.0.0/0
      Then of what alice sends these datagrams do not reach the server's adapter
        | from      | to              |
        | 10.8.0.10 | 0.0.0.0         |
        | 10.8.0.10 | 0.255.255.255   |
        | 10.8.0.10 | 127.0.0.1       |
        | 10.8.0.10 | 127.255.255.255 |
        | 10.8.0.10 | 169.254.0.1     |
        | 10.8.0.10 | 169.254.255.255 |
        | 10.8.0.10 | 224.0.0.1       |
        | 10.8.0.10 | 239.255.255.250 |
        | 10.8.0.10 | 255.255.255.255 |
        | 10.8.0.10 | 10.8.0.255      |
      And of what alice sends these datagrams reach the server's adapter
        | from      | to              |
        | 10.8.0.10 | 1.0.0.1         |
        | 10.8.0.10 | 126.255.255.255 |
        | 10.8.0.10 | 128.0.0.1       |
        | 10.8.0.10 | 169.253.255.255 |
        | 10.8.0.10 | 169.255.0.1     |
        | 10.8.0.10 | 198.18.0.1      |
        | 10.8.0.10 | 203.0.113.1     |
        | 10.8.0.10 | 223.255.255.255 |
        | 10.8.0.10 | 240.0.0.1       |
        | 10.8.0.10 | 255.255.255.254 |

    @needs:ipv6
    Scenario: Reserved addresses in IPv6
      Given a tunnel server's adapter of both families with alice and bob authorized, behind whom are
        | alice | ::/0 |
        | bob   |      |
      Then of what alice sends these datagrams do not reach the server's adapter
        | from                     | to        |
        | ::                       | fd00:8::1 |
        | ::1                      | fd00:8::1 |
        | fe80::450:4eff:fe41:4300 | fd00:8::1 |
        | febf:ffff::1             | fd00:8::1 |
        | ff02::1                  | fd00:8::1 |
        | ff0e::101                | fd00:8::1 |
        | ::ffff:7f00:1            | fd00:8::1 |
        | ::ffff:a08:b             | fd00:8::1 |
      And of what alice sends these datagrams reach the server's adapter
        | from         | to        |
        | 2001:db8::1  | fd00:8::1 |
        | fe7f:ffff::1 | fd00:8::1 |
        | fec0::1      | fd00:8::1 |
        | feff:ffff::1 | fd00:8::1 |
        | 2002:a4d:1:: | fd00:8::1 |
        | 64:ff9b::a01 | fd00:8::1 |
        | 4000::1      | fd00:8::1 |
      And what the server's stack sends enters the tunnel of whom it is for
        | from                     | to                       | tunnel |
        | fd00:8::1                | ::                       | none   |
        | fd00:8::1                | ::1                      | none   |
        | fd00:8::1                | fe80::450:4eff:fe41:4300 | none   |
        | fd00:8::1                | febf:ffff::1             | none   |
        | fd00:8::1                | ff02::fb                 | none   |
        | fd00:8::1                | ff0e::101                | none   |
        | fd00:8::1                | ::ffff:7f00:1            | none   |
        | fd00:8::1                | ::ffff:c000:201          | none   |
        | fd00:8::1                | fe7f:ffff::1             | alice  |
        | fd00:8::1                | fec0::1                  | alice  |
        | fe80::450:4eff:fe41:5300 | fd00:8:0:b::1            | none   |
        | ::                       | fd00:8:0:b::1            | none   |
        | ::1                      | fd00:8:0:b::1            | none   |
        | ff02::1                  | fd00:8:0:b::1            | none   |
        | ::ffff:a08:1             | fd00:8:0:b::1            | none   |

    @needs:ipv6
    Scenario: Reserved destinations of a client in IPv6
      Given a tunnel server's adapter of both families with alice authorized, whose client data routes ::/0
      Then of what alice sends these datagrams do not reach the server's adapter
        | from          | to                       |
        | fd00:8:0:a::1 | ::                       |
        | fd00:8:0:a::1 | ::1                      |
        | fd00:8:0:a::1 | fe80::450:4eff:fe41:5300 |
        | fd00:8:0:a::1 | febf:ffff::1             |
        | fd00:8:0:a::1 | ff02::1                  |
        | fd00:8:0:a::1 | ff0e::101                |
        | fd00:8:0:a::1 | ::ffff:0:0               |
        | fd00:8:0:a::1 | ::ffff:7f00:1            |
        | fd00:8:0:a::1 | ::ffff:a08:b             |
        | fd00:8:0:a::1 | ::ffff:ffff:ffff         |
      And of what alice sends these datagrams reach the server's adapter
        | from          | to           |
        | fd00:8:0:a::1 | ::fffe:ffff:ffff |
        | fd00:8:0:a::1 | ::1:0:0:1    |
        | fd00:8:0:a::1 | 64:ff9b::1   |
        | fd00:8:0:a::1 | ::2:0:0:1    |
        | fd00:8:0:a::1 | fe7f:ffff::1 |
        | fd00:8:0:a::1 | fec0::1      |

  Rule: A datagram enters the tunnel of the client that has its address, or none

    @ADP-10
    Scenario: Addresses of one client and of none
      Given a tunnel server's adapter with alice and bob authorized, behind whom are
        | alice | 10.20.0.0/24 |
        | bob   |              |
      Then what the server's stack sends enters the tunnel of whom it is for
        | from     | to          | tunnel |
        | 10.8.0.1 | 10.8.0.10   | alice  |
        | 10.8.0.1 | 10.8.0.11   | bob    |
        | 10.8.0.1 | 10.8.0.77   | none   |
        | 10.8.0.1 | 10.8.0.0    | none   |
        | 10.8.0.1 | 10.8.0.255  | none   |
        | 10.9.0.5 | 10.9.0.6    | none   |
        | 10.8.0.1 | 10.19.255.5 | none   |
        | 10.8.0.1 | 10.20.0.0   | alice  |
        | 10.8.0.1 | 10.20.0.255 | alice  |
        | 10.8.0.1 | 10.20.1.0   | none   |

    @needs:ipv6 @ADP-10
    Scenario: /64s of one client and of none
      Given a tunnel server's adapter of both families with alice and bob authorized, behind whom are
        | alice | fd00:20::/64 |
        | bob   |              |
      Then what the server's stack sends enters the tunnel of whom it is for
        | from      | to                             | tunnel |
        | fd00:8::1 | fd00:8:0:a::                   | alice  |
        | fd00:8::1 | fd00:8:0:a:ffff:ffff:ffff:ffff | alice  |
        | fd00:8::1 | fd00:8:0:b:5::9                | bob    |
        | fd00:8::1 | fd00:8:0:9:ffff:ffff:ffff:ffff | none   |
        | fd00:8::1 | fd00:8:0:c::                   | none   |
        | fd00:8::1 | fd00:8:0:10a::1                | none   |
        | fd00:8::1 | fd00:8:1:a::1                  | none   |
        | fd00:8::1 | fd00:9:0:a::1                  | none   |
        | fd00:8::1 | fd00:20::                      | alice  |
        | fd00:8::1 | fd00:20:0:1::                  | none   |

  @ADP-31
  Rule: The client's own address goes before any subnet, and of the subnets the longest

    Scenario: Subnets inside subnets in IPv4
      Given a tunnel server's adapter with alice and bob authorized, behind whom are
        | alice | 0.0.0.0/0 10.30.5.128/25 |
        | bob   | 10.30.5.0/24             |
      Then what the server's stack sends enters the tunnel of whom it is for
        | from     | to          | tunnel |
        | 10.8.0.1 | 10.8.0.11   | bob    |
        | 10.8.0.1 | 10.30.5.1   | bob    |
        | 10.8.0.1 | 10.30.5.127 | bob    |
        | 10.8.0.1 | 10.30.5.128 | alice  |
        | 10.8.0.1 | 10.30.6.1   | alice  |

    # ADP-10: nobody's; ADP-25: whose it is as soon as he is there.
    @ADP-10 @ADP-25
    Scenario: Subnets and addresses of a client that comes and goes
      Given a tunnel server's adapter with alice and bob authorized, behind whom are
        | alice | 10.30.0.0/16 |
        | bob   | 10.30.5.0/24 |
      When bob's session has ended
      Then what the server's stack sends enters the tunnel of whom it is for
        | from     | to        | tunnel |
        | 10.8.0.1 | 10.8.0.11 | none   |
        | 10.8.0.1 | 10.30.5.1 | alice  |
      When bob is authorized anew
      Then what the server's stack sends enters the tunnel of whom it is for
        | from     | to        | tunnel |
        | 10.8.0.1 | 10.8.0.11 | bob    |
        | 10.8.0.1 | 10.30.5.1 | bob    |

    @needs:ipv6
    Scenario: Subnets inside subnets in IPv6
      Given a tunnel server's adapter of both families with alice and bob authorized, behind whom are
        | alice | ::/0 fd00:30:0:0:8000::/65 |
        | bob   | fd00:30::/64               |
      Then what the server's stack sends enters the tunnel of whom it is for
        | from      | to                  | tunnel |
        | fd00:8::1 | fd00:8:0:b::1       | bob    |
        | fd00:8::1 | fd00:30::1          | bob    |
        | fd00:8::1 | fd00:30:0:0:8000::1 | alice  |
        | fd00:8::1 | fd00:31::1          | alice  |

  Rule: The first and the last address of the virtual LAN are those that its mask makes

    # ADP-10: whose datagrams they are; ADP-08: who sends them.
    @ADP-08 @ADP-10
    Scenario: Clients whose addresses end in 255 and in 0
      Given a tunnel server's adapter at 10.8.0.1/16 with alice at 10.8.0.255 and bob at 10.8.1.0 authorized
      Then of what alice sends these datagrams do not reach the server's adapter
        | from         | to         |
        | 10.8.255.255 | 10.8.0.1   |
        | 10.8.0.0     | 10.8.0.1   |
        | 10.8.0.255   | 10.8.1.255 |
      And of what bob sends these datagrams reach the server's adapter
        | from     | to       |
        | 10.8.1.0 | 10.9.0.5 |
      And what the server's stack sends enters the tunnel of whom it is for
        | from     | to           | tunnel |
        | 10.8.0.1 | 10.8.0.255   | alice  |
        | 10.8.0.1 | 10.8.1.0     | bob    |
        | 10.8.0.1 | 10.8.255.255 | none   |
        | 10.8.0.1 | 10.8.0.0     | none   |

  @ADP-25
  Rule: At the server's adapter no port means more than another

    Scenario: UDP to the ports of DHCP
      Given a tunnel server's adapter with alice and bob authorized, behind whom are
        | alice | 10.20.0.0/24 |
        | bob   |              |
      Then UDP that the server's stack sends to these ports of her enters the tunnel of alice
        | to        | port |
        | 10.8.0.10 | 53   |
        | 10.8.0.10 | 67   |
        | 10.20.0.5 | 67   |
        | 10.20.0.5 | 68   |
