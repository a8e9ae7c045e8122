@needs:adapter @needs:arp
Feature: ARP server emulator
  [EP] fig. 16, 304; fig. 17, 324 to 328; fig. 23, 516 and 518: ARP requests of the local stack are answered in the
  adapter, always with the reserved physical address of the server's adapter. Packets and replies: vectors/arp.json.

  # ARP-01: the rows about the server's adapter. ARP-02: those about other nodes. ARP-06: those by unicast. ARP-09,
  # ADP-07: none enters the tunnel.
  @iut:client @ARP-01 @ARP-02 @ARP-06 @ARP-09 @ADP-07
  Rule: Requests for nodes of the virtual LAN are answered, broadcast or unicast

    Scenario: ARP requests for nodes of the virtual LAN
      Given an adapter configured by nobody, with the client data of the arp vectors about One virtual LAN, one client.
      When the stack sends the ARP packets flagged Request
      Then each was answered or not as its vector says
      And none of them entered the tunnel

  # ARP-03: OwnAddress, of which ARP-04 the announcements. ARP-05: Outside, of which ARP-10 the broadcast address.
  # ARP-07: NoRequest and Malformed. ARP-09, ADP-06: none enters the tunnel.
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

  # ARP-01: Request. ARP-03: OwnAddress. ARP-05: Outside. ARP-10: Network.
  @iut:client @ARP-01 @ARP-03 @ARP-05
  Rule: The virtual LAN is as large as its prefix length says

    Scenario: No network address and no broadcast address
      Given an adapter configured by nobody, with the client data of the arp vectors about A virtual LAN of prefix length 31.
      When the stack sends the ARP packets flagged Request
      And the stack sends the ARP packets flagged Outside
      And the stack sends the ARP packets flagged OwnAddress
      Then each was answered or not as its vector says

    @ARP-10
    Scenario Outline: <lan>
      Given an adapter configured by nobody, with the client data of the arp vectors about <lan>
      When the stack sends the ARP packets flagged Request
      And the stack sends the ARP packets flagged Outside
      And the stack sends the ARP packets flagged OwnAddress
      And the stack sends the ARP packets flagged Network
      Then each was answered or not as its vector says

      Examples:
        | lan                                |
        | A virtual LAN of prefix length 16. |
        | A virtual LAN of prefix length 25. |
        | A virtual LAN of prefix length 30. |
        | More questions in one virtual LAN. |

  @iut:client @ARP-04 @ARP-07
  Rule: More packets that ask nothing

    Scenario: Packets flagged NoRequest or Malformed
      Given an adapter configured by nobody, with the client data of the arp vectors about More questions in one virtual LAN.
      When the stack sends the ARP packets flagged NoRequest
      And the stack sends the ARP packets flagged Malformed
      Then each was answered or not as its vector says

  @iut:client @ARP-02 @ARP-03 @ARP-04 @ARP-05 @ARP-07 @ARP-10
  Rule: At the edges of the virtual LAN
    ARP-03 decides the rows about 10.8.0.10, the client's own, ARP-04 those of which sender and target are the same, ARP-05
    those outside 10.8.0.0/24, ARP-07 those of another form, ARP-10 its first and its last address, and ARP-02 those that are
    answered.

    Scenario: Questions of the client's stack
      Given an adapter that nobody configures, and a scripted server
      Then ARP requests of the stack are answered, or not, as the table says
        | target          | sender    | form        | answered |
        | 10.8.0.1        | 10.8.0.10 | a broadcast | yes      |
        | 10.8.0.1        | 0.0.0.0   | a broadcast | yes      |
        | 10.8.0.2        | 10.8.0.10 | by unicast  | yes      |
        | 10.8.0.254      | 10.8.0.10 | a broadcast | yes      |
        | 10.8.0.10       | 0.0.0.0   | a broadcast | no       |
        | 10.8.0.10       | 10.8.0.1  | a broadcast | no       |
        | 10.8.0.10       | 10.8.0.77 | by unicast  | no       |
        | 10.8.0.10       | 10.8.0.10 | a broadcast | no       |
        | 10.8.0.77       | 10.8.0.77 | a broadcast | no       |
        | 10.8.0.77       | 10.8.0.10 | a broadcast | yes      |
        | 10.8.0.2        | 10.8.0.78 | of another station | yes |
        | 10.8.0.2        | 10.8.0.79 | of a station of 00:16:3e:00:00:77 | yes |
        | 10.8.0.2        | 10.8.0.10 | in an Ethernet packet of another | yes |
        | 10.8.0.2        | 10.8.0.10 | with padding | yes |
        | 10.8.0.1        | 10.8.0.10 | of hardware type 0x0101 | no |
        | 10.8.0.1        | 10.8.0.10 | of protocol 0806 | no      |
        | 10.8.0.1        | 10.8.0.10 | of operation 0x0101 | no   |
        | 10.8.0.1        | 10.8.0.1  | a broadcast | no       |
        | 10.8.0.0        | 10.8.0.10 | a broadcast | no       |
        | 10.8.0.255      | 10.8.0.10 | a broadcast | no       |
        | 10.7.255.255    | 10.8.0.10 | a broadcast | no       |
        | 10.8.1.1        | 10.8.0.10 | a broadcast | no       |
        | 10.9.0.5        | 10.8.0.10 | a broadcast | no       |
        | 0.0.0.0         | 10.8.0.10 | a broadcast | no       |
        | 255.255.255.255 | 10.8.0.10 | a broadcast | no       |

  @iut:server
  Rule: The server's adapter answers for confirmed clients, and for nobody else
    ARP-08 decides the rows that are answered, and of the others ARP-11 those about an address of the virtual LAN that no
    client has, ARP-10 its first and its last address, ARP-05 those outside, ARP-04 the announcements, ARP-07 the form.
    ARP-06 decides the rows by unicast and of a station, ARP-09 what alice receives, DHCP-01 the messages of DHCP.

    @ARP-04 @ARP-05 @ARP-06 @ARP-07 @ARP-08 @ARP-09 @ARP-10 @ARP-11 @DHCP-01
    Scenario: Questions of the server's stack
      Given a tunnel server's adapter with alice authorized
      Then ARP requests of the stack are answered, or not, as the table says
        | target          | sender     | form                              | answered |
        | 10.8.0.10       | 10.8.0.1   | a broadcast                       | yes      |
        | 10.8.0.10       | 10.8.0.1   | by unicast                        | yes      |
        | 10.8.0.10       | 10.8.0.1   | by unicast, of a station it knows | yes      |
        | 10.8.0.10       | 10.8.0.1   | of a station that is not there    | yes      |
        | 10.8.0.10       | 10.8.0.1   | with padding                      | yes      |
        | 10.8.0.10       | 10.77.0.2  | a broadcast                       | yes      |
        | 10.8.0.10       | 10.8.0.10  | a broadcast                       | no       |
        | 10.8.0.1        | 0.0.0.0    | a broadcast                       | no       |
        | 10.8.0.1        | 10.8.0.1   | a broadcast                       | no       |
        | 10.8.0.1        | 10.8.0.10  | a broadcast                       | no       |
        | 10.8.0.11       | 10.8.0.1   | a broadcast                       | no       |
        | 10.8.0.77       | 10.8.0.1   | a broadcast                       | no       |
        | 10.8.0.77       | 10.8.0.77  | a broadcast                       | no       |
        | 10.8.0.0        | 10.8.0.1   | a broadcast                       | no       |
        | 10.8.0.255      | 10.8.0.1   | a broadcast                       | no       |
        | 10.8.1.10       | 10.8.0.1   | a broadcast                       | no       |
        | 10.9.0.5        | 10.8.0.1   | a broadcast                       | no       |
        | 10.8.0.10       | 10.8.0.1   | as a reply                        | no       |
        | 10.8.0.10       | 10.8.0.1   | of operation 3                    | no       |
        | 10.8.0.10       | 10.8.0.1   | of hardware type 6                | no       |
        | 10.8.0.10       | 10.8.0.1   | of protocol 86DD                  | no       |
        | 10.8.0.10       | 10.8.0.1   | of physical addresses of 8 octets | no       |
        | 10.8.0.10       | 10.8.0.1   | of network addresses of 16 octets | no       |
      And alice receives nothing before the next datagram for her
      And no DHCP message of the vectors is answered to the stack

    @ARP-11
    Scenario: Questions about a client that has gone
      Given a tunnel server's adapter with alice and bob authorized
      Then ARP requests of the stack are answered, or not, as the table says
        | target    | sender   | form        | answered |
        | 10.8.0.11 | 10.8.0.1 | a broadcast | yes      |
      When bob's session has ended
      Then ARP requests of the stack are answered, or not, as the table says
        | target    | sender   | form        | answered |
        | 10.8.0.11 | 10.8.0.1 | a broadcast | no       |
        | 10.8.0.11 | 10.8.0.1 | by unicast  | no       |

    @ARP-11
    Scenario: Questions about a client that is not confirmed
      Given a tunnel server's adapter with alice and bob authorized
      When bob's session has ended
      And bob has opened RESPONSE, and does not confirm it
      Then ARP requests of the stack are answered, or not, as the table says
        | target    | sender   | form        | answered |
        | 10.8.0.11 | 10.8.0.1 | a broadcast | no       |
        | 10.8.0.10 | 10.8.0.1 | a broadcast | yes      |

    Scenario Outline: Questions about a client that <what>
      Given a tunnel server's adapter with alice and bob authorized
      When the connection of bob ends, who <what>
      Then ARP requests of the stack are answered, or not, as the table says
        | target    | sender   | form        | answered |
        | 10.8.0.11 | 10.8.0.1 | a broadcast | no       |
        | 10.8.0.10 | 10.8.0.1 | a broadcast | yes      |

      @ARP-11
      Examples:
        | what                         |
        | resets it                    |
        | ends his stream, and no more |
        | says "key expired"           |
        | says "shutting down"         |

    # ARP-11: who is answered for. SRV-16: what a session has that is not confirmed.
    @ARP-11 @SRV-16
    Scenario: Questions about a client whose session ends, and of whose name one is there that is not confirmed
      Given a tunnel server's adapter with alice and bob authorized
      When bob has opened RESPONSE, and does not confirm it
      And bob's session has ended
      Then ARP requests of the stack are answered, or not, as the table says
        | target    | sender   | form        | answered |
        | 10.8.0.11 | 10.8.0.1 | a broadcast | no       |
        | 10.8.0.10 | 10.8.0.1 | a broadcast | yes      |

    # ARP-11: addresses behind a client, which are not its own. ARP-05: they are outside the virtual LAN. ARP-08: who has no
    # address yet asks like anybody (RFC 5227 §2.1).
    @ARP-05 @ARP-08 @ARP-11
    Scenario: Questions about a network behind a client, and of a station that has no address yet
      Given a tunnel server's adapter with alice authorized, and 10.20.0.0/24 behind her
      Then ARP requests of the stack are answered, or not, as the table says
        | target    | sender   | form        | answered |
        | 10.20.0.5 | 10.8.0.1 | a broadcast | no       |
        | 10.20.0.5 | 10.8.0.1 | by unicast  | no       |
        | 10.8.0.10 | 0.0.0.0  | a broadcast | yes      |
