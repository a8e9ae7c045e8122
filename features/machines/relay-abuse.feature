Feature: What a tunnel relay is not to be used for
  [EP] fig. 13: a relay that connects wherever it is told is an open proxy, and one that takes whatever comes serves
  nobody for long.

  @iut:relay @PATH-09
  Rule: A relay does not connect to itself, under whatever name

    Scenario: A relay and a name that leads back to it
      Given a tunnel relay configured with
        """
        { "allow": [{ "name": "mirror.test", "ports": [3265] }] }
        """
      When an initiator sends RELAY to the relay for the path relay-b.test mirror.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream

    Scenario: A relay and a name of its second address
      Given a tunnel relay configured with
        """
        { "allow": [{ "name": "second.test", "ports": [3265] }] }
        """
      When the relay has the address 10.77.0.33 too
      And the relay learns that second.test is at 10.77.0.33
      And an initiator sends RELAY to the relay for the path relay-b.test second.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream

    Scenario: A relay and another of its own names, on the path too
      Given a tunnel relay configured with
        """
        { "names": ["relay-b.test", "mirror.test"],
          "allow": [{ "name": "mirror.test", "ports": [3265] }, { "name": "server.test", "ports": [3265] }] }
        """
      When an initiator sends RELAY to the relay for the path relay-b.test mirror.test server.test
      Then the relay answers CLOSE "not on path" and ends the stream
      And nobody was connected to

  @iut:relay @RLY-24 @needs:limits
  Rule: A path that leads back through another relay ends at the limit of half-open connections

    Scenario: B, C, and B under a name that it does not know
      Given two tunnel relays that may connect to each other, one also as mirror.test
      When an initiator sends RELAY to the relay for the path relay-b.test relay-c.test mirror.test server.test
      Then the relay answers CLOSE "resource limit" and ends the stream
      And an initiator at another address has a tunnel through the relay

  @iut:relay @RLY-13 @needs:limits
  Rule: More connections than the operator allows are refused

    Scenario: More connections from one source than a relay's operator allows
      Given a tunnel relay configured with
        """
        { "limits": { "connectionsPerSource": 3 } }
        """
      When 3 initiators have tunnels through the relay
      And an initiator connects to the relay
      Then the relay answers CLOSE "resource limit" and ends the stream
      And an initiator at another address has a tunnel through the relay

    Scenario: More connections of all sources together than a relay's operator allows
      Given a tunnel relay configured with
        """
        { "limits": { "connections": 3 } }
        """
      When 3 initiators have tunnels through the relay
      And an initiator at another address connects to the relay
      Then the relay answers CLOSE "resource limit" and ends the stream

    Scenario: A connection that has ended leaves its place at a relay
      Given a tunnel relay configured with
        """
        { "limits": { "connectionsPerSource": 3 } }
        """
      When 3 initiators have tunnels through the relay
      And one of the tunnels is closed
      Then before long there is room for another tunnel

  @iut:relay @RLY-22 @needs:limits
  Rule: Half-open connections from one source do not keep the others out

    Scenario Outline: 2,000 connections that send <what>
      Given a tunnel relay
      When 2000 connections from one address send <what>
      Then no more than 8 of them are left waiting, and <which> reached the next node
      And an initiator at another address has a tunnel through the relay

      Examples:
        | what              | which              |
        | nothing           | no connection has  |
        | RELAY and REQUEST | no more than these |

  @iut:relay @iut:server @RLY-22 @needs:limits
  Rule: One initiator behind a relay does not use up what the server has for all of them

    Scenario: As many half-open connections as the relay lets one source have
      Given a tunnel server behind a tunnel relay
      When 100 connections from one address send RELAY and REQUEST
      Then an initiator at another address is authorized through the relay
