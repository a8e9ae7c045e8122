Feature: Tunnel relay
  [EP] fig. 13: Accept Wait 235, Receive Relay 237, Forward Connect 240, Forward 242, Dying 244, Dead 246.

  @iut:relay @RLY-01 @FRAME-07 @FRAME-08
  Rule: The first frame is RELAY

    Scenario Outline: <what> instead
      Given a tunnel relay
      When an initiator connects to the relay
      And the initiator sends the octets <octets>
      Then the relay answers CLOSE "<status>" and ends the stream
      And nobody was connected to

      Examples:
        | what                       | octets                           | status              |
        | DATA                       | 00000010040100000000000000000000 | protocol error      |
        | a frame of unknown type    | 000000080901abcd                 | protocol error      |
        | a frame of another version | 000000400102                     | unsupported version |
        | a RELAY of 4 GiB           | ffffffff0101                     | protocol error      |

  @iut:relay @RLY-02 @RELAY-07 @RELAY-12
  Rule: RELAY is forwarded unchanged to the node after this one

    # fig. 13 Accept Wait: tcp accepted
    # fig. 13 Receive Relay: relay
    # fig. 13 Forward Connect: tcp established
    Scenario Outline: The path <path>
      Given a tunnel relay
      When an initiator sends RELAY to the relay for the path <path>
      Then the next node receives RELAY unchanged

      Examples:
        | path                                |
        | relay-b.test server.test            |
        | relay-b.test:7777 server.test:3265  |
        | first.test relay-b.test server.test |
        | relay-b.test server.test last.test  |

  @iut:relay @RELAY-08 @RELAY-09 @RELAY-11
  Rule: A relay that is not where it should be on the path says so

    # fig. 13 Receive Relay: relay refused
    Scenario Outline: The path <path>
      Given a tunnel relay
      When an initiator sends RELAY to the relay for the path <path>
      Then the relay answers CLOSE "not on path" and ends the stream
      And nobody was connected to

      Examples:
        | path                                               |
        | relay-c.test server.test                           |
        | server.test relay-b.test                           |
        | relay-b.test server.test relay-b.test:1 other.test |

  @iut:relay @RLY-07 @PATH-02 @PATH-03
  Rule: A next node that cannot be, may not be or is not reached is unreachable

    # fig. 13 Forward Connect: connect failed
    Scenario Outline: <why>
      Given a tunnel relay configured with
        """
        { "allow": [{ "name": "server.test", "ports": [3265] }, { "name": "inside.test", "ports": [3265] },
                    { "name": "unknown.test", "ports": [3265] }, { "name": "relay-b.test", "ports": [1] },
                    { "name": "client.test", "ports": [3265] },
                    { "name": "other-port.test", "ports": [3266] }, { "name": "zero.test", "ports": [3265] }] }
        """
      When an initiator sends RELAY to the relay for the path <path>
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      And nobody was connected to

      Examples:
        | why                                       | path                         |
        | its name is not allowed                   | relay-b.test forbidden.test  |
        | its port is not allowed                   | relay-b.test other-port.test |
        | its name cannot be resolved               | relay-b.test unknown.test    |
        | its name resolves to loopback             | relay-b.test inside.test     |
        | its name resolves to no specified address | relay-b.test zero.test       |
        | nobody listens there                      | relay-b.test client.test     |

  @iut:relay @PATH-06
  Rule: The name of the next node is resolved afresh for each connection

    Scenario: The next node has another address than before
      Given a tunnel relay configured with
        """
        { "allow": [{ "name": "moved.test", "ports": [3265] }] }
        """
      When an initiator sends RELAY to the relay for the path relay-b.test moved.test
      Then the next node receives RELAY unchanged
      When the name moved.test has moved to the node client
      And an initiator sends RELAY to the relay for the path relay-b.test moved.test
      Then the next node receives RELAY unchanged

    Scenario: It has no address at first
      Given a tunnel relay configured with
        """
        { "allow": [{ "name": "late.test", "ports": [3265] }] }
        """
      When an initiator sends RELAY to the relay for the path relay-b.test late.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      When the relay learns that late.test is at 10.77.0.2
      And an initiator sends RELAY to the relay for the path relay-b.test late.test
      Then the next node receives RELAY unchanged

  @iut:relay @RLY-09 @needs:timers
  Rule: A next node that does not accept in time is unreachable

    Scenario: An address that nobody has
      Given a tunnel relay configured with
        """
        { "allow": [{ "name": "nowhere.test", "ports": [3265] }], "timers": { "forwardConnect": 300 } }
        """
      When an initiator sends RELAY to the relay for the path relay-b.test nowhere.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream

  @iut:relay @RLY-08 @needs:timers
  Rule: RELAY is not awaited without end

    Scenario: No RELAY
      Given a tunnel relay configured with
        """
        { "timers": { "receiveRelay": 300 } }
        """
      When an initiator connects to the relay
      Then the relay answers CLOSE "timeout" and ends the stream

  @iut:relay @RLY-10 @RLY-11
  Rule: Before the next node has answered, one frame of at most 4,096 octets passes

    Scenario: One frame of 4,096 octets
      Given a tunnel relay
      When an initiator sends one frame of 4096 octets and then goes on
      Then the next node receives RELAY and that frame

    Scenario Outline: <what>
      Given a tunnel relay
      When an initiator sends <what> and then goes on
      Then the relay answers CLOSE "protocol error" and ends the stream

      Examples:
        | what                     |
        | one frame of 4097 octets |
        | two frames               |

  @iut:relay @RLY-03 @RLY-04
  Rule: In Forward everything passes unchanged, and at once

    Scenario Outline: <what>, from the <side>
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      Then the relay passes on the octets <octets> of the <side>

      Examples:
        | what                                                                                   | side      | octets                   |
        | a frame of unknown type                                                                | initiator | 0000000a090100112233     |
        | a frame of unknown type                                                                | server    | 0000000a090100112233     |
        | a frame of another version                                                             | initiator | 0000000a040700112233     |
        | half a frame                                                                           | initiator | 000001000401080000       |
        | half a frame                                                                           | server    | 000001000401080000       |
        | the start of a frame of 2 GiB                                                          | initiator | 800000000901001122       |
        | the start of a frame of 16 MiB, in which what comes could be a frame that is too short | server    | 010000080901001100000005 |

  @iut:relay @RLY-18
  Rule: In Forward nothing is ended because nothing passes

    # Longer than any timer of a relay's.
    Scenario: Before the next node has answered
      Given a tunnel relay
      When an initiator sends RELAY to the relay for the path relay-b.test server.test
      Then the next node receives RELAY unchanged
      And after 12 s without an octet a frame of the next node passes to the initiator

    Scenario: After the next node has answered
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      Then after 12 s without an octet a frame of the next node passes to the initiator

  @iut:relay @RLY-27
  Rule: TCP asks whether the peers are still there

    # The kernel says of each connection whether the keep-alive timer runs.
    Scenario: On both connections of a relay that forwards
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      Then the kernel asks on both connections of the relay whether the peer is there

  @iut:relay @RLY-05
  Rule: CLOSE is forwarded whole, then both connections end

    # fig. 13 Forward: close frame
    Scenario Outline: From the <role> after <time>
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for <time>
      And the <role> sends a keyed CLOSE "<status>"
      Then the <other> receives a keyed CLOSE "<status>" and the end of the stream
      And the <role> sees its connection end

      Examples:
        | role      | other     | status        | time |
        | initiator | server    | end session   | 0 s  |
        | server    | initiator | shutting down | 0 s  |
        | initiator | server    | end session   | 2 s  |
        | server    | initiator | shutting down | 2 s  |

  @iut:relay @RLY-06
  Rule: When one connection breaks, the other ends

    Scenario Outline: The <one> resets after <time>
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for <time>
      And the <one> breaks the connection off
      Then the <other> sees its connection end

      Examples:
        | one       | other     | time |
        | initiator | server    | 0 s  |
        | server    | initiator | 0 s  |
        | initiator | server    | 2 s  |
        | server    | initiator | 2 s  |

  @iut:relay @RLY-12
  Rule: At the end of the program every connection ends

    # fig. 13 Forward: end session
    Scenario Outline: SIGTERM after <time>
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for <time>
      And the relay is terminated
      Then the initiator sees its connection end
      And the server sees its connection end
      And the relay exits with status 0

      Examples:
        | time |
        | 0 s  |
        | 2 s  |
