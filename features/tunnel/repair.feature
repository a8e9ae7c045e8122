@needs:adapter @needs:routes
Feature: Routes that another manager removes
  [EP] fig. 23, 520: the tunnel application modifies the routing tables, which are not its own alone.

  @iut:client @ADP-21
  Rule: A route that is removed during the session is put back

    Scenario: Removed by hand
      Given an adapter that the tunnel application configures, and a scripted server
      When somebody removes the route to 10.9.0.0/24
      Then it is back within 2 s

  @iut:client @ADP-27
  Rule: A route that is removed again and again is left alone, and the user told

    Scenario: Another manager
      Given an adapter that the tunnel application configures, and a scripted server
      When somebody removes the route to 10.9.0.0/24
      Then removed each time, it stays away within 10 s, put back no more than 20 times
      And the client has told which route it leaves alone
