@needs:adapter @needs:dhcp @needs:arp
Feature: DHCP server emulator
  [EP] fig. 16, 306; fig. 17, 330 to 332; fig. 23, 512 and 514: DHCP requests of the local stack are answered in the
  adapter, from the client data of the tunnel server. Packets and replies: vectors/dhcp.json.

  # DHCP-07, DHCP-09, DHCP-10, DHCP-17: what each reply holds. DHCP-11, DHCP-12: where it goes. ADP-07: no message
  # enters the tunnel.
  # By flag, DHCP-01: Discover. DHCP-02: Request, Overload and Offload. DHCP-03: Nak. DHCP-05: Inform. DHCP-08:
  # Identifier. DHCP-13: RelayAgent. DHCP-14: RapidCommit. DHCP-18: Option249.
  @iut:client @DHCP-07 @DHCP-09 @DHCP-10 @DHCP-17 @ADP-07
  Rule: What a client asks is answered

    Scenario Outline: Packets flagged <flag>
      Given an adapter configured by nobody, with the client data of the dhcp vectors about The usual client data. The packet is the first that the emulator receives.
      When the stack sends the DHCP packets flagged <flag>
      Then each was answered or not as its vector says
      And none of them entered the tunnel

      @DHCP-01 @DHCP-11
      Examples:
        | flag     |
        | Discover |

      @DHCP-02 @DHCP-11
      Examples:
        | flag    |
        | Request |

      @DHCP-03 @DHCP-12
      Examples:
        | flag |
        | Nak  |

      @DHCP-05
      Examples:
        | flag   |
        | Inform |

      @DHCP-08
      Examples:
        | flag       |
        | Identifier |

      @DHCP-13
      Examples:
        | flag       |
        | RelayAgent |

      @DHCP-14
      Examples:
        | flag        |
        | RapidCommit |

      @DHCP-02
      Examples:
        | flag     |
        | Overload |
        | Offload  |

      @DHCP-18
      Examples:
        | flag      |
        | Option249 |

  @iut:client
  Rule: Odd messages

    # DHCP-10, DHCP-17: what a reply holds. DHCP-15: nothing but a reply follows. By flag, DHCP-01 and DHCP-02:
    # Odd. DHCP-13: RelayAgent. DHCP-04: OtherServer. DHCP-16: Malformed and NoRequest.
    @DHCP-10 @DHCP-15 @DHCP-17
    Scenario Outline: Odd messages flagged <flag>
      Given an adapter configured by nobody, with the client data of the dhcp vectors about The usual client data, odd messages. The packet is the first that the emulator receives.
      When the stack sends the DHCP packets flagged <flag>
      Then each was answered or not as its vector says

      @DHCP-01 @DHCP-02
      Examples:
        | flag |
        | Odd  |

      @DHCP-13
      Examples:
        | flag       |
        | RelayAgent |

      @DHCP-04
      Examples:
        | flag        |
        | OtherServer |

      @DHCP-16
      Examples:
        | flag      |
        | Malformed |
        | NoRequest |

  @iut:client @DHCP-18 @DHCP-09
  Rule: Routes are whole in each option that holds them

    Scenario Outline: <group>
      Given an adapter configured by nobody, with the client data of the dhcp vectors about <group>. The packet is the first that the emulator receives.
      When the stack sends the DHCP packets flagged Routes
      Then each was answered or not as its vector says

      Examples:
        | group             |
        | 29 routes         |
        | The default route |
        | No route          |

      @DHCP-19
      Examples:
        | group                   |
        | More than a reply holds |

  @iut:client @DHCP-15
  Rule: What wants no answer gets none

    Scenario Outline: Packets flagged <flag>
      Given an adapter configured by nobody, with the client data of the dhcp vectors about The usual client data. The packet is the first that the emulator receives.
      When the stack sends the DHCP packets flagged <flag>
      Then each was answered or not as its vector says
      And none of them entered the tunnel

      @DHCP-04
      Examples:
        | flag        |
        | OtherServer |

      @DHCP-06
      Examples:
        | flag   |
        | Silent |

      @DHCP-16
      Examples:
        | flag      |
        | Malformed |

    @DHCP-16
    Scenario: What is no request of a client
      Given an adapter configured by nobody, with the client data of the dhcp vectors about The usual client data. The packet is the first that the emulator receives.
      When the stack sends the DHCP packets flagged NoRequest
      Then each was answered or not as its vector says

  @iut:client @DHCP-19
  Rule: A reply is no longer than the client takes, and an option is in it whole or not at all

    Scenario: A short list, also for a buffer below the least
      Given an adapter configured by nobody, of a tunnel whose client data offers 10 routes
      When the stack discovers DHCP servers, without a word about what it takes
      Then the OFFER is a datagram of at most 576 octets, each option in it is whole, and the routes are there
      When the stack discovers DHCP servers, and takes datagrams of 300 octets
      Then the OFFER is a datagram of at most 576 octets, each option in it is whole, and the routes are there

    Scenario: A list just too long
      Given an adapter configured by nobody, of a tunnel whose client data offers 37 routes
      When the stack discovers DHCP servers, without a word about what it takes
      Then the OFFER is a datagram of at most 576 octets, each option in it is whole, and the routes are left out
      When the stack discovers DHCP servers, and takes datagrams of 589 octets
      Then the OFFER is a datagram of at most 589 octets, each option in it is whole, and the routes are left out

    Scenario: A long list, for large buffers and small ones
      Given an adapter configured by nobody, of a tunnel whose client data offers 60 routes
      When the stack discovers DHCP servers, without a word about what it takes
      Then the OFFER is a datagram of at most 576 octets, each option in it is whole, and the routes are left out
      When the stack discovers DHCP servers, and takes datagrams of 1500 octets
      Then the OFFER is a datagram of at most 1500 octets, each option in it is whole, and the routes are there
      When the stack discovers DHCP servers, and takes datagrams of 760 octets
      Then the OFFER is a datagram of at most 760 octets, each option in it is whole, and the routes are left out
      When the stack discovers DHCP servers, and takes datagrams of 65535 octets
      Then the OFFER is a datagram of at most 65535 octets, each option in it is whole, and the routes are there

  @iut:client @DHCP-18 @DHCP-19
  Rule: The bound holds for an ACK as for an OFFER

    # DHCP-19: the bound, and whole options. DHCP-18: the routes, where there is room.
    Scenario: An ACK: a long list, also for a large buffer
      Given an adapter configured by nobody, of a tunnel whose client data offers 60 routes
      When the stack asks for its address, without a word about what it takes
      Then the ACK is a datagram of at most 576 octets, each option in it is whole, and the routes are left out
      When the stack asks for its address, and takes datagrams of 1500 octets
      Then the ACK is a datagram of at most 1500 octets, each option in it is whole, and the routes are there
      # What a message before took says nothing of this one.
      When the stack asks for its address, without a word about what it takes
      Then the ACK is a datagram of at most 576 octets, each option in it is whole, and the routes are left out

  @iut:client @DHCP-18
  Rule: Option 249 is in an ACK as it is in an OFFER

    Scenario: A renewal that asks for option 249
      Given an adapter that nobody configures, and a scripted server
      Then an ACK has the routes as option 249 too where the stack asks for it

  @iut:client @DHCP-20
  Rule: A DHCP message to another server is a datagram like any other

    Scenario: Renewals with servers at other addresses
      Given an adapter that nobody configures, and a scripted server
      When the stack sends a DHCP request by unicast to 10.9.0.5
      Then the next DATA frame that is not empty holds exactly that datagram
      When the stack sends a DHCP request by unicast to 10.8.0.77
      Then the next DATA frame that is not empty holds exactly that datagram
      When the stack sends a DHCP request by unicast to 10.8.1.255
      Then the next DATA frame that is not empty holds exactly that datagram

  @iut:client
  Rule: By whatever way a message comes, and wherever its reply goes
    DHCP-15 decides that none enters the tunnel, DHCP-11 and DHCP-12 where a reply goes, DHCP-08 the identifier, and DHCP-19
    that one of 400 octets has no room. DHCP-02 and DHCP-03 decide which reply it is, DHCP-05 those to INFORM, and DHCP-06 and
    DHCP-16 where there is none. DHCP-14 decides what comes of rapid commit.

    @DHCP-02 @DHCP-03 @DHCP-05 @DHCP-06 @DHCP-08 @DHCP-11 @DHCP-12 @DHCP-14 @DHCP-15 @DHCP-16 @DHCP-19
    Scenario: Messages of every kind
      Given an adapter that nobody configures, and a scripted server
      Then DHCP messages of the stack get these replies, and no others
        | message                                              | reply | to              | identifier |
        | RENEWING                                             | ACK   | 10.8.0.10       | no         |
        | RENEWING, broadcast wanted                           | ACK   | 10.8.0.10       | no         |
        | REBINDING, broadcast wanted                          | ACK   | 10.8.0.10       | no         |
        | RENEWING another address                             | NAK   | 255.255.255.255 | no         |
        | RENEWING, with another address in option 50          | ACK   | 10.8.0.10       | no         |
        | INIT-REBOOT with another address, and an identifier  | NAK   | 255.255.255.255 | yes        |
        | DISCOVER with an identifier                          | OFFER | 10.8.0.10       | yes        |
        | DISCOVER with an identifier of 2 octets              | OFFER | 10.8.0.10       | yes        |
        | DISCOVER with an identifier of 65 octets             | OFFER | 10.8.0.10       | yes        |
        | DISCOVER with an identifier of 255 octets            | OFFER | 10.8.0.10       | yes        |
        | DISCOVER with an identifier of 260 octets            | OFFER | 10.8.0.10       | yes        |
        | DISCOVER with an identifier of 400 octets            | OFFER | 10.8.0.10       | no         |
        | INIT-REBOOT with another address, and an identifier of 400 octets | NAK | 255.255.255.255 | no |
        | DISCOVER with an identifier in file and sname        | OFFER | 10.8.0.10       | yes        |
        | DISCOVER with an identifier of type 0                | OFFER | 10.8.0.10       | yes        |
        | DISCOVER with file and sname full of letters         | OFFER | 10.8.0.10       | no         |
        | DISCOVER with rapid commit, broadcast wanted         | ACK   | 255.255.255.255 | no         |
        | DISCOVER with rapid commit, for another address      | ACK   | 10.8.0.10       | no         |
        | DISCOVER to the broadcast address of the virtual LAN | OFFER | 10.8.0.10       | no         |
        | DISCOVER to the server adapter's address             | OFFER | 10.8.0.10       | no         |
        | DISCOVER behind an option of IPv4                    | OFFER | 10.8.0.10       | no         |
        | RENEWING behind a RELEASE                            | ACK   | 10.8.0.10       | no         |
        | INIT-REBOOT behind a DECLINE                         | ACK   | 10.8.0.10       | no         |
        | DISCOVER, and the same again                         | OFFER | 10.8.0.10       | no         |
        | RENEWING, and the same again                         | ACK   | 10.8.0.10       | no         |
        | INFORM that names another server                     | ACK   | 10.8.0.10       | no         |
        | INFORM without ciaddr                                | ACK   | 10.8.0.10       | no         |
        | INFORM, broadcast wanted                             | ACK   | 10.8.0.10       | no         |
        | INFORM of nobody                                     | ACK   | 255.255.255.255 | no         |
        | DISCOVER with a wrong header checksum                | none  |                 | no         |
        | DISCOVER with an overload of 4                       | none  |                 | no         |
        | DISCOVER of hardware type 6                          | none  |                 | no         |
        | DISCOVER of a physical address of no octets          | none  |                 | no         |
        | RELEASE to all                                       | none  |                 | no         |
        | DECLINE to the server                                | none  |                 | no         |
      And none of them entered the tunnel

    @DHCP-13
    Scenario: Messages of a client with an address, by way of a relay agent
      Given an adapter that nobody configures, and a scripted server
      Then DHCP messages of the stack get these replies, and no others
        | message                            | reply | to        | identifier |
        | RENEWING by way of a relay agent   | ACK   | 10.8.0.77 | no         |
        | INFORM by way of a relay agent     | ACK   | 10.8.0.77 | no         |
        | REBINDING another, by way of a relay agent | NAK | 10.8.0.77 | no   |

    # DHCP-07: the lease time is in each ACK; DHCP-02: also in the one to RENEWING.
    @DHCP-02 @DHCP-07
    Scenario: A lease that is renewed after a while is as long as the first
      Given an adapter that nobody configures, and a scripted server
      Then leases that the stack is granted 2500 ms one after the other are each of 3600 s

    @DHCP-10
    Scenario: Replies at the edges of the UDP checksum
      Given an adapter that nobody configures, and a scripted server
      Then the checksum of the OFFER is right where it
        | is that of any transaction id              |
        | comes to 0, which is sent as ffff          |
        | has a carry that brings another one with it |
