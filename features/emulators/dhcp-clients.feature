@iut:client @needs:dhcp @needs:adapter
Feature: The DHCP clients that people use take what the adapter's DHCP server gives
  [EP] fig. 17, 330 to 332; fig. 23, 512 and 514: the local stack takes the adapter for an Ethernet with a DHCP server,
  and in IPv6 with a router.
  Verdicts come from the kernel and from the capture on the adapter. What a client cannot do, and why: docs/clients.md.

  # DHCP-01, DHCP-02, DHCP-14: the conversation in the capture. DHCP-09, DHCP-18: what the kernel and the resolver
  # have then. DHCP-15: nothing came out of the tunnel. DHCP-07, DHCP-08, DHCP-10, DHCP-11, DHCP-17: what a client
  # looks at before it takes a reply.
  @DHCP-07 @DHCP-08 @DHCP-09 @DHCP-10 @DHCP-11 @DHCP-15 @DHCP-17
  Rule: A client obtains its address and what else the client data holds, and nobody beyond the tunnel hears of it

    Scenario Outline: <client>: address, routes, MTU and names
      Given a tunnel whose adapter has nothing but its DHCP server
      When <client> obtains a lease and uses it
      Then the kernel has the address of the client data on the adapter
      And the kernel routes the network behind the server to it
      And the MTU of the <mtu> is 1400
      And names are looked up at 10.9.0.53, in private.test lab.private.test
      And 1 ping of 56 octets from client to server is answered
      And the capture on the adapter shows <conversation>
      And nothing of DHCP came out of the tunnel

      @DHCP-01 @DHCP-02 @DHCP-18
      Examples:
        | client   | conversation               | mtu     |
        | dhclient | DISCOVER OFFER REQUEST ACK | adapter |
        | networkd | DISCOVER OFFER REQUEST ACK | adapter |

      @DHCP-14 @DHCP-18
      Examples:
        | client | conversation | mtu   |
        | dhcpcd | DISCOVER ACK | route |

    @DHCP-01 @DHCP-02
    Scenario: udhcpc: address, MTU and names, while the tunnel application lays the routes
      Given a tunnel whose adapter has nothing but its DHCP server, and whose application lays the routes
      When udhcpc obtains a lease and uses it
      Then the kernel has the address of the client data on the adapter
      And the kernel routes the network behind the server to it
      And the MTU of the adapter is 1400
      And names are looked up at 10.9.0.53, in private.test
      And 1 ping of 56 octets from client to server is answered
      And the capture on the adapter shows DISCOVER OFFER REQUEST ACK
      And nothing of DHCP came out of the tunnel

  # DHCP-02: the REQUEST of this state is acknowledged. DHCP-11: the ACK comes where the client listens then.
  # DHCP-07, DHCP-08: the client takes it, so that the address stays.
  @DHCP-02 @DHCP-07 @DHCP-08 @DHCP-11
  Rule: A client keeps its lease

    Scenario Outline: <client>: <how>
      Given a tunnel whose adapter has nothing but its DHCP server
      When <client> obtains a lease and <how> it
      Then a REQUEST from state <state> was acknowledged
      And the kernel has the address of the client data on the adapter

      Examples:
        | client   | how    | state    |
        | udhcpc   | renews | RENEWING |
        | dhclient | renews | RENEWING |
        | dhcpcd   | renews | RENEWING |
        | networkd | renews | RENEWING |

      Examples:
        | client   | how     | state     |
        | dhclient | rebinds | REBINDING |
        | dhcpcd   | rebinds | REBINDING |

    # OFF-07: each renews by a socket of the stack, which leaves the checksum to the adapter.
    @needs:offload @OFF-07
    Scenario Outline: <client>: renews, while the stack leaves checksums to the adapter
      Given a tunnel whose adapter has nothing but its DHCP server, and takes checksums off the stack
      When <client> obtains a lease and renews it
      Then a REQUEST from state RENEWING was acknowledged
      And the kernel has the address of the client data on the adapter

      Examples:
        | client   |
        | udhcpc   |
        | dhclient |

    Scenario Outline: <client>: back to its lease when <event>
      Given a tunnel whose adapter has nothing but its DHCP server
      When <client> obtains a lease and uses it
      And <event>
      Then a REQUEST from state INIT-REBOOT was acknowledged
      And the kernel has the address of the client data on the adapter

      Examples:
        | client   | event                                   |
        | dhclient | it is ended and started again           |
        | dhcpcd   | it is ended and started again           |
        | networkd | the cable is pulled and plugged in again |

  @DHCP-06 @DHCP-15
  Rule: A client gives its lease back, and may have it again

    Scenario Outline: <client>: release
      Given a tunnel whose adapter has nothing but its DHCP server
      When <client> obtains a lease and uses it
      Then 1 ping of 56 octets from client to server is answered
      When it releases its lease
      Then the kernel has no address on the adapter
      When it obtains a lease again
      Then the kernel has the address of the client data on the adapter
      And the RELEASE is in the capture, and no answer to it
      And nothing of DHCP came out of the tunnel

      Examples:
        | client   |
        | udhcpc   |
        | dhclient |
        | dhcpcd   |
        | networkd |

  @needs:arp @ARP-03 @ARP-04 @DHCP-02
  Rule: A client finds nobody else at its address

    Scenario Outline: <client>: duplicate address detection
      Given a tunnel whose adapter has nothing but its DHCP server
      When <client> obtains a lease and probes for its address
      Then the kernel has the address of the client data on the adapter
      And ARP probes for its own address are in the capture, and no answer to them

      Examples:
        | client   |
        | udhcpc   |
        | dhcpcd   |
        | networkd |

  @needs:ipv6
  Rule: A client, or else the kernel, takes what the adapter's router advertises

    # ADP-28: both families pass. ND-01: the ping in IPv6 needs the physical address. ND-02: nobody answers the
    # question for its own address. ND-06: the prefix, and the routes that the client lays. ADP-11: those that the
    # application lays.
    @ADP-28 @ND-01 @ND-02
    Scenario Outline: <client>: IPv6 address by <taker>, routes by <layer>
      Given a tunnel in both families, whose advertisements <taker> takes and whose routes <layer> lays
      When <client> obtains a lease and looks for a router
      Then the kernel has the address of the client data on the adapter
      And the kernel has an address of the IPv6 prefix in the client data, and no other
      And nobody has answered that another node has it
      And the kernel routes both IPv6 networks of the client data to it
      And 1 ping of 56 octets from client to server is answered
      And 1 ping of 56 octets from client6 to server6 is answered

      @needs:routes @ADP-11
      Examples:
        | client   | taker      | layer           |
        | udhcpc   | the kernel | the application |
        | dhclient | the kernel | the application |

      @needs:routes @ADP-11 @ND-06
      Examples:
        | client | taker      | layer           |
        | dhcpcd | the client | the application |

      @ND-06
      Examples:
        | client   | taker      | layer      |
        | networkd | the client | the client |

    @ND-06
    Scenario Outline: <client>: DNS by the router advertisement
      Given a tunnel in both families, whose advertisements the client takes and whose routes the client lays
      When <client> obtains a lease and looks for a router
      Then names are looked up at 10.9.0.53 and fd00:9::53, in private.test lab.private.test

      Examples:
        | client   |
        | dhcpcd   |
        | networkd |
