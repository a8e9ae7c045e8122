Feature: Sessions that are not confirmed yet
  [EP] fig. 12, Authorized 225: a REQUEST can be replayed. Until a DATA frame has opened nobody knows whether the initiator is
  there, and until then the state is Authorized all the same.

  @iut:server @SRV-16 @SRV-18
  Rule: A DATA frame that opens confirms a session, and nothing else does

    # SRV-16: what confirms; SRV-18: the session of the same name that is displaced by what is confirmed alone.
    Scenario: A first DATA frame that does not open
      Given a tunnel server
      When an initiator is authorized
      And another one of its name sends a first DATA frame that does not open
      Then the session goes on until the initiator ends it

  @iut:server @SRV-16 @needs:adapter
  Rule: The frame that confirms is delivered like any other

    # SRV-16: it confirms; ADP-25: its datagram passes.
    # fig. 12 Authorized: data
    @ADP-25
    Scenario: The first DATA frame is not empty
      Given a tunnel server
      When an initiator has opened RESPONSE
      # It is in the first DATA frame.
      Then a datagram of the initiator reaches the server's adapter
      And a ping from the server to 10.8.0.10 makes a DATA frame for the initiator

    # SRV-16: it confirms; BUN-01: a bundle is taken at any place; OFF-01: so is a datagram that lacks its checksum.
    @BUN-01 @needs:bundles
    Scenario: The first DATA frame is a bundle
      Given a tunnel server configured with
        """
        { "dataOptions": ["bundle"] }
        """
      When an initiator that may bundle has opened RESPONSE
      Then two datagrams of the initiator in one bundle reach the server's adapter
      And a ping from the server to 10.8.0.10 makes a DATA frame for the initiator

    @OFF-01 @needs:offload
    Scenario: The datagram of the first DATA frame lacks its checksum
      Given a tunnel server configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      When an initiator that may leave checksums to the server has opened RESPONSE
      Then a datagram of the initiator that lacks its checksum reaches the server's adapter
      And a ping from the server to 10.8.0.10 makes a DATA frame for the initiator

  @iut:server @SRV-18
  Rule: Of two sessions of a name that one is the newer which is confirmed later

    Scenario: Two sessions that are confirmed in the other order than they came
      Given a tunnel server
      When two initiators of one name have opened RESPONSE, and the later one is confirmed
      Then the earlier one stays for 500 ms, and ends the later one when it is confirmed

  @iut:server @SRV-19 @needs:adapter
  Rule: A session that ends unconfirmed takes nothing from another

    # SRV-19: the address; SRV-24: the session that has it. SRV-16: the routes, and SRV-18: that nothing is displaced, also while
    # the other one is there.
    @SRV-16 @SRV-18 @SRV-24
    Scenario: A replay whose stream ends
      Given a tunnel server
      When an initiator is authorized
      And another initiator of the same name has opened RESPONSE
      Then a ping from the server to 10.8.0.10 makes a DATA frame for the initiator
      And a datagram of the initiator reaches the server's adapter
      When another one of its name has opened RESPONSE, and ends its stream
      Then a ping from the server to 10.8.0.10 makes a DATA frame for the initiator

  @iut:server @needs:timers
  Rule: The timers of Authorized run before it is confirmed, too

    @FRAME-15
    Scenario: A DATA frame that stalls before a session is confirmed
      Given a tunnel server configured with
        """
        { "timers": { "confirmation": 5000, "stalledFrame": 500 } }
        """
      When an initiator has opened RESPONSE
      And the initiator sends the octets 000000400401
      Then the server answers a keyed CLOSE "integrity failure" and ends the stream

    @DATA-14
    Scenario: Silence before a session is confirmed
      Given a tunnel server configured with
        """
        { "timers": { "confirmation": 5000, "silence": 500, "keepAlive": 60000 } }
        """
      When an initiator has opened RESPONSE
      Then the server ends the stream without a frame

  @iut:server @SRV-14 @needs:timers
  Rule: Before Authorized a frame may stall as long as its state lasts

    Scenario: RELAY and REQUEST with a pause in each
      Given a tunnel server configured with
        """
        { "timers": { "receiveRelay": 8000, "connectWait": 8000, "stalledFrame": 400, "silence": 400, "keepAlive": 200 } }
        """
      When an initiator sends half of RELAY, its rest and half of REQUEST, and its rest, 1200 ms apart
      Then the server answers RESPONSE
