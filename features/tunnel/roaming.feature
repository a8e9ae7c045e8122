@needs:adapter @needs:reconnect
Feature: The tunnel outlives what is below it
  [EP] fig. 11, 211 to 214; fig. 19, 386: a machine moves from one network to another, a server is started anew.
  Adapter, address and routes stay, and so do the connections through the tunnel.

  @iut:client @INI-21 @needs:routes
  Rule: An initiator whose own address is gone connects again from the one that it has

    Scenario Outline: The server routes <routes>
      Given a tunnel that reconnects, whose server routes <routes>, and a TCP connection in IPv4 through it
      When the client moves from 10.77.0.1 to 10.77.0.100
      Then datagrams pass through the tunnel again within 5 s
      And the adapter and its addresses are those of before
      And the TCP connection has gone on, and every octet came back

      Examples:
        | routes       |
        | 10.9.0.0/24  |
        | 10.0.0.0/8   |
        | 0.0.0.0/0    |

  @iut:client @INI-22 @needs:routes
  Rule: A connection that broke and is made again keeps the adapter, its address and its routes

    Scenario: The server is killed and started again
      Given a tunnel that reconnects, whose server routes 10.9.0.0/24, and a TCP connection in IPv4 through it
      When the server is killed and started again
      Then datagrams pass through the tunnel again within 20 s
      And the adapter and its addresses are those of before
      And the client routes 10.9.0.0/24 through the server's adapter
      And the TCP connection has gone on, and every octet came back

  @iut:client @INI-24
  Rule: Where DNS answers no longer, the addresses of before will do

    Scenario Outline: The path is <path>
      Given a tunnel that reconnects along <path>, whose nodes are found by DNS alone
      When the name server is killed for good
      And the server is killed and started again
      Then datagrams pass through the tunnel again within 30 s
      And the adapter and its addresses are those of before

      Examples:
        | path             |
        | server.test      |
        | server.test:3265 |

  @iut:client @ADP-13 @needs:routes
  Rule: The first hop is pinned before a route would carry it through the tunnel

    @ADP-12
    Scenario: The first hop is pinned before the tunnel application lays the default route
      Given a client that reaches every node by a default route in IPv4, of the metric that any has
      And a tunnel with a default route in IPv4, its adapter configured by itself
      Then IPv4 packets to the server's node leave on the wire, and all others through the adapter
      And 3 pings of 56 octets from client to server are answered
      When the user has ended the session by SIGTERM
      Then the initiator program exits with status 0
      And the client's IPv4 routes are those of before

    Scenario Outline: Nothing of the tunnel connection goes through the adapter, not for a moment, with a route to <network>
      Given a client that reaches every node by a default route in IPv4
      And every packet of the client's is watched
      And a tunnel initiator whose server is scripted, configured with
        """
        { "accept": { "defaultRoute": true } }
        """
      When the server authorizes it with
        | routes | <network> |
      And the server sends an empty DATA frame each millisecond until the adapter is up, and 500 ms more
      Then IPv4 packets to the server's node leave on the wire
      And no packet of the tunnel connection was sent through the adapter

      Examples:
        | network    |
        | 0.0.0.0/0  |
        | 10.0.0.0/8 |

    Scenario: The first hop is pinned where the first node is a relay
      Given a client that reaches every node by a default route in IPv4
      And a tunnel initiator whose server is scripted, configured with
        """
        { "path": ["server.test:3265", "last.test"], "accept": { "defaultRoute": true } }
        """
      When the server authorizes it with
        | routes | 0.0.0.0/0 |
      And the adapter is up
      Then the stack behind the adapter answers a datagram that the server sends
      And IPv4 packets to the server's node leave on the wire

    Scenario: Of several ways to the first hop one is right
      Given a client that reaches every node by a default route in IPv4
      And only its way to 10.77.0.0/24 of the lower metric leads there, not that of the higher one, nor its default route
      And a tunnel initiator whose server is scripted, configured with
        """
        { "accept": { "defaultRoute": true } }
        """
      When the server authorizes it with
        | routes | 0.0.0.0/0 |
      And the adapter is up
      Then the stack behind the adapter answers a datagram that the server sends

    @needs:dhcp
    Scenario: The first hop is pinned before a DHCP client lays the default route
      Given a client that reaches every node by a default route in IPv4
      And a tunnel with a default route in IPv4, its adapter configured by a DHCP client
      When udhcpc runs on the client's adapter
      Then IPv4 packets to the server's node leave on the wire, and all others through the adapter
      And 3 pings of 56 octets from client to server are answered
      When the user has ended the session by SIGTERM
      Then the initiator program exits with status 0
      And the client's IPv4 routes are those of before

  # INI-15: while the name has no address. PATH-08: two of three addresses refuse. PATH-06: the second connection goes where
  # the name is by then. ADP-13: to whichever address a connection goes, beside the default route. ADP-12: what is left.
  @iut:client @ADP-12 @ADP-13 @INI-15 @PATH-06 @PATH-08 @needs:routes
  Rule: An initiator looks its first node up for each connection, tries each address, and pins the one that it reaches

    Scenario: A first node that has no address, then three, then another one
      Given a client that reaches every node by a default route in IPv4
      And the client has the addresses 10.77.0.61, 10.77.0.62 too, and the server has 10.77.0.22
      And its user has laid routes to 10.77.0.22 alone and, of metric 500, to 10.9.0.0/24
      And a tunnel initiator that is to reconnect, and whose first node has no address
      When the first node gets the addresses 10.77.0.61, 10.77.0.62, 10.77.0.2
      And the initiator has connected again
      And the server authorizes it with
        | routes | 0.0.0.0/0 |
      And the adapter is up
      Then the tunnel connection leads to 10.77.0.2, and packets to it leave on the wire
      When the first node gets the addresses 10.77.0.61, 10.77.0.22
      And the server breaks the connection off
      And the initiator has connected again
      And the server authorizes it with
        | routes | 0.0.0.0/0, 10.9.0.0/24 |
      Then the tunnel connection leads to 10.77.0.22, and packets to it leave on the wire
      When the user has ended the session by SIGTERM
      Then the initiator program exits with status 0
      And the client's IPv4 routes are those of before

  @iut:client @PATH-06
  Rule: A connection that follows from the end of a key goes where the name leads by then

    Scenario: The first node has another address at the end of a key
      Given a client that reaches every node by a default route in IPv4
      And the client has the addresses 10.77.0.61 too, and the server has 10.77.0.22
      And a tunnel initiator that is to reconnect, and whose first node has no address
      When the first node gets the addresses 10.77.0.2
      And the initiator has connected again
      And the server authorizes it with a key of 10 frames, which it uses up once the first node is at 10.77.0.22 instead
      And the initiator has connected again
      Then the tunnel connection leads to 10.77.0.22, and packets to it leave on the wire

  @iut:client @LOCK-04 @needs:lockdown @needs:routes
  Rule: Under a lockdown the first node is reached at another address, too

    Scenario: Another address of the first node
      Given a client that reaches every node by a default route in IPv4
      And the client has the addresses 10.77.0.61 too, and the server has 10.77.0.22
      And a tunnel initiator under lockdown that is to reconnect, and whose first node has no address
      When the first node gets the addresses 10.77.0.2
      And the initiator has connected again
      And the server authorizes it with
        | routes | 0.0.0.0/0 |
      And the adapter is up
      And the first node gets the addresses 10.77.0.22
      And the server breaks the connection off
      Then the initiator is authorized on the next one

    Scenario: The first of two addresses refuses
      Given a client that reaches every node by a default route in IPv4
      And the client has the addresses 10.77.0.61 too, and the server has 10.77.0.22
      And a tunnel initiator under lockdown that is to reconnect, and whose first node has no address
      When the first node gets the addresses 10.77.0.61, 10.77.0.2
      And the initiator has connected again
      And the server authorizes it with
        | routes | 0.0.0.0/0 |
      And the adapter is up
      And the server breaks the connection off
      Then the initiator is authorized on the next one

  @iut:client @INI-21
  Rule: An initiator whose own address is gone while RESPONSE is awaited connects again

    Scenario: Another address of an initiator while RESPONSE is awaited
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server has read REQUEST
      And the client has 10.77.0.100/24 in place of 10.77.0.1/24
      Then the initiator is authorized on the next one

  @iut:client @ADP-12 @needs:routes
  Rule: When the session is over, nothing of it is left

    Scenario: An initiator that was killed is started again and ended
      Given a client that reaches every node by a default route in IPv4
      And a tunnel with a default route in IPv4, its adapter configured by itself
      When the client is killed and started again
      And the user has ended the session by SIGTERM
      Then the initiator program exits with status 0
      And the client's IPv4 routes are those of before

  @iut:client @ADP-22 @needs:lifetimes @needs:routes
  Rule: Other client data toggles the carrier and replaces the routes

    Scenario: Another address and another network behind the server
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "lifetime": { "frames": 10 } }
        """
      When the server authorizes it within its lifetime
      And the adapter is up
      And the adapter's carrier is watched
      And the server sends 9 datagrams
      Then the initiator answers a keyed CLOSE "key expired" and ends the stream
      When the server ends its stream without CLOSE
      And the initiator has connected again
      And the server authorizes it with
        | address | 10.8.0.11    |
        | routes  | 10.10.0.0/16 |
        | MTU     | 1380         |
      Then the adapter has the address 10.8.0.11 and a route to 10.10.0.0/16 alone
      And the MTU of the adapter is 1380
      And its carrier went off and on
      And the adapter was made once
      When the adapter's carrier is watched
      And the server sends 9 datagrams
      Then the initiator answers a keyed CLOSE "key expired" and ends the stream
      When the server ends its stream without CLOSE
      And the initiator has connected again
      And the server authorizes it with
        | address | 10.8.0.12    |
        | routes  | 10.11.0.0/16 |
      Then the adapter has the address 10.8.0.12 and a route to 10.11.0.0/16 alone
      And its carrier went off and on

    Scenario: Another network behind the server alone
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "lifetime": { "frames": 10 } }
        """
      When the server authorizes it within its lifetime
      And the adapter is up
      And the server sends 9 datagrams
      Then the initiator answers a keyed CLOSE "key expired" and ends the stream
      When the server ends its stream without CLOSE
      And the initiator has connected again
      And the server authorizes it with
        | routes | 10.10.0.0/16 |
      Then the adapter has the address 10.8.0.10 and a route to 10.10.0.0/16 alone
