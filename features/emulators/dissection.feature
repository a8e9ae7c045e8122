@needs:adapter @needs:dhcp @needs:arp
Feature: Replies of the emulators, by Wireshark's dissectors
  What the emulators of [EP] fig. 17 answer is taken apart by a program that knows neither side: checksums are verified,
  and nothing may be warned of. Packets: vectors/dhcp.json and vectors/arp.json.

  @iut:client @DHCP-01 @DHCP-02 @DHCP-03 @DHCP-05 @DHCP-07 @DHCP-10 @DHCP-13 @DHCP-14 @ARP-01 @ARP-02
  Rule: No reply is malformed

    Scenario Outline: <group>
      Given an adapter configured by nobody, with the client data of the dhcp vectors about <group>. The packet is the first that the emulator receives.
      And a capture on the client's adapter
      When the stack sends all DHCP packets that are to be answered
      And the stack sends all ARP packets that are to be answered
      Then Wireshark's dissectors warn of nothing in any reply

      Examples:
        | group                 |
        | The usual client data |
        | 29 routes             |
        | The default route     |
        | No route              |

  @iut:client @DHCP-10 @ARP-01
  Rule: A reply that is spoilt is complained of

    Scenario: Faults of a reply
      Given an adapter configured by nobody, with the client data of the dhcp vectors about No route. The packet is the first that the emulator receives.
      And a capture on the client's adapter
      When the stack sends all DHCP packets that are to be answered
      And the stack sends all ARP packets that are to be answered
      Then Wireshark's dissectors complain of a DHCP reply that has
        | a wrong IP checksum               |
        | a wrong UDP checksum              |
        | a UDP length beyond the datagram  |
        | an IP length beyond the packet    |
        | an option that is cut             |
        | a server identifier of 3 octets   |
        | no end of its fixed fields        |
        | no last octet                     |
      And Wireshark's dissectors complain of an ARP reply that has
        | no last octet |
