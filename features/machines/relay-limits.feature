Feature: Limits of a tunnel relay, and addresses that it leaves alone
  Each limit from both sides, and each kind of address that a name may resolve to.

  @iut:relay @needs:limits @needs:timers
  Rule: Tunnels have their places; of what is half-open one gives way to a newcomer

    # fig. 13 Receive Relay: resource limit
    @RLY-13
    Scenario Outline: <limit>: <what>
      Given a tunnel relay configured with
        """
        { "limits": { "<limit>": 3 }, "timers": { "dying": 60000 } }
        """
      Then connections to the relay that come one after the other have these places: <places>

      Examples:
        | limit                | what                          | places                                                          |
        | connectionsPerSource | tunnels refuse one more       | tunnel, tunnel, tunnel, silent is refused, silent elsewhere     |
        | connectionsPerSource | who is refused has no place   | tunnel, tunnel, tunnel, silent is refused, silent is refused, tunnel leaves, tunnel, silent is refused, tunnel closes, tunnel, silent is refused |
        | connections          | tunnels refuse one more       | tunnel, tunnel, silent, silent is refused or displaces silent, silent leaves, tunnel, silent is refused, silent elsewhere is refused |

      @RLY-23
      Examples:
        | limit                | what                  | places                                      |
        | connectionsPerSource | who is over gives way | tunnel, tunnel, over, silent displaces over |
        | connections          | who is over gives way | tunnel, tunnel, over, silent displaces over |

    # RLY-22: how many are there; RLY-23: which of them gives way; RLY-24: which do not.
    # fig. 13 Receive Relay: gives way
    # fig. 13 Forward: gives way
    # fig. 13 Dying: gives way
    @RLY-22 @RLY-23 @RLY-24
    Scenario Outline: Half-open, <limit>: <what>
      Given a tunnel relay configured with
        """
        { "limits": { "<limit>": 3 }, "timers": { "dying": 60000 } }
        """
      Then connections to the relay that come one after the other have these places: <places>

      Examples:
        | limit                | what                           | places                                                              |
        | halfOpenPerSource    | one of many that are silent    | silent, silent, silent, silent displaces silent, silent elsewhere   |
        | halfOpen             | one of many that are silent    | silent, silent, silent, silent elsewhere displaces silent           |
        | halfOpenPerSource    | who is over before others      | forwarded, silent, over, silent displaces over                      |
        | halfOpen             | who is over before others      | forwarded, RELAY, over, silent displaces over                       |
        | halfOpenPerSource    | who is not whole before others | forwarded, forwarded, RELAY, silent displaces RELAY                 |
        | halfOpen             | who is not whole before others | forwarded, forwarded, half, silent displaces half                   |
        | halfOpenPerSource    | who is not answered never      | forwarded, forwarded, forwarded, silent is refused, silent elsewhere |
        | halfOpen             | who is not answered after them | forwarded, forwarded, forwarded, silent displaces forwarded         |
        | halfOpen             | tunnels take no such place     | tunnel, tunnel, tunnel, tunnel, silent, silent, silent, silent displaces silent, tunnel leaves, silent displaces silent |

  @iut:relay @RLY-13 @RLY-22
  Rule: Without configuration the limits are those of the text

    # RLY-22: half-open connections.
    Scenario: Eight silent connections of one source, without configuration
      Given a tunnel relay
      Then of 11 silent connections to the relay 8 stay

    # RLY-13: connections of one source.
    Scenario: 64 tunnels of one source, without configuration
      Given a tunnel relay
      Then 64 tunnels have places, and the next two are refused

  @iut:relay @PATH-02
  Rule: A relay connects to what its operator has listed, name and port

    Scenario: Names and ports beside the list
      Given a tunnel relay with services of its own, configured with
        """
        { "allow": [{ "name": "server.test", "ports": [3265, 4000] }, { "name": "inside.test", "ports": [3266] }] }
        """
      Then these paths lead nowhere, and nobody is connected to
        | evil-server.test     |
        | a.server.test        |
        | server.test:3266     |
        | server-2.test        |
        | inside.test:3265     |
        | 10.77.0.2            |
        | 10.77.0.2:3266       |

  @iut:relay @PATH-03
  Rule: Loopback, link-local and unspecified addresses are left alone, whatever their form

    # Multicast addresses no kernel connects to: nothing could be seen. In DNS a link-local address of IPv6 has no zone, without
    # which no kernel connects to it; libraries add one.
    # Of several addresses the first may be judged alone. getaddrinfo() puts loopback before other IPv4 and behind IPv6.
    # Nobody listens at 10.77.0.1 and fd77::1.
    Scenario: Services of the relay's own machine, and of its link
      Given a tunnel relay with services of its own
      Then these names lead nowhere, and nobody is connected to
        | name          | addresses                                  |
        | one.test      | 127.0.0.1                                  |
        | two.test      | 127.1.2.3                                  |
        | three.test    | 0.0.0.0                                    |
        | four.test     | ::1                                        |
        | five.test     | ::                                         |
        | six.test      | ::ffff:127.0.0.1                           |
        | seven.test    | 169.254.7.7                                |
        | eight.test    | 10.77.0.1, 127.0.0.1                       |
        | nine.test     | ::ffff:169.254.7.7                         |
        | ten.test      | 127.0.0.1, 127.1.2.3                       |
        | eleven.test   | 127.0.0.1, 10.77.0.1                       |
        | twelve.test   | fd77::1, 127.0.0.1                         |
        | thirteen.test | fd77::1, 10.77.0.1, 169.254.7.7, 127.1.2.3 |
        | fourteen.test | fe80::77                                   |

    Scenario Outline: The operator allows <kind>
      Given a tunnel relay with services of its own, configured with
        """
        { "allowAddresses": ["<kind>"] }
        """
      Then <allowed> is reached
      And these names lead nowhere, and nobody is connected to
        | name        | addresses |
        | not.test    | <refused> |

      Examples:
        | kind       | allowed     | refused     |
        | loopback   | 127.0.0.1   | 169.254.7.7 |
        | link-local | 169.254.7.7 | 127.0.0.1   |

  @iut:relay @PATH-03 @PATH-08
  Rule: An address that is left alone is no obstacle to the others

    Scenario Outline: <addresses>
      Given a tunnel relay with services of its own
      Then a name with the addresses <addresses> is reached at one of them

      Examples:
        | addresses               |
        | 127.0.0.1, 10.77.0.21   |
        | 10.77.0.21, 127.0.0.1   |
        | 169.254.7.7, 10.77.0.21 |
        | ::1, 10.77.0.21         |

  @iut:relay @PATH-09
  Rule: A relay knows itself by each of its addresses, and by the port

    Scenario: A relay does not connect to its own addresses
      Given a tunnel relay with services of its own, configured with
        """
        { "allowAddresses": ["loopback"] }
        """
      Then the relay does not connect to itself at port 3265 of 10.77.0.3, 127.0.0.1, 127.0.0.2, ::ffff:10.77.0.3
      And 10.77.0.3 is reached

    Scenario: A relay connects to its own address where it listens on another port
      Given a tunnel relay configured with
        """
        { "listen": "0.0.0.0:4000", "allow": [{ "name": "mirror.test", "ports": [4000] }] }
        """
      Then the relay, which listens on port 4000, does not connect to itself as mirror.test

  @iut:relay @PATH-08 @PATH-17
  Rule: An address that does not answer leaves time for the others

    Scenario Outline: One of <addresses> drops every SYN
      Given a tunnel relay with services of its own
      Then a name with the addresses <addresses> is reached at one of them

      Examples:
        | addresses              |
        | 10.77.0.7, 10.77.0.21  |
        | 10.77.0.21, 10.77.0.7  |
        | fd77::7, fd77::21      |
