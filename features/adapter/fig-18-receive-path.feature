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

  @iut:server @ADP-08 @ADP-09
  Rule: A server passes on what the initiator may send, and nothing else

    Scenario Outline: From <from> to <to>
      Given a tunnel server's adapter with alice and bob authorized
      When alice sends a datagram from <from> to <to>, then one of her own
      Then only her own reaches the server's adapter

      Examples:
        | from      | to        |
        | 10.8.0.11 | 10.8.0.1  |
        | 10.9.0.5  | 10.8.0.1  |
        | 10.8.0.10 | 10.8.0.11 |

    Scenario: From alice to bob, seen by bob
      Given a tunnel server's adapter with alice and bob authorized
      When alice sends a datagram from 10.8.0.10 to 10.8.0.11, then one of her own
      Then only her own reaches the server's adapter
      When the server's stack sends a datagram to bob
      Then bob receives exactly his

  @iut:server @ADP-10
  Rule: A datagram enters the tunnel of the client that has its address, or none

    Scenario: An address that no client has
      Given a tunnel server's adapter with alice and bob authorized
      When the server's stack sends a datagram to 10.8.0.77, then one to bob
      Then bob receives exactly his
      And alice receives nothing before the next datagram for her

  @iut:server @ARP-08 @needs:arp
  Rule: The server's adapter answers ARP for its clients

    Scenario: The kernel asks for a client
      Given a tunnel server's adapter with alice and bob authorized
      Then the server's kernel resolves alice's address by ARP to the reserved physical address of the client's adapter
