Feature: Data frame
  [EP] fig. 9: length 170, type 172, version 174, what describes the datagram 176 to 182, padding length 184, digest length
  186, digest 187, datagram 188, padding 189. Here the sender holds the key and seals what it must not, each frame on a
  connection of its own. Nothing has to be declared: the answer on the wire decides.

  @iut:server @DATA-10 @SRV-12
  Rule: A tunnel server refuses a frame whose digest is right and whose header or padding is not

    # DATA-10: the answer is one and the same. SRV-12: it is a keyed CLOSE, and the end. DATA-02 to DATA-06: the
    # frame with this fault in its header or padding is refused. TRF-03: so is a header that is not the sealed
    # one. DATA-07: so are another digest and another counter, which TRF-01, TRF-02 and TRF-05 say how to make.
    # With 0x01xx, whose digest does not cover the header, TRF-07 asks for the same. TRF-08: the padding of
    # 0x0102. TRF-10: its fault looks like any other.
    Scenario Outline: At a server: <what>, transform <transform>
      Given a tunnel server that is authorized again and again
      Then a DATA frame with <what> is an integrity failure, with transform <transform>

      @DATA-02
      Examples:
        | what             | transform        |
        | another protocol | chacha20poly1305 |

      @DATA-02 @needs:aes256gcm
      Examples:
        | what             | transform |
        | another protocol | aes256gcm |

      @DATA-02 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | what             | transform            |
        | another protocol | aes256ctr-hmacsha256 |

      @DATA-02 @TRF-07 @needs:aes256cbc-hmacsha256
      Examples:
        | what             | transform            |
        | another protocol | aes256cbc-hmacsha256 |

      @DATA-03
      Examples:
        | what                       | transform        |
        | lengths that do not add up | chacha20poly1305 |

      @DATA-03 @needs:aes256gcm
      Examples:
        | what                       | transform |
        | lengths that do not add up | aes256gcm |

      @DATA-03 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | what                       | transform            |
        | lengths that do not add up | aes256ctr-hmacsha256 |

      @DATA-03 @TRF-07 @needs:aes256cbc-hmacsha256
      Examples:
        | what                       | transform            |
        | lengths that do not add up | aes256cbc-hmacsha256 |

      @DATA-04
      Examples:
        | what                  | transform        |
        | another digest length | chacha20poly1305 |

      @DATA-04 @needs:aes256gcm
      Examples:
        | what                  | transform |
        | another digest length | aes256gcm |

      @DATA-04 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | what                  | transform            |
        | another digest length | aes256ctr-hmacsha256 |

      @DATA-04 @TRF-07 @needs:aes256cbc-hmacsha256
      Examples:
        | what                  | transform            |
        | another digest length | aes256cbc-hmacsha256 |

      @DATA-05
      Examples:
        | what               | transform        |
        | what is no padding | chacha20poly1305 |

      @DATA-05 @needs:aes256gcm
      Examples:
        | what               | transform |
        | what is no padding | aes256gcm |

      @DATA-05 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | what               | transform            |
        | what is no padding | aes256ctr-hmacsha256 |

      @DATA-05 @TRF-07 @TRF-08 @TRF-10 @needs:aes256cbc-hmacsha256
      Examples:
        | what               | transform            |
        | what is no padding | aes256cbc-hmacsha256 |

      @DATA-06
      Examples:
        | what                    | transform        |
        | flags or a segment size | chacha20poly1305 |

      @DATA-06 @needs:aes256gcm
      Examples:
        | what                    | transform |
        | flags or a segment size | aes256gcm |

      @DATA-06 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | what                    | transform            |
        | flags or a segment size | aes256ctr-hmacsha256 |

      @DATA-06 @TRF-07 @needs:aes256cbc-hmacsha256
      Examples:
        | what                    | transform            |
        | flags or a segment size | aes256cbc-hmacsha256 |

      @TRF-03
      Examples:
        | what                                 | transform        |
        | a header that was changed on the way | chacha20poly1305 |

      @TRF-03 @needs:aes256gcm
      Examples:
        | what                                 | transform |
        | a header that was changed on the way | aes256gcm |

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

    Scenario Outline: At a server: transform <transform>
      Given a tunnel server that is authorized again and again
      Then DATA frames whose datagrams are right in their first nibble alone end nothing, with transform <transform>

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

      @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |

      @needs:aes256cbc-hmacsha256
      Examples:
        | transform            |
        | aes256cbc-hmacsha256 |

  @iut:server @DATA-11 @needs:adapter
  Rule: Nothing of what a tunnel server refuses reaches its adapter, nor what comes behind it

    Scenario: At a server: the control, a frame with nothing wrong
      Given a tunnel server under attack with transform chacha20poly1305
      When the peer seals a DATA frame with nothing wrong, it arrives

    Scenario Outline: At a server: a frame with <what>
      Given a tunnel server under attack with transform chacha20poly1305
      When the peer seals a DATA frame with <what>, it is refused and nothing of it arrives

      Examples:
        | what                                       |
        | padding that is not zero                   |
        | a flag that was not negotiated             |
        | the protocol of IPv6 over an IPv4 datagram |

  @iut:client @DATA-10
  Rule: A tunnel initiator refuses a frame whose digest is right and whose header or padding is not

    # DATA-10: the answer is one and the same. DATA-02 to DATA-06: the frame with this fault in its header or
    # padding is refused. TRF-03: so is a header that is not the sealed one. DATA-07: so are another digest and
    # another counter, which TRF-01, TRF-02 and TRF-05 say how to make. With 0x01xx, whose digest does not cover
    # the header, TRF-07 asks for the same. TRF-08: the padding of 0x0102. TRF-10: its fault looks like any other.
    Scenario Outline: At an initiator: <what>, transform <transform>
      Given a tunnel initiator that is authorized again and again
      Then a DATA frame with <what> is an integrity failure, with transform <transform>

      @DATA-02
      Examples:
        | what             | transform        |
        | another protocol | chacha20poly1305 |

      @DATA-02 @needs:aes256gcm
      Examples:
        | what             | transform |
        | another protocol | aes256gcm |

      @DATA-02 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | what             | transform            |
        | another protocol | aes256ctr-hmacsha256 |

      @DATA-02 @TRF-07 @needs:aes256cbc-hmacsha256
      Examples:
        | what             | transform            |
        | another protocol | aes256cbc-hmacsha256 |

      @DATA-03
      Examples:
        | what                       | transform        |
        | lengths that do not add up | chacha20poly1305 |

      @DATA-03 @needs:aes256gcm
      Examples:
        | what                       | transform |
        | lengths that do not add up | aes256gcm |

      @DATA-03 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | what                       | transform            |
        | lengths that do not add up | aes256ctr-hmacsha256 |

      @DATA-03 @TRF-07 @needs:aes256cbc-hmacsha256
      Examples:
        | what                       | transform            |
        | lengths that do not add up | aes256cbc-hmacsha256 |

      @DATA-04
      Examples:
        | what                  | transform        |
        | another digest length | chacha20poly1305 |

      @DATA-04 @needs:aes256gcm
      Examples:
        | what                  | transform |
        | another digest length | aes256gcm |

      @DATA-04 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | what                  | transform            |
        | another digest length | aes256ctr-hmacsha256 |

      @DATA-04 @TRF-07 @needs:aes256cbc-hmacsha256
      Examples:
        | what                  | transform            |
        | another digest length | aes256cbc-hmacsha256 |

      @DATA-05
      Examples:
        | what               | transform        |
        | what is no padding | chacha20poly1305 |

      @DATA-05 @needs:aes256gcm
      Examples:
        | what               | transform |
        | what is no padding | aes256gcm |

      @DATA-05 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | what               | transform            |
        | what is no padding | aes256ctr-hmacsha256 |

      @DATA-05 @TRF-07 @TRF-08 @TRF-10 @needs:aes256cbc-hmacsha256
      Examples:
        | what               | transform            |
        | what is no padding | aes256cbc-hmacsha256 |

      @DATA-06
      Examples:
        | what                    | transform        |
        | flags or a segment size | chacha20poly1305 |

      @DATA-06 @needs:aes256gcm
      Examples:
        | what                    | transform |
        | flags or a segment size | aes256gcm |

      @DATA-06 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | what                    | transform            |
        | flags or a segment size | aes256ctr-hmacsha256 |

      @DATA-06 @TRF-07 @needs:aes256cbc-hmacsha256
      Examples:
        | what                    | transform            |
        | flags or a segment size | aes256cbc-hmacsha256 |

      @TRF-03
      Examples:
        | what                                 | transform        |
        | a header that was changed on the way | chacha20poly1305 |

      @TRF-03 @needs:aes256gcm
      Examples:
        | what                                 | transform |
        | a header that was changed on the way | aes256gcm |

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

    Scenario Outline: At an initiator: transform <transform>
      Given a tunnel initiator that is authorized again and again
      Then DATA frames whose datagrams are right in their first nibble alone end nothing, with transform <transform>

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

      @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |

      @needs:aes256cbc-hmacsha256
      Examples:
        | transform            |
        | aes256cbc-hmacsha256 |

  @iut:client @DATA-11 @needs:adapter
  Rule: Nothing of what a tunnel initiator refuses reaches its adapter, nor what comes behind it

    Scenario: At an initiator: the control, a frame with nothing wrong
      Given a tunnel initiator under attack with transform chacha20poly1305
      When the peer seals a DATA frame with nothing wrong, it arrives

    Scenario Outline: At an initiator: a frame with <what>
      Given a tunnel initiator under attack with transform chacha20poly1305
      When the peer seals a DATA frame with <what>, it is refused and nothing of it arrives

      Examples:
        | what                                       |
        | padding that is not zero                   |
        | a flag that was not negotiated             |
        | the protocol of IPv6 over an IPv4 datagram |
