@needs:ipv6 @needs:adapter @needs:reconnect
Feature: IPv6 in the tunnel outlives what is below it, and below it there may be IPv6
  As features/tunnel/roaming.feature has it for IPv4.

  @iut:client @INI-22 @ADP-28 @CD-10 @needs:routes
  Rule: A connection that broke and is made again keeps the adapter, its addresses and its routes

    Scenario: The server is killed and started again
      Given a tunnel that reconnects, whose server routes fd00:9::/64, and a TCP connection in IPv6 through it
      When the server is killed and started again
      Then datagrams pass through the tunnel again within 20 s
      And the adapter and its addresses are those of before
      And the client routes fd00:8::/48 and fd00:9::/64 through the server's adapter
      And the TCP connection has gone on, and every octet came back

  @iut:client @ADP-13 @ADP-12 @needs:routes
  Rule: The first hop is pinned before a route would carry it through the tunnel

    Scenario Outline: A tunnel over IPv6 for all IPv6, its adapter configured by <whom>
      Given a client that reaches every node by a default route in IPv6<metric>
      And a tunnel with a default route in IPv6, its adapter configured by <whom>
      Then IPv6 packets to the server's node leave on the wire, and all others through the adapter
      And 3 pings of 56 octets from client6 to server6 are answered
      When the user has ended the session by SIGTERM
      Then the initiator program exits with status 0
      And the client's IPv6 routes are those of before

      Examples:
        | whom                 | metric                          |
        | itself               | , of the metric that any has    |
        | the kernel, from RAs |                                 |

  @iut:client @INI-21 @needs:routes
  Rule: An initiator whose own address is gone connects again from the one that it has

    Scenario: An initiator's own address of IPv6 is gone
      Given a client that reaches every node by a default route in IPv6
      And a tunnel with a default route in IPv6, its adapter configured by itself
      When the client has fd77::100/128 in place of fd77::1/128
      Then datagrams pass through the tunnel again within 5 s

  @iut:client @ADP-12 @needs:routes
  Rule: When the session is over, nothing of it is left

    Scenario: An initiator that was killed is started again and ended
      Given a client that reaches every node by a default route in IPv6
      And a tunnel with a default route in IPv6, its adapter configured by itself
      When the client is killed and started again
      And the user has ended the session by SIGTERM
      Then the initiator program exits with status 0
      And the client's IPv6 routes are those of before

  @iut:client @ADP-22 @ND-11 @ND-15 @needs:lifetimes
  Rule: Another /64 takes the place of the former one

    Scenario Outline: Configured by <whom>
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "adapter": { "configure": "<configure>" }, "lifetime": { "frames": 10 } }
        """
      When the server authorizes it with
        | prefix | fd00:8:0:a::/64       |
        | routes | 10.9.0.0/24, fd00:8::/48 |
      And the adapter is up
      Then new connections come from an address of fd00:8:0:a::/64
      When the server sends 9 datagrams
      Then the initiator answers a keyed CLOSE "key expired" and ends the stream
      When the server ends its stream without CLOSE
      And the initiator has connected again
      And the server authorizes it with
        | prefix | fd00:8:0:b::/64       |
        | routes | 10.9.0.0/24, fd00:8::/48 |
      Then new connections come from an address of fd00:8:0:b::/64
      And no address of fd00:8:0:a::/64 is preferred any more
      When the server sends 9 datagrams
      Then the initiator answers a keyed CLOSE "key expired" and ends the stream
      When the server ends its stream without CLOSE
      And the initiator has connected again
      And the server authorizes it with
        | prefix | fd00:8:0:a::/64       |
        | routes | 10.9.0.0/24, fd00:8::/48 |
      Then new connections come from an address of fd00:8:0:a::/64
      And no address of fd00:8:0:b::/64 is preferred any more

      Examples:
        | whom                 | configure |
        | itself               | direct    |
        | the kernel, from RAs | dhcp      |

    Scenario: None in the place of the former one
      Given nodes that speak IPv6
      And a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true, "adapter": { "configure": "dhcp" }, "lifetime": { "frames": 10 } }
        """
      When the server authorizes it with
        | prefix | fd00:8:0:a::/64          |
        | routes | 10.9.0.0/24, fd00:8::/48 |
      And the adapter is up
      Then new connections come from an address of fd00:8:0:a::/64
      When the client's adapter is watched
      And the server sends 9 datagrams
      Then the initiator answers a keyed CLOSE "key expired" and ends the stream
      When the server ends its stream without CLOSE
      And the initiator has connected again
      And the server authorizes it with
        | routes | 10.9.0.0/24 |
      Then soon no address of fd00:8:0:a::/64 is preferred any more
      And an advertisement has withdrawn fd00:8:0:a:: with lifetimes of 0, as no default router
