Feature: Tunnel relay
  [EP] fig. 13: Accept Wait 235, Receive Relay 237, Forward Connect 240, Forward 242, Dying 244, Dead 246.

  @iut:relay @RLY-01 @FRAME-07 @FRAME-08
  Rule: The first frame is RELAY

    Scenario: Another first frame
      Given a tunnel relay
      # DATA.
      When an initiator connects to the relay
      And the initiator sends the octets 00000010040100000000000000000000
      Then the relay answers CLOSE "protocol error" and ends the stream
      And nobody was connected to
      # A frame of unknown type.
      When an initiator connects to the relay
      And the initiator sends the octets 000000080901abcd
      Then the relay answers CLOSE "protocol error" and ends the stream
      And nobody was connected to
      # A frame of another version.
      When an initiator connects to the relay
      And the initiator sends the octets 000000400102
      Then the relay answers CLOSE "unsupported version" and ends the stream
      And nobody was connected to
      # A RELAY of 4 GiB.
      When an initiator connects to the relay
      And the initiator sends the octets ffffffff0101
      Then the relay answers CLOSE "protocol error" and ends the stream
      And nobody was connected to

  @iut:relay @RLY-02 @RELAY-07 @RELAY-12
  Rule: RELAY is forwarded unchanged to the node after this one

    # fig. 13 Accept Wait: tcp accepted
    # fig. 13 Receive Relay: relay
    # fig. 13 Forward Connect: tcp established
    Scenario: Paths with this relay in them
      Given a tunnel relay
      When an initiator sends RELAY to the relay for the path relay-b.test server.test
      Then the next node receives RELAY unchanged
      When an initiator sends RELAY to the relay for the path relay-b.test:7777 server.test:3265
      Then the next node receives RELAY unchanged
      When an initiator sends RELAY to the relay for the path first.test relay-b.test server.test
      Then the next node receives RELAY unchanged
      When an initiator sends RELAY to the relay for the path relay-b.test server.test last.test
      Then the next node receives RELAY unchanged
      # Further nodes before it, and as many as there are at most.
      When an initiator sends RELAY to the relay for the path first.test second.test relay-b.test server.test
      Then the next node receives RELAY unchanged
      When an initiator sends RELAY to the relay for the path a.test b.test c.test d.test e.test f.test g.test h.test i.test j.test k.test l.test m.test n.test relay-b.test server.test
      Then the next node receives RELAY unchanged

    Scenario: The longest names, in a RELAY of more than 4,096 octets
      Given a tunnel relay whose name has 253 octets
      When an initiator sends it a RELAY of the longest names there are
      Then the next node receives RELAY unchanged

    # Section 4: an address in dotted decimal is a name, and stands for itself.
    Scenario Outline: A next node that is named by its address, <name>
      Given a tunnel relay configured with
        """
        { "allow": [{ "name": "10.77.0.2", "ports": [3265] }] }
        """
      When an initiator sends RELAY to the relay for the path relay-b.test <name>
      Then the next node receives RELAY unchanged

      Examples:
        | name           |
        | 10.77.0.2      |
        | 10.77.0.2:3265 |

  # RLY-02: the node; FRAME-16: its port; FRAME-02: the one that it has where the path says none, whatever the relay's own is.
  @iut:relay @RLY-02 @FRAME-16 @FRAME-02
  Rule: Each tunnel leads to the port that its own path names

    Scenario: Two ports of one name, in turn
      Given a tunnel relay configured with
        """
        { "listen": "0.0.0.0:4000", "allow": [{ "name": "server.test", "ports": [3265, 65535] }] }
        """
      Then paths to these nodes, by port 4000 of the relay, lead to these ports, one after the other
        | server.test:65535 | 65535 |
        | server.test       | 3265  |
        | server.test:65535 | 65535 |
        | server.test:3265  | 3265  |

    # PATH-02: the operator allows both.
    @PATH-02
    Scenario: Two ports of one name, in two entries
      Given a tunnel relay configured with
        """
        { "allow": [{ "name": "server.test", "ports": [3266] }, { "name": "server.test", "ports": [3265] }] }
        """
      Then paths to these nodes, by port 3265 of the relay, lead to these ports, one after the other
        | server.test:3266 | 3266 |
        | server.test      | 3265 |

  @iut:relay @RELAY-08 @RELAY-09 @RELAY-11
  Rule: A relay that is not where it should be on the path says so

    # fig. 13 Receive Relay: relay refused
    Scenario: Paths without a place of its own for this relay
      Given a tunnel relay
      When an initiator sends RELAY to the relay for the path relay-c.test server.test
      Then the relay answers CLOSE "not on path" and ends the stream
      And nobody was connected to
      When an initiator sends RELAY to the relay for the path server.test relay-b.test
      Then the relay answers CLOSE "not on path" and ends the stream
      And nobody was connected to
      When an initiator sends RELAY to the relay for the path relay-b.test server.test relay-b.test:1 other.test
      Then the relay answers CLOSE "not on path" and ends the stream
      And nobody was connected to

  @iut:relay @RLY-07 @PATH-02 @PATH-03
  Rule: A next node that cannot be, may not be or is not reached is unreachable

    # fig. 13 Forward Connect: connect failed
    Scenario: Not allowed, not resolved, loopback, unspecified, and nobody there
      Given a tunnel relay configured with
        """
        { "allow": [{ "name": "server.test", "ports": [3265] }, { "name": "inside.test", "ports": [3265] },
                    { "name": "unknown.test", "ports": [3265] }, { "name": "relay-b.test", "ports": [1] },
                    { "name": "client.test", "ports": [3265] },
                    { "name": "other-port.test", "ports": [3266] }, { "name": "zero.test", "ports": [3265] }] }
        """
      # Its name is not allowed.
      When an initiator sends RELAY to the relay for the path relay-b.test forbidden.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      And nobody was connected to
      # Its port is not allowed.
      When an initiator sends RELAY to the relay for the path relay-b.test other-port.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      And nobody was connected to
      # Its name cannot be resolved.
      When an initiator sends RELAY to the relay for the path relay-b.test unknown.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      And nobody was connected to
      # Its name resolves to loopback.
      When an initiator sends RELAY to the relay for the path relay-b.test inside.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      And nobody was connected to
      # Its name resolves to no specified address.
      When an initiator sends RELAY to the relay for the path relay-b.test zero.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      And nobody was connected to
      # Nobody listens there.
      When an initiator sends RELAY to the relay for the path relay-b.test client.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      And nobody was connected to
      # None of this keeps anybody from a node that may be reached.
      When an initiator sends RELAY to the relay for the path relay-b.test server.test
      Then the next node receives RELAY unchanged

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

    Scenario: The next node has no address at first
      Given a tunnel relay configured with
        """
        { "allow": [{ "name": "late.test", "ports": [3265] }] }
        """
      When an initiator sends RELAY to the relay for the path relay-b.test late.test
      Then the relay answers CLOSE "next node unreachable" and ends the stream
      # Nobody listens there.
      When the relay learns that late.test is at 10.77.0.1
      And an initiator sends RELAY to the relay for the path relay-b.test late.test
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

    Scenario: No RELAY comes to a relay in time
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

    Scenario: Frames of all kinds, and parts of them
      Given a tunnel relay
      # Frames of unknown types, either way: in the lower bits of two is that of CLOSE.
      When an initiator has a tunnel through the relay to a scripted server
      Then the relay passes on the octets 0000000a1501001122330000000a8501001122330000000a090100112233 of the initiator
      When an initiator has a tunnel through the relay to a scripted server
      Then the relay passes on the octets 0000000a1501001122330000000a8501001122330000000a090100112233 of the server
      # A frame of another version.
      When an initiator has a tunnel through the relay to a scripted server
      Then the relay passes on the octets 0000000a040700112233 of the initiator
      # Half a frame, either way.
      When an initiator has a tunnel through the relay to a scripted server
      Then the relay passes on the octets 000001000401080000 of the initiator
      When an initiator has a tunnel through the relay to a scripted server
      Then the relay passes on the octets 000001000401080000 of the server
      # The start of a frame of 2 GiB.
      When an initiator has a tunnel through the relay to a scripted server
      Then the relay passes on the octets 800000000901001122 of the initiator
      # The start of a frame of 16 MiB, in which what comes could be a frame that is too short.
      When an initiator has a tunnel through the relay to a scripted server
      Then the relay passes on the octets 010000080901001100000005 of the server

  @iut:relay @RLY-18
  Rule: In Forward nothing is ended because nothing passes

    # Longer than any timer of a relay's.
    Scenario: Nothing passes for long before the next node has answered
      Given a tunnel relay
      When an initiator sends RELAY to the relay for the path relay-b.test server.test
      Then the next node receives RELAY unchanged
      And after 12 s without an octet a frame of the next node passes to the initiator

    Scenario: Nothing passes for long after the next node has answered
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
    Scenario Outline: From the <role>, at once and after 2 s
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And the <role> sends a keyed CLOSE "<status>"
      Then the <other> receives a keyed CLOSE "<status>" and the end of the stream
      And the <role> sees its connection end
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for 2 s
      And the <role> sends a keyed CLOSE "<status>"
      Then the <other> receives a keyed CLOSE "<status>" and the end of the stream
      And the <role> sees its connection end

      Examples:
        | role      | other     | status        |
        | initiator | server    | end session   |
        | server    | initiator | shutting down |

  @iut:relay @RLY-06
  Rule: When one connection breaks, the other ends

    Scenario Outline: The <one> resets, at once and after 2 s
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And the <one> breaks the connection off
      Then the <other> sees the end of the stream, and no reset
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for 2 s
      And the <one> breaks the connection off
      Then the <other> sees the end of the stream, and no reset

      Examples:
        | one       | other     |
        | initiator | server    |
        | server    | initiator |

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
