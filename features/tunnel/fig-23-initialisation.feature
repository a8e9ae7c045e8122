@needs:adapter
Feature: Initialisation of the virtual private network
  [EP] fig. 23: RELAY (500), REQUEST (502), RESPONSE (504), client data (508), the adapter active (510), DHCP (512, 514),
  routes (520), ARP (516, 518).

  @iut:client @ADP-01 @ADP-02
  Rule: The client's adapter is an Ethernet adapter with the reserved physical address of the client data

    Scenario: The device of a client's adapter
      Given an adapter that nobody configures, and a scripted server
      Then the device is an Ethernet device with the reserved physical address

    @ADP-02
    Scenario: There is no device before RESPONSE
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      Then no adapter was made in the client
      When the server then sends RESPONSE
      And the adapter is up
      Then the device is an Ethernet device with the reserved physical address

  @iut:client @ADP-11 @ADP-16 @needs:routes
  Rule: The tunnel application configures what the client data says

    Scenario: Address, MTU and routes by the tunnel application
      Given a tunnel initiator whose server is scripted
      When the server authorizes it with
        | routes | 10.9.0.0/24, 10.10.0.0/16, 203.0.113.7/32 |
      And the adapter is up
      Then the kernel has the address of the client data on the adapter
      And the MTU of the adapter is 1400
      And the client routes 10.9.0.0/24 and 10.10.0.0/16 and 203.0.113.7 through the server's adapter

  @iut:client @ADP-12
  Rule: The adapter goes with the session

    Scenario Outline: The adapter goes with the session: <end>
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the adapter is up
      And <end>
      Then the adapter is soon gone from the client

      Examples:
        | end                                     |
        | the server sends CLOSE "shutting down"  |
        | the user ends the session               |
        | the server ends its stream without CLOSE |

    @needs:reconnect
    Scenario: Superseded, at an initiator that is to reconnect
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the adapter is up
      And the server sends a keyed CLOSE "superseded"
      Then the adapter is soon gone from the client

    @needs:reconnect @needs:timers
    Scenario: The adapter goes at End Session in Dead
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "timers": { "backOffMin": 30000, "backOffMax": 30000 } }
        """
      When the server authorizes it
      And the adapter is up
      And the server breaks the connection off
      And its back-off has begun
      And the user ends the session
      Then the adapter is soon gone from the client

    @needs:reconnect
    Scenario: End Session in Response Wait of a later connection
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the adapter is up
      And the server breaks the connection off
      And the initiator has connected again
      And the server has read REQUEST
      And the user ends the session
      Then the adapter is soon gone from the client
