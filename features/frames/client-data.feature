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

  @iut:server @needs:ipv6 @CD-01 @CD-09 @CD-11
  Rule: Where IPv6 is offered, n6 holds the client's own /64 and what belongs to it

    Scenario: Routes and DNS servers of both families
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        {
          "adapter": { "address6": "fd00:8::1/48" },
          "clientData": { "routes": ["10.9.0.0/24", "fd00:9::/64"], "dns": ["10.9.0.53", "fd00:9::53", "fd00:9::54"] }
        }
        """
      When an initiator connects
      And the initiator has opened RESPONSE
      Then n6 of client data holds one prefix, fd00:8:0:a::/64, autonomous and not on-link
      And the routes in n6 are fd00:8::/48, fd00:9::/64, in this order
      And the DNS servers in n6 are fd00:9::53, fd00:9::54
      And an MTU in n6 is 1400
      And every lifetime in n6 is infinite
      And the options in n6 are in the order 3, 5, 24, 25, 31
      And option 121 of client data is 180a09000a080001
      And option 6 of client data is 0a090035
      And option 26 of client data is 0578

    Scenario: The whole default route
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        { "adapter": { "address6": "fd00:8::1/48" }, "clientData": { "routes": ["::/0"] } }
        """
      When an initiator connects
      And the initiator has opened RESPONSE
      Then the routes in n6 are fd00:8::/48, ::/0, in this order
      And the DNS servers in n6 are none
      And every lifetime in n6 is infinite
      And client data has no option 3

    Scenario: Another prefix of the virtual LAN
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        { "adapter": { "address6": "2001:db8:0:ff00::1/56" }, "clientData": { "routes": [] } }
        """
      When an initiator connects
      And the initiator has opened RESPONSE
      Then n6 of client data holds one prefix, 2001:db8:0:ff0a::/64, autonomous and not on-link
      And the routes in n6 are 2001:db8:0:ff00::/56, in this order

    Scenario: No IPv6
      Given a tunnel server
      When an initiator connects
      And the initiator has opened RESPONSE
      Then n6 of client data is empty

  @iut:server @needs:ipv6 @CD-10
  Rule: The /64 of a name follows from its address

    Scenario: Names connect again, another between
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        {
          "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}" }],
          "adapter": { "address6": "fd00:8::1/48" }
        }
        """
      When alice, bob, alice, bob connect one after the other
      Then each name has one /64 of fd00:8::, that of the number of its address, and no two the same

    Scenario: An address of the operator's choice
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        {
          "initiators": [
            { "name": "alice", "publicKey": "{alice}", "address": "10.8.0.200" },
            { "name": "bob", "publicKey": "{bob}", "address": "10.8.0.17" }
          ],
          "adapter": { "address6": "fd00:8::1/48" }
        }
        """
      When bob, alice, bob connect one after the other
      Then each name has one /64 of fd00:8::, that of the number of its address, and no two the same

  @iut:client @needs:timers @CD-02 @CD-06
  Rule: Client data that cannot be read is a protocol error and makes no adapter

    Scenario: DHCP options that are missing or say nothing
      Given a tunnel initiator that waits for a command to connect again
      When each of its connections is answered by client data of the vectors flagged Senseless, it closes with "protocol error"
      Then no adapter was made in the client

    @needs:ipv6 @CD-09
    Scenario: Options of neighbour discovery that are missing or say nothing
      Given a tunnel initiator that waits for a command to connect again
      When each of its connections is answered by client data of the vectors flagged SenselessIPv6, it closes with "protocol error"
      Then no adapter was made in the client

  @iut:client @needs:ipv6 @needs:adapter @needs:timers @CD-09 @CD-11 @CD-12 @ND-06
  Rule: Every right way to say something in n6 is understood, and what is unknown is ignored

    Scenario: Options of neighbour discovery in every order and length
      Given a tunnel initiator that waits for a command to connect again
      When each of its connections is answered by client data of the vectors flagged SettingsIPv6, a router advertises their settings
