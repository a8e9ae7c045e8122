@needs:adapter @needs:routes
Feature: Routes that another manager removes
  [EP] fig. 23, 520: the tunnel application modifies the routing tables, which are not its own alone.

  @iut:client @ADP-21
  Rule: A route that is removed during the session is put back

    Scenario: A route that is removed by hand, twice, is put back
      Given an adapter that the tunnel application configures, and a scripted server
      When somebody removes the route to 10.9.0.0/24
      Then it is back within 2 s
      When somebody removes the route to 10.9.0.0/24
      Then it is back within 2 s

    @needs:reconnect
    Scenario: A route that a later connection has brought is put back
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24 |
      And the adapter is up
      And somebody removes the route to 10.9.0.0/24
      Then it is back within 2 s
      When the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | routes | 10.10.0.0/16 |
      And somebody removes the route to 10.10.0.0/16
      Then it is back within 2 s

    @needs:ipv6
    Scenario: A route that is removed in IPv6 is put back
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted
      When the server authorizes it with
        | routes | 10.9.0.0/24, fd00:9::/64 |
      And the adapter is up
      And somebody removes the route to fd00:9::/64
      Then it is back within 2 s

  @iut:client @ADP-27
  Rule: A route that is removed again and again is left alone, and the user told

    Scenario: A route that another manager keeps removing is left alone
      Given an adapter that the tunnel application configures, and a scripted server
      When somebody removes the route to 10.9.0.0/24
      Then removed each time, it stays away within 10 s, put back no more than 20 times
      And the client has told which route it leaves alone
