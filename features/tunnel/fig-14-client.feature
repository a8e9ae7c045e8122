@needs:adapter @needs:arp @needs:routes
Feature: A tunnel client and the private network behind its server
  [EP] fig. 14: tunnel client 247 on the public network 251, tunnel server 253 behind the firewall 252, and on its private
  network 256 Network Node 1 (257, 10.9.0.7) and Network Node 2 (258, 10.9.0.8), whose default route is the server.

  @iut:client @iut:server @ADP-25
  Rule: The client reaches the nodes of the private network, and they reach it

    Scenario: A client and the private network, nothing between client and server
      Given a private network behind the server, with the nodes 10.9.0.7, 10.9.0.8
      And a tunnel
      Then 2 pings of 56 octets from client to 10.9.0.7 are answered
      And 2 pings of 56 octets from client to 10.9.0.8 are answered
      And 2 pings of 8000 octets from 10.9.0.7 to client are answered
      And 2 pings of 8000 octets from 10.9.0.8 to client are answered
      When 4 MiB go by TCP from client to 10.9.0.7 and back
      Then every octet arrived: SHA-256 is equal at both ends
      When 4 MiB go by TCP from client to 10.9.0.8 and back
      Then every octet arrived: SHA-256 is equal at both ends

    Scenario: A client and the private network, a firewall in front of the server
      Given a private network behind the server, with the nodes 10.9.0.7, 10.9.0.8
      And a firewall that lets in nothing but TCP to the port of tunnels
      And a tunnel
      Then pings and TCP from the client to the server's address on the wire are refused
      And 1 ping of 56 octets from client to 10.9.0.7 is answered
      And 1 ping of 56 octets from 10.9.0.8 to client is answered
      When a TCP connection from client to 10.9.0.7 carries known plaintext
      Then it was seen to come from client
      And the plaintext is nowhere in the capture on the wire
