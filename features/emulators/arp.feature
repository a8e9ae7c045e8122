@needs:adapter @needs:arp
Feature: ARP server emulator
  [EP] fig. 17, 324 to 328; fig. 23, 516 and 518: ARP requests of the local stack are answered in the adapter, always with
  the reserved physical address of the server's adapter. Packets and replies: vectors/arp.json.

  @iut:client @ARP-01 @ARP-02 @ARP-06 @ARP-09 @ADP-07
  Rule: Requests for nodes of the virtual LAN are answered, broadcast or unicast

    Scenario: Requests
      Given an adapter configured by nobody, with the client data of the arp vectors about One virtual LAN, one client.
      When the stack sends the ARP packets flagged Request
      Then each was answered or not as its vector says
      And none of them entered the tunnel

  @iut:client @ARP-03 @ARP-04 @ARP-05 @ARP-07 @ARP-09 @ARP-10 @ADP-06
  Rule: Nothing else is answered

    Scenario Outline: Packets flagged <flag>
      Given an adapter configured by nobody, with the client data of the arp vectors about One virtual LAN, one client.
      When the stack sends the ARP packets flagged <flag>
      Then each was answered or not as its vector says
      And none of them entered the tunnel

      Examples:
        | flag       |
        | OwnAddress |
        | Outside    |
        | NoRequest  |
        | Malformed  |
