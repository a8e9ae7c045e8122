Feature: DATA frames of the vectors
  [EP] fig. 9. Each frame is that of a vector of vectors/transform-*.json, made anew with the keys of the connection: its sender
  holds the keys and is right in everything but what the flag says.

  @iut:server
  Rule: A tunnel server opens the right ones and no other

    # KEY-02: a frame opens at its own count. DATA-01, DATA-03: datagrams of every length come out. TRF-04:
    # padding of every length is taken. TRF-01 to TRF-03, TRF-05, TRF-06, TRF-08, TRF-09: the frames are those of
    # the transform.
    @needs:adapter @DATA-01 @DATA-03 @KEY-02
    Scenario Outline: At a server: frames that open, transform <transform>
      Given a tunnel server
      When the frames of transform-<transform>.json that open are made anew and sent, a connection for each group
      Then each of at least <count> was answered as its vector says

      @TRF-02 @TRF-03 @TRF-04
      Examples:
        | transform        | count |
        | chacha20poly1305 | 100   |

      @TRF-01 @TRF-03 @TRF-04 @needs:aes256gcm
      Examples:
        | transform | count |
        | aes256gcm | 100   |

      @TRF-05 @TRF-06 @needs:aes256ctr-hmacsha256
      Examples:
        | transform            | count |
        | aes256ctr-hmacsha256 | 70    |

      @TRF-05 @TRF-08 @TRF-09 @needs:aes256cbc-hmacsha256
      Examples:
        | transform            | count |
        | aes256cbc-hmacsha256 | 80    |

    # By flag, DATA-02 to DATA-06: Protocol, Length, DigestLength, Padding, Flags and DatagramLength. DATA-07 and
    # KEY-02: Replay, Order, Direction and Count. DATA-10: the one verdict of all. TRF-03, TRF-07: the header.
    # TRF-10: the padding. TRF-01, TRF-02, TRF-05, TRF-06, TRF-09: the digest, the keystream or the chain of the
    # transform.
    @DATA-02 @DATA-03 @DATA-04 @DATA-05 @DATA-06 @DATA-07 @DATA-10 @KEY-02
    Scenario Outline: At a server: frames that do not open, transform <transform>
      Given a tunnel server
      When the frames of transform-<transform>.json that do not open are made anew and sent, each on a connection of its own
      Then each of at least <count> was answered as its vector says

      @TRF-02 @TRF-03
      Examples:
        | transform        | count |
        | chacha20poly1305 | 210   |

      @TRF-01 @TRF-03 @needs:aes256gcm
      Examples:
        | transform | count |
        | aes256gcm | 210   |

      @TRF-05 @TRF-06 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | transform            | count |
        | aes256ctr-hmacsha256 | 170   |

      @TRF-05 @TRF-07 @TRF-09 @TRF-10 @needs:aes256cbc-hmacsha256
      Examples:
        | transform            | count |
        | aes256cbc-hmacsha256 | 230   |

  @iut:client
  Rule: A tunnel initiator opens the right ones and no other

    # KEY-02: a frame opens at its own count. DATA-01, DATA-03: datagrams of every length come out. TRF-04:
    # padding of every length is taken. TRF-01 to TRF-03, TRF-05, TRF-06, TRF-08, TRF-09: the frames are those of
    # the transform.
    @needs:adapter @needs:timers @DATA-01 @DATA-03 @KEY-02
    Scenario Outline: At an initiator: frames that open, transform <transform>
      Given a tunnel initiator under attack with transform <transform>, configured with
        """
        { "adapter": { "configure": "none", "routes": false } }
        """
      When the frames of transform-<transform>.json that open are made anew and sent, a connection for each group
      Then each of at least <count> was answered as its vector says

      @TRF-02 @TRF-03 @TRF-04
      Examples:
        | transform        | count |
        | chacha20poly1305 | 100   |

      @TRF-01 @TRF-03 @TRF-04 @needs:aes256gcm
      Examples:
        | transform | count |
        | aes256gcm | 100   |

      @TRF-05 @TRF-06 @needs:aes256ctr-hmacsha256
      Examples:
        | transform            | count |
        | aes256ctr-hmacsha256 | 70    |

      @TRF-05 @TRF-08 @TRF-09 @needs:aes256cbc-hmacsha256
      Examples:
        | transform            | count |
        | aes256cbc-hmacsha256 | 80    |

    # By flag, DATA-02 to DATA-06: Protocol, Length, DigestLength, Padding, Flags and DatagramLength. DATA-07 and
    # KEY-02: Replay, Order, Direction and Count. DATA-10: the one verdict of all. TRF-03, TRF-07: the header.
    # TRF-10: the padding. TRF-01, TRF-02, TRF-05, TRF-06, TRF-09: the digest, the keystream or the chain of the
    # transform.
    @long @needs:timers @DATA-02 @DATA-03 @DATA-04 @DATA-05 @DATA-06 @DATA-07 @DATA-10 @KEY-02
    Scenario Outline: At an initiator: frames that do not open, transform <transform>
      Given a tunnel initiator under attack with transform <transform>, configured with
        """
        { "adapter": { "configure": "none", "routes": false } }
        """
      When the frames of transform-<transform>.json that do not open are made anew and sent, each on a connection of its own
      Then each of at least <count> was answered as its vector says

      @TRF-02 @TRF-03
      Examples:
        | transform        | count |
        | chacha20poly1305 | 210   |

      @TRF-01 @TRF-03 @needs:aes256gcm
      Examples:
        | transform | count |
        | aes256gcm | 210   |

      @TRF-05 @TRF-06 @TRF-07 @needs:aes256ctr-hmacsha256
      Examples:
        | transform            | count |
        | aes256ctr-hmacsha256 | 170   |

      @TRF-05 @TRF-07 @TRF-09 @TRF-10 @needs:aes256cbc-hmacsha256
      Examples:
        | transform            | count |
        | aes256cbc-hmacsha256 | 230   |
