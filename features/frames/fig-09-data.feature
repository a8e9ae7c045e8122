Feature: Data frame
  [EP] fig. 9: length 170, type 172, version 174, what describes the datagram 176 to 182, padding length 184, digest length
  186, digest 187, datagram 188, padding 189. Here the sender holds the key and seals what it must not, each frame on a
  connection of its own. Nothing has to be declared: the answer on the wire decides.

  @iut:server @DATA-10 @SRV-12
  Rule: A tunnel server refuses a frame whose digest is right and whose header or padding is not

    # DATA-10: the answer is one and the same. SRV-12: it is a keyed CLOSE, and the end. The other requirement: that there is one;
    # TRF-03: of a header that is not the sealed one.
    Scenario Outline: At a server: <what>, AEAD transforms
      Given a tunnel server that is authorized again and again
      Then a DATA frame with <what> is an integrity failure, with each AEAD transform

      @DATA-02
      Examples:
        | what             |
        | another protocol |

      @DATA-03
      Examples:
        | what                       |
        | lengths that do not add up |

      @DATA-04
      Examples:
        | what                  |
        | another digest length |

      @DATA-05
      Examples:
        | what               |
        | what is no padding |

      @DATA-06
      Examples:
        | what                    |
        | flags or a segment size |

      @TRF-03
      Examples:
        | what                                 |
        | a header that was changed on the way |

    # DATA-02, DATA-03, DATA-04 and DATA-06: each a step in this order. TRF-07 asks for the same, since the digest of 0x01xx
    # does not cover the header. DATA-10 and SRV-12: the answer.
    @DATA-02 @DATA-03 @DATA-04 @DATA-06 @TRF-07
    Scenario Outline: At a server: a header that is not canonical, transform <transform>
      Given a tunnel server that is authorized again and again
      Then a DATA frame with another protocol is an integrity failure, with transform <transform>
      And a DATA frame with lengths that do not add up is an integrity failure, with transform <transform>
      And a DATA frame with another digest length is an integrity failure, with transform <transform>
      And a DATA frame with flags or a segment size is an integrity failure, with transform <transform>

      @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |

      @needs:aes256cbc-hmacsha256
      Examples:
        | transform            |
        | aes256cbc-hmacsha256 |

    # DATA-05: padding that is not zero, or not there. TRF-07: the digest does not cover its length. TRF-08: of 0x0102.
    # DATA-07: another digest and another counter, which TRF-01, TRF-02, TRF-03 and TRF-05 say how to make.
    # TRF-10: that its fault looks like any other. DATA-10 and SRV-12: the answer.
    Scenario Outline: At a server: <what>, transform <transform>
      Given a tunnel server that is authorized again and again
      Then a DATA frame with <what> is an integrity failure, with transform <transform>

      @DATA-05 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | what               | transform            |
        | what is no padding | aes256ctr-hmacsha256 |

      @DATA-05 @TRF-07 @TRF-08 @TRF-10 @needs:aes256cbc-hmacsha256
      Examples:
        | what               | transform            |
        | what is no padding | aes256cbc-hmacsha256 |

      @DATA-07 @TRF-02
      Examples:
        | what                      | transform        |
        | another digest or counter | chacha20poly1305 |

      @DATA-07 @TRF-01 @TRF-03 @needs:aes256gcm
      Examples:
        | what                      | transform |
        | another digest or counter | aes256gcm |

      @DATA-07 @TRF-05 @needs:aes256ctr-hmacsha256
      Examples:
        | what                      | transform            |
        | another digest or counter | aes256ctr-hmacsha256 |

      @DATA-07 @TRF-05 @needs:aes256cbc-hmacsha256
      Examples:
        | what                      | transform            |
        | another digest or counter | aes256cbc-hmacsha256 |

  @iut:server @DATA-16
  Rule: A tunnel server judges a datagram by its first nibble alone

    Scenario: At a server: a first nibble that is right, whatever else is not
      Given a tunnel server that is authorized again and again
      Then DATA frames whose datagrams are right in their first nibble alone end nothing, with each transform

  @iut:server @DATA-11 @needs:adapter
  Rule: Nothing of what a tunnel server refuses reaches its adapter, nor what comes behind it

    Scenario: At a server: the control, a frame with nothing wrong
      Given a tunnel server under attack with transform chacha20poly1305
      When the peer seals a DATA frame with nothing wrong, it arrives

    # DATA-11: nothing arrives. The other requirement: that it is refused also where datagrams have passed before.
    Scenario Outline: At a server: a frame with <what>
      Given a tunnel server under attack with transform chacha20poly1305
      When the peer seals a DATA frame with <what>, it is refused and nothing of it arrives

      @DATA-05
      Examples:
        | what                     |
        | padding that is not zero |

      @DATA-06
      Examples:
        | what                           |
        | a flag that was not negotiated |

      @DATA-02
      Examples:
        | what                                       |
        | the protocol of IPv6 over an IPv4 datagram |

  @iut:client @DATA-10
  Rule: A tunnel initiator refuses a frame whose digest is right and whose header or padding is not

    # DATA-10: the answer is one and the same. The other requirement: that there is one;
    # TRF-03: of a header that is not the sealed one.
    Scenario Outline: At an initiator: <what>, AEAD transforms
      Given a tunnel initiator that is authorized again and again
      Then a DATA frame with <what> is an integrity failure, with each AEAD transform

      @DATA-02
      Examples:
        | what             |
        | another protocol |

      @DATA-03
      Examples:
        | what                       |
        | lengths that do not add up |

      @DATA-04
      Examples:
        | what                  |
        | another digest length |

      @DATA-05
      Examples:
        | what               |
        | what is no padding |

      @DATA-06
      Examples:
        | what                    |
        | flags or a segment size |

      @TRF-03
      Examples:
        | what                                 |
        | a header that was changed on the way |

    # DATA-02, DATA-03, DATA-04 and DATA-06: each a step in this order. TRF-07 asks for the same, since the digest of 0x01xx
    # does not cover the header. DATA-10: the answer.
    @DATA-02 @DATA-03 @DATA-04 @DATA-06 @TRF-07
    Scenario Outline: At an initiator: a header that is not canonical, transform <transform>
      Given a tunnel initiator that is authorized again and again
      Then a DATA frame with another protocol is an integrity failure, with transform <transform>
      And a DATA frame with lengths that do not add up is an integrity failure, with transform <transform>
      And a DATA frame with another digest length is an integrity failure, with transform <transform>
      And a DATA frame with flags or a segment size is an integrity failure, with transform <transform>

      @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |

      @needs:aes256cbc-hmacsha256
      Examples:
        | transform            |
        | aes256cbc-hmacsha256 |

    # DATA-05: padding that is not zero, or not there. TRF-07: the digest does not cover its length. TRF-08: of 0x0102.
    # DATA-07: another digest and another counter, which TRF-01, TRF-02, TRF-03 and TRF-05 say how to make.
    # TRF-10: that its fault looks like any other. DATA-10: the answer.
    Scenario Outline: At an initiator: <what>, transform <transform>
      Given a tunnel initiator that is authorized again and again
      Then a DATA frame with <what> is an integrity failure, with transform <transform>

      @DATA-05 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | what               | transform            |
        | what is no padding | aes256ctr-hmacsha256 |

      @DATA-05 @TRF-07 @TRF-08 @TRF-10 @needs:aes256cbc-hmacsha256
      Examples:
        | what               | transform            |
        | what is no padding | aes256cbc-hmacsha256 |

      @DATA-07 @TRF-02
      Examples:
        | what                      | transform        |
        | another digest or counter | chacha20poly1305 |

      @DATA-07 @TRF-01 @TRF-03 @needs:aes256gcm
      Examples:
        | what                      | transform |
        | another digest or counter | aes256gcm |

      @DATA-07 @TRF-05 @needs:aes256ctr-hmacsha256
      Examples:
        | what                      | transform            |
        | another digest or counter | aes256ctr-hmacsha256 |

      @DATA-07 @TRF-05 @needs:aes256cbc-hmacsha256
      Examples:
        | what                      | transform            |
        | another digest or counter | aes256cbc-hmacsha256 |

  @iut:client @DATA-16
  Rule: A tunnel initiator judges a datagram by its first nibble alone

    Scenario: At an initiator: a first nibble that is right, whatever else is not
      Given a tunnel initiator that is authorized again and again
      Then DATA frames whose datagrams are right in their first nibble alone end nothing, with each transform

  @iut:client @DATA-11 @needs:adapter
  Rule: Nothing of what a tunnel initiator refuses reaches its adapter, nor what comes behind it

    Scenario: At an initiator: the control, a frame with nothing wrong
      Given a tunnel initiator under attack with transform chacha20poly1305
      When the peer seals a DATA frame with nothing wrong, it arrives

    # DATA-11: nothing arrives. The other requirement: that it is refused also where datagrams have passed before.
    Scenario Outline: At an initiator: a frame with <what>
      Given a tunnel initiator under attack with transform chacha20poly1305
      When the peer seals a DATA frame with <what>, it is refused and nothing of it arrives

      @DATA-05
      Examples:
        | what                     |
        | padding that is not zero |

      @DATA-06
      Examples:
        | what                           |
        | a flag that was not negotiated |

      @DATA-02
      Examples:
        | what                                       |
        | the protocol of IPv6 over an IPv4 datagram |
