Feature: Tunnel connections side by side
  [EP] figs. 12 and 13: what one connection has with another at the same server or relay, and that is nothing.

  # RLY-10: what the next node gets. RLY-02: that another one gets its own meanwhile; RLY-06: that none is connected for.
  @iut:relay @RLY-10 @RLY-02 @RLY-06
  Rule: What is kept while the relay connects goes on with the RELAY that it followed

    Scenario: Two initiators whose next node takes its time
      Given a tunnel relay configured with
        """
        { "allow": [{ "name": "nowhere.test", "ports": [3265] }, { "name": "server.test", "ports": [3265] }] }
        """
      When two initiators send RELAY and a frame of their own in pieces for nowhere.test, which comes to be only then
      Then each connection of the next node has the RELAY and the frame of one of them
      And the next node has no connection for who has gone

  @iut:relay @RELAY-12
  Rule: The next node gets the RELAY of the connection that is passed on to it

    Scenario: An initiator whose frame comes after all of another one
      Given a tunnel relay
      When an initiator sends RELAY, another one RELAY and its frame, and then the first one its own
      Then each connection of the next node has the RELAY and the frame of one of them

  @iut:server @HS-01 @SRV-24
  Rule: A REQUEST belongs to the RELAY frame of its own connection

    Scenario: Three initiators whose RELAY frames all come before the first REQUEST
      Given a tunnel server
      When three initiators have sent RELAY frames that differ, and then each its REQUEST
      Then each of the three has a RESPONSE that it can open

  @iut:relay @RLY-17 @needs:limits
  Rule: What comes from one tunnel reaches no other, although newcomers have the places of those that ended
    A kernel gives a newcomer the descriptor that was closed last. A relay that is suspended meets all of this at once.

    Scenario: Newcomers, right behind tunnels whose initiators have reset their connections
      Given a tunnel relay configured with
        """
        { "limits": { "halfOpenPerSource": 200, "connectionsPerSource": 400 } }
        """
      When 4 times 60 initiators reset their tunnels, whose servers send DATA, and 60 others connect, while the relay is suspended
      Then none of those that connected has received an octet

  @iut:relay @RLY-03 @RLY-06
  Rule: A tunnel stays what it is while many others come and go

    # RLY-03: octets pass both ways; RLY-06: that each side hears of the end of the other.
    Scenario: A tunnel that is older than three hundred others
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And 300 other tunnels come and go, but for the last ones
      Then octets pass through the first one both ways, and it ends like any other

    # A kernel gives the later one descriptors of the former. RLY-17: nothing of the former passes to it.
    @RLY-17 @needs:timers
    Scenario: A tunnel that comes when one side of another is gone, and outlives the other side
      Given a tunnel relay configured with
        """
        { "timers": { "dying": 60000 } }
        """
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for 2 s
      And the initiator breaks the connection off
      And another tunnel comes, before the server of the first one ends its stream
      Then octets pass through the later one both ways, and it ends like any other

  # ADP-10: into the tunnel; ADP-08: out of it.
  @iut:server @ADP-08 @ADP-10 @needs:adapter
  Rule: So does a session

    @long
    Scenario: A session that is older than three hundred others
      Given a tunnel server's adapter with alice and bob authorized
      Then datagrams of alice pass both ways while bob comes anew 300 times
