Feature: Bundles
  [EP] fig. 9 with flag 3, section 7.6: several datagrams in one DATA frame. The frames are those of vectors/bundles.json, made
  anew with the keys of each connection by a path that shares no code with the reference. Whether an end point bundles what it
  sends is its choice; what it sends has to be right.

  @needs:bundles @iut:server
  Rule: A tunnel server selects bit 3 where it is asked for, and nothing else

    # RESP-12: with 0x0101 and 0x0102. RESP-13: that it is bit 3 alone. RESP-09: where it is asked for.
    @RESP-09 @RESP-12 @RESP-13
    Scenario Outline: Options of RESPONSE, transform <transform>
      Given a tunnel server configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then these options of REQUEST give these of RESPONSE, with transform <transform>
        | 0x0000 | 0x0000       |
        | 0x0007 | 0x0000       |
        | 0x0008 | <with bit 3> |
        | 0x000f | <with bit 3> |
        | 0xffff | <with bit 3> |
        | 0xfff7 | 0x0000       |

      Examples:
        | transform        | with bit 3 |
        | chacha20poly1305 | 0x0008     |

      @needs:aes256gcm
      Examples:
        | transform | with bit 3 |
        | aes256gcm | 0x0008     |

      @needs:aes256ctr-hmacsha256
      Examples:
        | transform            | with bit 3 |
        | aes256ctr-hmacsha256 | 0x0000     |

      @needs:aes256cbc-hmacsha256
      Examples:
        | transform            | with bit 3 |
        | aes256cbc-hmacsha256 | 0x0000     |

    @RESP-13
    Scenario: At a server: options of RESPONSE where the operator wants none
      Given a tunnel server configured with
        """
        { "dataOptions": [] }
        """
      Then these options of REQUEST give these of RESPONSE, with transform chacha20poly1305
        | 0x0008 | 0x0000 |
        | 0xffff | 0x0000 |

  @iut:server @RESP-13
  Rule: A tunnel server whose operator says nothing selects no more than it implements

    Scenario: At a server: options of RESPONSE by default
      Given a tunnel server
      Then RESPONSE selects no option that is not declared, with transform chacha20poly1305

  @iut:client @REQ-20
  Rule: A tunnel initiator asks for what its user wants, or by default for no more than it implements

    @needs:bundles
    Scenario: At an initiator: bundles are asked for
      Given a tunnel initiator that waits for a command to connect again, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then REQUEST asks for the options 0x0008

    # Section 5.2: who asks for no option sends no entry 3, and nobody sends entry 2.
    @needs:bundles
    Scenario: At an initiator: neither options nor compression where the user wants none
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "dataOptions": [] }
        """
      When the server has read REQUEST
      Then REQUEST holds
        | no entry of key exchange data | 2, 3 |

    @needs:bundles @needs:reconnect
    Scenario Outline: At an initiator: options of a later REQUEST where the user wants <what>
      Given a tunnel initiator that waits for a command to connect again, configured with
        """
        { "reconnect": true, "dataOptions": <wanted> }
        """
      Then REQUEST asks for the options <options>
      When the server breaks the connection off
      Then REQUEST asks for the options <options>

      Examples:
        | what    | wanted     | options |
        | bundles | ["bundle"] | 0x0008  |
        | none    | []         | 0x0000  |

    @needs:bundles
    Scenario: At an initiator: no options where the user wants none
      Given a tunnel initiator that waits for a command to connect again, configured with
        """
        { "dataOptions": [] }
        """
      Then REQUEST asks for the options 0x0000

    Scenario: At an initiator: options of REQUEST by default
      Given a tunnel initiator that waits for a command to connect again
      Then REQUEST asks for no option that is not declared

  @needs:bundles @needs:adapter @iut:server
  Rule: A tunnel server takes bundles, and none that is wrong

    # BUN-01: that they are taken. BUN-02: what comes out, in its order. BUN-05: the IPv6 ones are of nobody, and are
    # dropped alone. BUN-08: a CLOSE at the right count is no truncation.
    @BUN-01 @BUN-02 @BUN-05 @BUN-08
    Scenario Outline: At a server: bundles that open, transform <transform>
      Given a tunnel server under attack with transform <transform>, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      When the bundles of the vectors that open are made anew and sent, with transform <transform>
      Then each of at least <count> was answered as its vector says

      Examples:
        | transform        | count |
        | chacha20poly1305 | 18    |

      @needs:aes256gcm
      Examples:
        | transform | count |
        | aes256gcm | 15    |

    # BUN-03: flags Header and Protocol. BUN-04: Few and Cut. DATA-05: Padding. TRF-03: Changed. DATA-10: the one answer.
    @BUN-03 @BUN-04 @DATA-05 @DATA-10 @TRF-03
    Scenario Outline: At a server: bundles that do not, transform <transform>
      Given a tunnel server under attack with transform <transform>, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      When the bundles of the vectors that do not open are made anew and sent, with transform <transform>
      Then each of at least 56 was answered as its vector says

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

    @BUN-03 @BUN-04 @DATA-11
    Scenario Outline: At a server: a bundle with <what>
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      When the peer seals a bundle with <what>, it is refused and nothing of it arrives

      Examples:
        | what                              |
        | one datagram alone                |
        | an octet behind the last datagram |
        | padding that is not zero          |
        | another flag as well              |
        | a datagram length                 |

    @BUN-05
    Scenario: At a server: one datagram of a bundle that may not pass
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then of bundles in which one datagram may not pass all the others arrive

    # BUN-06: the form. BUN-08: each is one step of the counter. ADP-15: nothing of a datagram changed, none is missing.
    @BUN-06 @BUN-08 @ADP-15
    Scenario: At a server: bundles that it sends
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then bursts of the stack come in right DATA frames, bundles or not, complete and in their order

    # BUN-06: the protocol is that of the first datagram.
    @BUN-06 @needs:ipv6
    Scenario: At a server: bundles that it sends in IPv6
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"], "adapter": { "address6": "fd00:8::1/48" } }
        """
      Then bursts of the stack in IPv6 come in right DATA frames, bundles or not, complete and in their order

    # BUN-06: that it is no bundle.
    @BUN-06 @BUN-07
    Scenario: At a server: a lone datagram waits for no other
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then a lone datagram of the stack comes before another is sent

    @DATA-06
    Scenario: At a server: where bundles were not negotiated
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then to a peer that wants none, bursts of the stack come in lone datagrams, and its bundle is an integrity failure

    @BUN-08 @SRV-20 @needs:timers @needs:lifetimes
    Scenario Outline: At a server: bundles use up a key of <bound>
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"], "timers": { "expiryGrace": 100 }, "lifetime": { <lifetime> } }
        """
      Then bundles use the key up at <bound>, and not before

      Examples:
        | bound        | lifetime        |
        | 20 frames    | "frames": 20    |
        | 65536 octets | "octets": 65536 |

  @needs:bundles @needs:adapter @iut:client
  Rule: A tunnel initiator takes bundles, and none that is wrong

    # BUN-01: that they are taken. BUN-02: what comes out, in its order. BUN-05: the IPv6 ones are of nobody, and are
    # dropped alone. BUN-08: a CLOSE at the right count is no truncation.
    @BUN-01 @BUN-02 @BUN-05 @BUN-08
    Scenario Outline: At an initiator: bundles that open, transform <transform>
      Given a tunnel initiator under attack with transform <transform>, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      When the bundles of the vectors that open are made anew and sent, with transform <transform>
      Then each of at least <count> was answered as its vector says

      Examples:
        | transform        | count |
        | chacha20poly1305 | 18    |

      @needs:aes256gcm
      Examples:
        | transform | count |
        | aes256gcm | 15    |

    # BUN-03: flags Header and Protocol. BUN-04: Few and Cut. DATA-05: Padding. TRF-03: Changed. DATA-10: the one answer.
    @BUN-03 @BUN-04 @DATA-05 @DATA-10 @TRF-03
    Scenario Outline: At an initiator: bundles that do not, transform <transform>
      Given a tunnel initiator under attack with transform <transform>, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      When the bundles of the vectors that do not open are made anew and sent, with transform <transform>
      Then each of at least 56 was answered as its vector says

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

    @BUN-03 @BUN-04 @DATA-11
    Scenario Outline: At an initiator: a bundle with <what>
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      When the peer seals a bundle with <what>, it is refused and nothing of it arrives

      Examples:
        | what                              |
        | one datagram alone                |
        | an octet behind the last datagram |
        | padding that is not zero          |
        | another flag as well              |
        | a datagram length                 |
        | a segment size                    |

    @BUN-05
    Scenario: At an initiator: one datagram of a bundle that may not pass
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then of bundles in which one datagram may not pass all the others arrive

    # BUN-06: the form. BUN-08: each is one step of the counter. ADP-15: nothing of a datagram changed, none is missing.
    @BUN-06 @BUN-08 @ADP-15
    Scenario: At an initiator: bundles that it sends
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then bursts of the stack come in right DATA frames, bundles or not, complete and in their order

    # BUN-06: the protocol is that of the first datagram.
    @BUN-06 @needs:ipv6
    Scenario: At an initiator: bundles that it sends in IPv6
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then bursts of the stack in IPv6 come in right DATA frames, bundles or not, complete and in their order

    # BUN-06: that it is no bundle.
    @BUN-06 @BUN-07
    Scenario: At an initiator: a lone datagram waits for no other
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then a lone datagram of the stack comes before another is sent

    @DATA-06
    Scenario: At an initiator: where bundles were not negotiated
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then to a peer that wants none, bursts of the stack come in lone datagrams, and its bundle is an integrity failure

    @DATA-06
    Scenario: At an initiator: where bundles were negotiated on the connection before
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then bursts of the stack come in right DATA frames, bundles or not, complete and in their order
      When the peer ends the session
      Then to a peer that wants none, bursts of the stack come in lone datagrams, and its bundle is an integrity failure

    @BUN-08 @INI-09 @needs:lifetimes
    Scenario Outline: At an initiator: bundles use up a key of <bound>
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"], "lifetime": { <lifetime> } }
        """
      Then bundles use the key up at <used up at>, and not before

      Examples:
        | bound        | lifetime        | used up at   |
        | 20 frames    | "frames": 20    | 18 frames    |
        | 65540 octets | "octets": 65540 | 58986 octets |
