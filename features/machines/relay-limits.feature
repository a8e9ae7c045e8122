Feature: Limits of a tunnel relay, and addresses that it leaves alone
  Each limit from both sides, and each kind of address that a name may resolve to.

  @iut:relay @RLY-13 @RLY-14 @needs:limits
  Rule: As many connections as a limit says are let in, and no more; what is refused counts towards none

    # RLY-13: the limits on connections; RLY-14: those on half-open ones, and what is refused.
    # fig. 13 Receive Relay: resource limit
    Scenario Outline: <limit>, connections <that are>
      Given a tunnel relay configured with
        """
        { "limits": { "<limit>": 3 } }
        """
      Then 3 connections <that are> are let in by the relay, and 2 more are refused at once
      And through the relay one from another address is <let in or refused> meanwhile
      And so it is at the relay again when they have ended
      And tunnels <do or do not> take such a place

      Examples:
        | limit                | that are                    | let in or refused | do or do not |
        | connectionsPerSource | tunnels                     | let in            | do           |
        | connections          | tunnels                     | refused           | do           |
        | halfOpenPerSource    | connected to the next node  | let in            | do not       |
        | halfOpen             | connected to the next node  | refused           | do not       |
        | halfOpenPerSource    | silent                      | let in            | do not       |

  @iut:relay @RLY-13 @RLY-14
  Rule: Without configuration the limits are those of the text

    # RLY-14: half-open connections; RLY-13: connections of one source.
    Scenario Outline: <count> of one source that are <that are>
      Given a tunnel relay
      Then <count> connections that are <that are> are let in by the relay, and 2 more are refused at once
      And through the relay one from another address is let in meanwhile

      Examples:
        | count | that are |
        | 8     | silent   |
        | 64    | tunnels  |

  @iut:relay @PATH-02
  Rule: A relay connects to what its operator has listed, name and port

    Scenario: Names and ports beside the list
      Given a tunnel relay with services of its own, configured with
        """
        { "allow": [{ "name": "server.test", "ports": [3265] }, { "name": "inside.test", "ports": [3266] }] }
        """
      Then these paths lead nowhere, and nobody is connected to
        | evil-server.test     |
        | a.server.test        |
        | server.test:3266     |
        | server-2.test        |
        | inside.test:3265     |

  @iut:relay @PATH-03
  Rule: Loopback, link-local and unspecified addresses are left alone, whatever their form

    # Multicast, and link-local addresses of IPv6, no kernel connects to: nothing could be seen.
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

  @iut:relay @PATH-09
  Rule: A relay knows itself by each of its addresses, and by the port

    Scenario: Its own addresses
      Given a tunnel relay with services of its own, configured with
        """
        { "allowAddresses": ["loopback"] }
        """
      Then the relay does not connect to itself at port 3265 of 10.77.0.3, 127.0.0.1, 127.0.0.2
      And 10.77.0.3 is reached

    Scenario: Its own address, where it listens on another port
      Given a tunnel relay configured with
        """
        { "listen": "0.0.0.0:4000", "allow": [{ "name": "mirror.test", "ports": [4000] }] }
        """
      Then the relay, which listens on port 4000, does not connect to itself as mirror.test

  @iut:relay @PATH-08
  Rule: An address that does not answer leaves time for the others

    Scenario Outline: One of <addresses> drops every SYN
      Given a tunnel relay with services of its own
      Then a name with the addresses <addresses> is reached at one of them

      Examples:
        | addresses              |
        | 10.77.0.7, 10.77.0.21  |
        | 10.77.0.21, 10.77.0.7  |
