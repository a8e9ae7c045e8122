Feature: Client data
  [EP] fig. 8, 162; fig. 23, 502 to 508: what the server says of the client's adapter, in standard DHCP format.

  @iut:server @CD-01 @CD-02 @RESP-08
  Rule: RESPONSE holds addresses, lease, routes and reserved physical addresses

    @CD-03 @CD-04
    Scenario: The usual client data
      Given a tunnel server
      When an initiator connects
      And the initiator has opened RESPONSE
      Then client data has the options 50, 1, 54, 51, 43, 121
      And option 50 of client data is 0a08000a
      And option 54 of client data is 0a080001
      And option 1 of client data is ffffff00
      And option 121 of client data is 180a09000a080001
      And client data has no option 3

    @CD-04
    Scenario: The whole default route
      Given a tunnel server configured with
        """
        { "clientData": { "routes": ["0.0.0.0/0"] } }
        """
      When an initiator connects
      And the initiator has opened RESPONSE
      Then option 3 of client data is 0a080001
      And option 121 of client data is 000a080001

    @CD-05
    Scenario: The reserved physical addresses
      Given a tunnel server
      When an initiator connects
      And the initiator has opened RESPONSE
      Then both reserved physical addresses are locally administered, unicast and different
