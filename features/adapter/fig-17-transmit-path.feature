@needs:adapter
Feature: Transmit path
  [EP] fig. 17: the packet is passed to the adapter (320), its Ethernet header removed (322), answered by an emulator (324 to
  332), or encrypted, encapsulated and transmitted (334 to 338).

  @iut:client @ADP-03 @ADP-15 @DATA-01 @DATA-02
  Rule: Exactly the IP datagram is sent, without its Ethernet header

    # ADP-03, ADP-15 and DATA-01: the frame holds the datagram, octet by octet, without its Ethernet header.
    # DATA-02: its protocol fits. ADP-04: the padding is not in it.
    @ADP-04
    Scenario Outline: A short packet padded by <padding> octets
      Given an adapter that nobody configures, and a scripted server
      When the stack sends a datagram in an Ethernet packet with <padding> octets of padding
      Then the next DATA frame that is not empty holds exactly that datagram

      Examples:
        | padding |
        | 0       |
        | 18      |

    # ADP-03, ADP-15, DATA-01 and DATA-02 as above: the fragment is a datagram like any other, and so is what is no UDP to port 67.
    Scenario: A later fragment whose octets look like the ports of DHCP
      Given an adapter that nobody configures, and a scripted server
      When the stack sends a later fragment that looks like DHCP for the server
      Then the next DATA frame that is not empty holds exactly that datagram
      When the stack sends "UDP to 323" to the server's adapter
      Then the next DATA frame that is not empty holds exactly that datagram
      When the stack sends "TCP to 67" to the server's adapter
      Then the next DATA frame that is not empty holds exactly that datagram

    # ADP-03, ADP-15, DATA-01, DATA-02: the header is the datagram. ADP-04: the padding is not in it, whatever it looks like.
    # ADP-40: the datagram enters the tunnel.
    @ADP-04 @ADP-40
    Scenario Outline: Nothing but a header that says <protocol>, and padding that looks like <padding>
      Given an adapter that nobody configures, and a scripted server
      When the stack sends a header that says <protocol>, padded by what looks like <padding>
      Then the next DATA frame that is not empty holds exactly that datagram

      Examples:
        | protocol | padding       |
        | UDP      | ports of DHCP |

      @needs:ipv6
      Examples:
        | protocol | padding                  |
        | ICMPv6   | a neighbour solicitation |

  @iut:client @ADP-06
  Rule: What is neither IP nor answered is dropped

    Scenario Outline: A packet of EtherType <type> is dropped
      Given an adapter that nobody configures, and a scripted server
      When the stack sends a packet of EtherType <type>, then a datagram
      Then the next DATA frame that is not empty holds exactly that datagram

      Examples:
        | type |
        | 88b5 |
        | 8100 |
        | 0026 |

    Scenario: A VLAN tag before the datagram
      Given an adapter that nobody configures, and a scripted server
      When the stack sends a datagram behind a VLAN tag, then another without
      Then the next DATA frame that is not empty holds exactly that datagram

  @iut:server @ADP-06
  Rule: So it is at a server

    Scenario: At a server: a VLAN tag before the datagram
      Given a tunnel server's adapter with alice authorized
      When the server's stack sends a datagram for alice behind a VLAN tag
      Then alice receives nothing before the next datagram for her

  @iut:client @ADP-23 @needs:dhcp
  Rule: What the local stack sends first disturbs nothing

    Scenario: IPv6 multicast before any DHCP disturbs nothing
      Given nodes that speak IPv6
      And a tunnel, its adapter left to a DHCP client
      When the client's kernel has sent IPv6 multicast through the adapter
      And udhcpc runs on the client's adapter
      Then it was offered the address that the server assigned
      And the kernel has resolved the server to its reserved physical address
      And 3 pings of 56 octets from client to server are answered
