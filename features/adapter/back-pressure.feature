@needs:adapter
Feature: Back-pressure
  [EP] fig. 17, 338: TCP inside TCP suffers from long queues. What the tunnel connection does not take stays in the
  local stack's own queue, which holds its senders back, or drops.

  @ADP-14
  Rule: When the tunnel connection is full the adapter is not read, and the queue between is bounded

    @iut:client @needs:routes
    Scenario: A server that does not read for a while
      Given an adapter that the tunnel application configures, and a scripted server
      When the server stops reading, and the stack sends up to 60 MiB of datagrams
      Then no more than 24 MiB of them were taken from the adapter of the client
      And the resident memory of the client has grown by less than 24 MiB
      And one more datagram of the stack arrives after the others when the server reads again

    @iut:server
    Scenario: The only client of a server does not read for a while
      Given a tunnel server's adapter with alice authorized
      When the initiator stops reading, and the stack sends up to 60 MiB of datagrams for it
      Then no more than 24 MiB of them were taken from the adapter of the server
      And the resident memory of the server has grown by less than 24 MiB
      And one more datagram of the stack arrives after the others when the initiator reads again

  Rule: Who reads nothing is heard all the same

    # Both may wait for the other to read: nothing would pass any more. No timer may end the wait.
    @iut:client @INI-03 @DATA-14 @needs:timers
    Scenario: A server that does not read, and sends
      Given an adapter that the tunnel application configures, and a scripted server, configured with
        """
        { "timers": { "keepAlive": 600000, "stalledFrame": 600000 } }
        """
      When the server stops reading, and the stack sends up to 60 MiB of datagrams
      Then 50 datagrams of the server reach the stack meanwhile

    # ADP-25: they reach the stack; DATA-14: the initiator is not silent.
    @iut:server @ADP-25 @DATA-14 @needs:timers
    Scenario: The only client of a server does not read, and sends
      Given a tunnel server's adapter with alice authorized, configured with
        """
        { "timers": { "keepAlive": 600000, "stalledFrame": 600000 } }
        """
      When the initiator stops reading, and the stack sends up to 60 MiB of datagrams for it
      Then 50 datagrams of the initiator reach the stack meanwhile

  @ADP-14
  Rule: A connection that was full when it broke does not keep the adapter from being read for the next one

    @iut:client @INI-22 @needs:reconnect
    Scenario: A server that does not read, and breaks the connection off
      Given an adapter that the tunnel application configures, and a scripted server, configured with
        """
        { "reconnect": true }
        """
      When the server stops reading, and the stack sends up to 60 MiB of datagrams
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it
      Then a new datagram of the stack arrives at the server

    @iut:server
    Scenario: The only client of a server does not read, and breaks the connection off
      Given a tunnel server's adapter with alice authorized
      When the initiator stops reading, and the stack sends up to 60 MiB of datagrams for it
      And the initiator breaks the connection off
      And an initiator is authorized
      Then a new datagram of the stack arrives at the initiator

  @iut:client @ADP-14 @needs:reconnect
  Rule: What waits while the initiator connects again is bounded

    Scenario: A server that lets the initiator wait for RESPONSE
      Given an adapter that the tunnel application configures, and a scripted server, configured with
        """
        { "reconnect": true }
        """
      When the server breaks the connection off
      And the initiator has connected again
      And the stack sends up to 40 MiB of datagrams before RESPONSE
      And the server authorizes it
      Then no more than 16 MiB of them arrive at the server before a new one

  @iut:client @CLOSE-08 @ADP-12 @needs:routes
  Rule: A peer that does not read is not waited for at the end either

    # CLOSE-08: Dying is over after 2 s, though CLOSE is not sent yet; ADP-12: that nothing is left.
    Scenario: End Session while the server does not read
      Given an adapter that the tunnel application configures, and a scripted server
      When the server stops reading, and the stack sends up to 60 MiB of datagrams
      And the user has ended the session by SIGTERM
      Then the initiator program exits with status 0 within 12 s
      And no adapter is left in the client

  # CLOSE-08: Dying is over after 2 s; SRV-11: that the program ends.
  @iut:server @CLOSE-08 @SRV-11
  Rule: An initiator that does not read is not waited for at the end either

    Scenario: The server program ends while its only initiator does not read
      Given a tunnel server's adapter with alice authorized
      When the initiator stops reading, and the stack sends up to 60 MiB of datagrams for it
      And the server is terminated
      Then the server program exits with status 0

  @iut:server @ADP-14 @ADP-32
  Rule: A server with several tunnels drops what is for the full one
    ADP-32 decides that bob gets what is for him, and ADP-14 the memory, and that a full connection that is left alone is waited for.

    Scenario: One of two clients does not read for a while
      Given a tunnel server's adapter with alice and bob authorized
      When the initiator stops reading, and the stack sends up to 60 MiB of datagrams for it
      Then meanwhile a datagram for bob arrives within 2 s
      And the resident memory of the server has grown by less than 24 MiB
      And one more datagram of the stack arrives after the others when the initiator reads again

    Scenario: One of three clients does not read for a while
      Given a tunnel server's adapter with alice, bob and carol authorized
      When the initiator stops reading, and the stack sends up to 60 MiB of datagrams for it
      Then meanwhile a datagram for bob arrives within 2 s
      And the resident memory of the server has grown by less than 24 MiB

    Scenario: A client that does not read is left alone
      Given a tunnel server's adapter with alice and bob authorized
      When the initiator stops reading, and the stack sends up to 20 MiB of datagrams for it
      And bob's session has ended
      And the initiator stops reading, and the stack sends up to 80 MiB of datagrams for it
      Then no more than 44 MiB of them were taken from the adapter of the server
      And the resident memory of the server has grown by less than 24 MiB
      And one more datagram of the stack arrives after the others when the initiator reads again

    Scenario: A second client comes while the only one does not read
      Given a tunnel server's adapter with alice and bob authorized
      When bob's session has ended
      And the initiator stops reading, and the stack sends up to 60 MiB of datagrams for it
      And bob is authorized again
      Then meanwhile a datagram for bob arrives within 2 s

  @CLOSE-01 @CLOSE-02
  Rule: A CLOSE is the last frame, however many wait before it
    Who writes so slowly that Dying is over before it is the CLOSE's turn ends the stream then (CLOSE-08).

    # So that not even a busy machine ends the wait for the server.
    @iut:client @INI-06 @needs:timers
    Scenario: End Session while the server does not read for a moment
      Given an adapter that the tunnel application configures, and a scripted server, configured with
        """
        { "timers": { "dying": 30000 } }
        """
      When the server stops reading, and the stack sends up to 60 MiB of datagrams
      And the user ends the session
      And the server reads again
      Then the initiator answers a keyed CLOSE "end session" and ends the stream, or ends it when the 30 s of Dying are over

    @iut:server @SRV-10 @needs:timers
    Scenario: The operator ends a session while the initiator does not read for a moment
      Given a tunnel server's adapter with alice authorized, configured with
        """
        { "timers": { "dying": 30000 } }
        """
      When the initiator stops reading, and the stack sends up to 60 MiB of datagrams for it
      And the operator of the server ends the session
      And the initiator reads again
      Then the server answers a keyed CLOSE "end session" and ends the stream, or ends it when the 30 s of Dying are over
