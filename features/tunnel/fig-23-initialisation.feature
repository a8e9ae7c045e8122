@needs:adapter
Feature: Initialisation of the virtual private network
  [EP] fig. 23: RELAY (500), REQUEST (502), RESPONSE (504), client data (508), the adapter active (510), DHCP (512, 514),
  routes (520), ARP (516, 518).

  @iut:client @ADP-01 @ADP-02
  Rule: The client's adapter is an Ethernet adapter with the reserved physical address of the client data

    Scenario: The device
      Given an adapter that nobody configures, and a scripted server
      Then the device is an Ethernet device with the reserved physical address

  @iut:client @ADP-11 @ADP-16 @needs:routes
  Rule: The tunnel application configures what the client data says

    Scenario: Address, MTU and route
      Given an adapter that the tunnel application configures, and a scripted server
      Then the kernel has the address of the client data on the adapter
      And the MTU of the adapter is 1400
      And the client routes 10.9.0.0/24 through the server's adapter
