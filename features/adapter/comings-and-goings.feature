@needs:adapter @iut:server
Feature: Tunnel clients that come and go
  [EP] fig. 14, 255: one adapter is behind all tunnel clients of a server. What one of them leaves behind is nobody's, and what
  comes from one is never taken for another's. Alice has 10.8.0.10, bob 10.8.0.11.

  # SRV-18: whose the name's address is; ADP-25: its datagrams pass.
  @SRV-18 @ADP-25 @needs:timers
  Rule: A newer session has the address at once, whatever becomes of the older one's connection

    Scenario: The initiator of the older one is gone, and ends nothing
      Given a tunnel server's adapter with alice authorized, configured with
        """
        { "timers": { "dying": 60000 } }
        """
      When alice is authorized anew, and says nothing more on the connection of before
      Then alice receives nothing before the next datagram for her

  @FRAME-05
  Rule: A frame may come in pieces, whatever comes from others meanwhile

    Scenario: Frames of two clients, in pieces by turns
      Given a tunnel server's adapter with alice and bob authorized
      Then 20 datagrams of each of them come out, whose frames come in pieces by turns

  @ADP-09 @needs:client-to-client
  Rule: An address is nobody's once its client has gone

    Scenario: What passed to one client while it was there
      Given a tunnel server's adapter with alice and bob authorized, where clients may reach each other
      Then a TCP segment of alice passes to bob
      When bob's session has ended
      Then before long the next one comes out nowhere
