@needs:adapter
Feature: Receive path
  [EP] fig. 18: a packet has come (350), is decapsulated (352), decrypted (354), made an Ethernet packet (356) and indicated
  to the stack (358).

  @iut:client @ADP-05 @ADP-15
  Rule: The Ethernet packet is formed of the reserved physical addresses

    @DATA-15
    Scenario: A datagram after an empty one
      Given an adapter that nobody configures, and a scripted server
      When the server sends a DATA frame of 0 octets, then one of a whole datagram
      Then the stack receives it in an Ethernet packet from the reserved physical address of the server to that of the client

    @DATA-16
    Scenario: A datagram that is no whole IP datagram does not end the tunnel
      Given an adapter that nobody configures, and a scripted server
      When the server sends a DATA frame of 1 octet, then one of a whole datagram
      Then the stack receives it in an Ethernet packet from the reserved physical address of the server to that of the client

  @iut:server @ADP-05 @ADP-15
  Rule: At the server likewise

    @DATA-15
    Scenario: A datagram after an empty one, at the server
      Given a tunnel server's adapter with alice authorized
      When the initiator sends a DATA frame of 0 octets, then one of a whole datagram
      Then the stack receives it in an Ethernet packet from the reserved physical address of the client to that of the server

    @DATA-16
    Scenario: A datagram that is no whole IP datagram does not end the tunnel, at the server
      Given a tunnel server's adapter with alice authorized
      When the initiator sends a DATA frame of 1 octet, then one of a whole datagram
      Then the stack receives it in an Ethernet packet from the reserved physical address of the client to that of the server

  @iut:server @ARP-08 @needs:arp
  Rule: The server's adapter answers ARP for its clients

    Scenario: The server's kernel asks by ARP for a client
      Given a tunnel server's adapter with alice and bob authorized
      Then the server's kernel resolves alice's address by ARP to the reserved physical address of the client's adapter
