@needs:adapter
Feature: What no emulator is for
  [EP] fig. 17, 324 to 338: what is no question to ARP server emulator, DHCP server emulator or neighbour discovery emulator is
  sealed and sent, whatever it looks like.

  @iut:client @ADP-03
  Rule: What no emulator is for enters the tunnel, to whomever it goes

    # DHCP-20: a server of the private network may get a DHCP message by unicast.
    @DHCP-20
    Scenario: IPv4 that looks like DHCP, and IPv4 to a group
      Given an adapter that nobody configures, and a scripted server
      Then each of these datagrams of the stack enters the tunnel
        | UDP to port 67 of 10.9.0.5              |
        | TCP to port 67 of 10.8.0.1              |
        | UDP to port 68 of 10.8.0.1              |
        | UDP from port 67 to port 53 of 10.8.0.1 |
        | UDP to port 5353 of 224.0.0.251         |
        | UDP to port 137 of 10.8.0.255           |
        | UDP to port 137 of 255.255.255.255      |

    @needs:ipv6
    Scenario: IPv6 that looks like neighbour discovery, and IPv6 to a group
      Given an adapter configured by nobody, of a tunnel whose client data offers every option in IPv6
      Then each of these datagrams of the stack enters the tunnel
        | ICMPv6 132 to ff02::2     |
        | ICMPv6 138 to fd00:9::5   |
        | ICMPv6 143 to ff02::16    |
        | UDP to port 547 of ff02::1:2 |
        | UDP from fe80::450:4eff:fe41:4300 to port 5353 of ff02::fb |
