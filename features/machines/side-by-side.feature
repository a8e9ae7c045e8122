Feature: Tunnel connections side by side
  [EP] figs. 12 and 13: what one connection has with another at the same server or relay, and that is nothing.

  @iut:relay @RLY-10
  Rule: What is kept while the relay connects goes on with the RELAY that it followed

    Scenario: Two initiators whose next node takes its time
      Given a tunnel relay configured with
        """
        { "allow": [{ "name": "nowhere.test", "ports": [3265] }] }
        """
      When two initiators send RELAY and a frame of their own for nowhere.test, which comes to be only then
      Then each connection of the next node has the RELAY and the frame of one of them
