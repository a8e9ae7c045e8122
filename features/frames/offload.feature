Feature: Partial checksums and segmentation
  [EP] fig. 9 with flags 0 and 1, section 7.7: datagrams whose checksum or cutting a local stack left to its adapter. The frames
  are those of vectors/offload.json, made anew with the keys of each connection by a path that shares no code with the reference.
  Whether an end point leaves work to its peer is its choice, and so is whether it does the work itself or has its stack do
  it; what it sends has to be right, and programs have to get every octet.

  @needs:offload @iut:server
  Rule: A tunnel server selects bits 0 and 1 where they are asked for, and nothing else

    # RESP-12: with 0x0101. RESP-13: that it is these bits alone. RESP-09: where they are asked for.
    @RESP-09 @RESP-12 @RESP-13
    Scenario Outline: Options of RESPONSE where the operator wants <words>, transform <transform>
      Given a tunnel server configured with
        """
        { "dataOptions": [<words>] }
        """
      Then these options of REQUEST give these of RESPONSE, with transform <transform>
        | 0x0000 | 0x0000 |
        | 0x0001 | <one>  |
        | 0x0003 | <both> |
        | 0x000c | 0x0000 |
        | 0xffff | <both> |

      Examples:
        | words                      | transform        | one    | both   |
        | "checksum", "segmentation" | chacha20poly1305 | 0x0001 | 0x0003 |
        | "checksum"                 | chacha20poly1305 | 0x0001 | 0x0001 |

      @needs:aes256ctr-hmacsha256
      Examples:
        | words                      | transform            | one    | both   |
        | "checksum", "segmentation" | aes256ctr-hmacsha256 | 0x0000 | 0x0000 |

  @needs:offload @iut:client @REQ-20
  Rule: A tunnel initiator asks for what its user wants

    Scenario Outline: Options of REQUEST where the user wants <words>
      Given a tunnel initiator that waits for a command to connect again, configured with
        """
        { "dataOptions": [<words>] }
        """
      Then REQUEST asks for the options <options>

      Examples:
        | words                      | options |
        | "checksum"                 | 0x0001  |
        | "checksum", "segmentation" | 0x0003  |

  @needs:offload @needs:adapter @iut:server
  Rule: A tunnel server takes datagrams that lack something, and none that is wrong

    # OFF-01: what comes out, once each and in its order. KEY-02: a CLOSE at the right count is no truncation.
    @OFF-01 @KEY-02
    Scenario Outline: At a server: frames that open, transform <transform>
      Given a tunnel server under attack with transform <transform>, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      When the frames of the offload vectors that open are made anew and sent, with transform <transform>
      Then each of at least 21 was answered as its vector says

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

    # OFF-02: flag Header. DATA-05: Padding. TRF-03: Changed. DATA-10: the one answer.
    @OFF-02 @DATA-05 @DATA-10 @TRF-03 @needs:bundles
    Scenario Outline: At a server: frames that do not, transform <transform>
      Given a tunnel server under attack with transform <transform>, configured with
        """
        { "dataOptions": ["checksum", "segmentation", "bundle"] }
        """
      When the frames of the offload vectors that are an integrity failure are made anew and sent, with transform <transform>
      Then each of at least 30 was answered as its vector says

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

    @OFF-03
    Scenario Outline: At a server: datagrams that cannot lack this, transform <transform>
      Given a tunnel server under attack with transform <transform>, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      When the frames of the offload vectors whose datagram is dropped are made anew and sent, with transform <transform>
      Then each of at least 20 was answered as its vector says

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

  @needs:offload @needs:adapter @iut:server
  Rule: What passes between a tunnel server's stack and its peer is whole where it is used

    # ADP-08: the source. ADP-37: the port. ADP-39: the destination.
    @ADP-08 @ADP-37 @ADP-39
    Scenario: At a server: frames with flag 0 whose datagram may not pass
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      Then of frames with flag 0 these datagrams do not arrive
        | from      | to        | port |
        | 10.8.0.77 | 10.8.0.1  | 7    |
        | 10.9.0.5  | 10.8.0.1  | 7    |
        | 10.8.0.10 | 10.8.0.77 | 7    |
        | 10.8.0.10 | 10.77.0.1 | 7    |
        | 10.8.0.10 | 10.8.0.1  | 68   |

    # OFF-01: the program has every octet. OFF-04: each frame of the stack's is judged. OFF-05: with bit 0 alone, what is
    # to be cut is cut.
    @OFF-01 @OFF-04 @OFF-05
    Scenario Outline: At a server: TCP with the stack, options <options>
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      Then a program reads what the peer sends by TCP in such frames, and answers in right ones, with the options <options>

      Examples:
        | options |
        | 0x0001  |
        | 0x0003  |

    @OFF-05
    Scenario: At a server: TCP with the stack, nothing negotiated
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      Then a program reads what the peer sends by TCP in such frames, and answers in right ones, with the options 0x0000

    @OFF-05
    Scenario: At a server: TCP with the stack, bit 1 without bit 0
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      Then a program reads what the peer sends by TCP in such frames, and answers in right ones, with the options 0x0002

    @DATA-06 @OFF-02
    Scenario Outline: At a server: flags <flags> where <options> was negotiated
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      Then with the options <options> a frame with flags <flags> is an integrity failure

      Examples:
        | options | flags  |
        | 0x0000  | 0x0001 |
        | 0x0000  | 0x0003 |
        | 0x0001  | 0x0003 |
        | 0x0002  | 0x0001 |
        | 0x0002  | 0x0003 |

  @needs:offload @needs:adapter @iut:client
  Rule: A tunnel initiator takes datagrams that lack something, and none that is wrong

    # OFF-01: what comes out, once each and in its order. KEY-02: a CLOSE at the right count is no truncation.
    @OFF-01 @KEY-02
    Scenario Outline: At an initiator: frames that open, transform <transform>
      Given a tunnel initiator under attack with transform <transform>, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      When the frames of the offload vectors that open are made anew and sent, with transform <transform>
      Then each of at least 21 was answered as its vector says

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

    # OFF-02: flag Header. DATA-05: Padding. TRF-03: Changed. DATA-10: the one answer.
    @OFF-02 @DATA-05 @DATA-10 @TRF-03 @needs:bundles
    Scenario Outline: At an initiator: frames that do not, transform <transform>
      Given a tunnel initiator under attack with transform <transform>, configured with
        """
        { "dataOptions": ["checksum", "segmentation", "bundle"] }
        """
      When the frames of the offload vectors that are an integrity failure are made anew and sent, with transform <transform>
      Then each of at least 30 was answered as its vector says

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

    @OFF-03
    Scenario Outline: At an initiator: datagrams that cannot lack this, transform <transform>
      Given a tunnel initiator under attack with transform <transform>, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      When the frames of the offload vectors whose datagram is dropped are made anew and sent, with transform <transform>
      Then each of at least 20 was answered as its vector says

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

  @needs:offload @needs:adapter @iut:client
  Rule: What passes between a tunnel initiator's stack and its peer is whole where it is used

    # OFF-01: the program has every octet. OFF-04: each frame of the stack's is judged. OFF-05: with bit 0 alone, what is
    # to be cut is cut.
    @OFF-01 @OFF-04 @OFF-05
    Scenario Outline: At an initiator: TCP with the stack, options <options>
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      Then a program reads what the peer sends by TCP in such frames, and answers in right ones, with the options <options>

      Examples:
        | options |
        | 0x0001  |
        | 0x0003  |

    @OFF-05
    Scenario: At an initiator: TCP with the stack, nothing negotiated
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      Then a program reads what the peer sends by TCP in such frames, and answers in right ones, with the options 0x0000

    # By row, ADP-33: another destination. ADP-34 and ADP-35: another source. ADP-37: its port.
    @ADP-33 @ADP-34 @ADP-35 @ADP-37
    Scenario: At an initiator: frames with flag 0 whose datagram may not pass
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      Then of frames with flag 0 these datagrams do not arrive
        | from      | to        | port |
        | 10.8.0.1  | 10.8.0.99 | 9    |
        | 10.8.0.1  | 10.77.0.1 | 9    |
        | 192.0.2.1 | 10.8.0.10 | 9    |
        | 10.77.0.2 | 10.8.0.10 | 9    |
        | 10.8.0.1  | 10.8.0.10 | 68   |

    @DATA-06 @OFF-02
    Scenario Outline: At an initiator: flags <flags> where <options> was negotiated
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      Then with the options <options> a frame with flags <flags> is an integrity failure

      Examples:
        | options | flags  |
        | 0x0000  | 0x0001 |
        | 0x0000  | 0x0003 |
        | 0x0001  | 0x0003 |
        | 0x0002  | 0x0001 |
        | 0x0002  | 0x0003 |

  @needs:offload @needs:adapter @needs:arp @needs:routes @iut:client @iut:server
  Rule: Whichever end wants flags, hosts and programs get every octet

    # OFF-01: at both ends. OFF-05: at one.
    @OFF-01 @OFF-05
    Scenario Outline: TCP with a host behind the server, where <who> flags
      Given a private network behind the server, with the node 10.9.0.7
      And a tunnel of which <who> flags 0 and 1
      When 8 MiB go by TCP from client to 10.9.0.7 and back
      Then every octet arrived: SHA-256 is equal at both ends

      Examples:
        | who                    |
        | both ends want         |
        | the client alone wants |
        | the server alone wants |

    # OFF-01: what the host gets is complete, and cut. OFF-05: what an end point sends that wants no flags is.
    @OFF-01 @OFF-05
    Scenario Outline: On the network behind the server, whose cards take <mtu> octets, where <who> flags
      Given a private network behind the server, with the node 10.9.0.7
      And the cards on the way to 10.9.0.7 take no work off the stacks, and at most <mtu> octets
      And a tunnel of which <who> flags 0 and 1
      When 2 MiB go by TCP from client to 10.9.0.7 and back
      And UDP goes from client to the ports 67 and 5001 of 10.9.0.7 and back
      Then every octet arrived: SHA-256 is equal at both ends
      And every packet on the way to 10.9.0.7 is whole, and has no more than <mtu> octets

      Examples:
        | mtu  | who                    |
        | 1500 | both ends want         |
        | 1280 | both ends want         |
        | 1280 | the client alone wants |
        | 1280 | the server alone wants |

  @needs:offload @needs:adapter @needs:client-to-client @iut:server @OFF-05 @OFF-06
  Rule: Between initiators of which one wants flags and the other does not

    Scenario: At a server: long datagrams and partial checksums from one to the other
      Then what alice sends bob in datagrams that lack something comes to bob, who wants no flags, in right ones
