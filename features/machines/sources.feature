@needs:limits
Feature: Sources and network blocks
  Section 10.3: a source shares a limit, and a network block crowds nobody out. An IPv4 address is a source, and so is an IPv6
  /64; an IPv4 /24 is a network block, and so is an IPv6 /48.

  @needs:ipv6
  Rule: In IPv6 a source is a /64

    Scenario Outline: Half-open at a <role>: addresses of one /64, and of another of the same /48
      Given a tunnel <role> that listens in IPv6, configured with
        """
        { "limits": { "halfOpenPerSource": 3 } }
        """
      Then of 6 silent connections from 6 addresses of one /64 3 stay
      And those of another /64 have 3 places besides

      @iut:server @SRV-27
      Examples:
        | role   |
        | server |

      @iut:relay @RLY-22
      Examples:
        | role  |
        | relay |

    @iut:server @SRV-32
    Scenario: A relay that the operator names has its places alone, and not with its /64
      Given a tunnel server that listens in IPv6, configured with
        """
        { "limits": { "halfOpenPerSource": 3, "relays": ["fd78:0:0:1:0:0:0:1"], "halfOpenPerRelay": 100 } }
        """
      Then of 6 silent connections from 6 addresses of one /64 4 stay

    @iut:server @SRV-31 @SHOULD
    Scenario: Two silent connections from the /64 from which a session came, and a crowd
      Given a tunnel server that listens in IPv6, configured with
        """
        { "limits": { "halfOpen": 8, "halfOpenPerSource": 100 } }
        """
      When a session from one address of a /64 was confirmed, and is over
      Then of 2 silent connections from others of its addresses both stay, though 40 more come from 5 other /48s

    @iut:relay @RLY-13
    Scenario: Tunnels through a relay: addresses of one /64, and of another of the same /48
      Given a tunnel relay that listens in IPv6, configured with
        """
        { "limits": { "connectionsPerSource": 3 } }
        """
      Then 3 tunnels from addresses of one /64 have places, and one more is refused
      And 3 tunnels from addresses of another /64 have places, and one more is refused

  @needs:ipv6
  Rule: An IPv4 address inside IPv6 is the IPv4 address that it holds

    Scenario Outline: Half-open at a <role> that listens in both families
      Given a tunnel <role> that listens in IPv6, configured with
        """
        { "limits": { "halfOpenPerSource": 3 } }
        """
      Then of 5 silent connections from one address 3 stay
      And of 5 silent connections from another address 3 stay
      And those that stayed are still there

      @iut:server @SRV-27
      Examples:
        | role   |
        | server |

      @iut:relay @RLY-22
      Examples:
        | role  |
        | relay |

    @iut:server @SRV-32
    Scenario: A relay that the operator names, at a server that listens in both families
      Given a tunnel server that listens in IPv6, configured with
        """
        { "limits": { "halfOpenPerSource": 2, "relays": ["10.77.0.1"], "halfOpenPerRelay": 5 } }
        """
      Then of 7 silent connections from one address 5 stay
      And of 4 silent connections from another address 2 stay

    @iut:relay @RLY-13
    Scenario: Tunnels through a relay that listens in both families
      Given a tunnel relay that listens in IPv6, configured with
        """
        { "limits": { "connectionsPerSource": 3 } }
        """
      Then 3 tunnels from an address of IPv4 have places, and one more is refused
      And 3 tunnels from another address of IPv4 have places, and one more is refused

  Rule: Without configuration the limits are those of the text

    @needs:timers
    Scenario Outline: Half-open places of a <role> in all, without configuration
      Given a tunnel <role> among several nodes, configured with
        """
        { "limits": { "halfOpenPerSource": 300, <more> }, "timers": { "receiveRelay": 60000 } }
        """
      Then of 130 silent connections from one address <one> stay
      And of these and 130 from another address 256 stay

      # SRV-27: in all. SRV-32: of a relay that the operator names.
      @iut:server @SRV-27 @SRV-32
      Examples:
        | role   | more                    | one |
        | server | "relays": ["10.77.0.1"] | 128 |

      @iut:relay @RLY-22
      Examples:
        | role  | more                        | one |
        | relay | "connectionsPerSource": 300 | 130 |

  Rule: Who comes from elsewhere is not crowded out

    Scenario Outline: One that is silent at a <role>, and a crowd of another network block
      Given a tunnel <role> among several nodes, configured with
        """
        { "limits": { "halfOpen": 8, "halfOpenPerSource": 100 } }
        """
      When a connection is silent, and 30 more come from addresses of one other /24
      Then it is still there, and 7 of the others are

      @iut:server @SRV-29
      Examples:
        | role   |
        | server |

      @iut:relay @RLY-23
      Examples:
        | role  |
        | relay |

    @iut:server @SRV-29 @needs:timers
    Scenario: One that is silent, four of its network block that are authorised, and a crowd of another
      Given a tunnel server among several nodes, configured with
        """
        { "limits": { "halfOpen": 8, "halfOpenPerSource": 100 }, "timers": { "confirmation": 60000, "receiveRelay": 60000 } }
        """
      When 4 initiators have opened RESPONSE
      And a connection is silent, and 30 more come from addresses of one other /24
      Then it is still there, and 3 of the others are

    @iut:server @SRV-29
    Scenario: One of a relay that the operator names, and a crowd of the same /24
      Given a tunnel server among several nodes, configured with
        """
        { "limits": { "halfOpen": 8, "halfOpenPerSource": 100, "relays": ["10.77.0.1"], "halfOpenPerRelay": 100 } }
        """
      When a connection is silent, and 30 more come from addresses of the same /24
      Then it is still there, and 7 of the others are

    @iut:relay @RLY-23
    Scenario: One that the next node has not answered, and a crowd of another network block
      Given a tunnel relay among several nodes, configured with
        """
        { "limits": { "halfOpen": 8, "halfOpenPerSource": 100 } }
        """
      When a connection waits for the next node, and 30 more come from addresses of one other /24
      Then it is still there, and 7 of the others are

    @needs:ipv6
    Scenario Outline: One that is silent at a <role>, and a crowd of many /64s of another network block
      Given a tunnel <role> that listens in IPv6, configured with
        """
        { "limits": { "halfOpen": 8, "halfOpenPerSource": 100 } }
        """
      When a connection is silent, and 30 more come from addresses of one other /48
      Then it is still there, and 7 of the others are

      @iut:server @SRV-29
      Examples:
        | role   |
        | server |

      @iut:relay @RLY-23
      Examples:
        | role  |
        | relay |
