Feature: Long streams of DATA frames
  [EP] fig. 9: the digest covers the count of frames before, and a stream cipher or a chain runs over all data transmitted
  during the life of the tunnel connection. The scripted peer recomputes every nonce, keystream and block by itself, over more
  frames than 16 bits count.

  # KEY-01: the keys are those of the schedule. KEY-02, KEY-03: nobody transmits the count, and both ends have the
  # same. DATA-05: padding is zeros. DATA-06: no flag. DATA-09: nothing of it can be read. TRF-01, TRF-02, TRF-05,
  # TRF-06, TRF-08, TRF-09: a peer that has lost the nonce, the keystream or the chain of its transform cannot open the
  # next frame. CLOSE-02: the digest counts the frames before.
  @iut:server @KEY-01 @KEY-02 @KEY-03
  Rule: A tunnel server keeps count of 65,600 frames

    Scenario Outline: At a server: it opens 65,600 frames, transform <transform>
      Given a tunnel server that is authorized again and again
      Then it opens 65600 DATA frames of transform <transform> one after the other

      @TRF-02
      Examples:
        | transform        |
        | chacha20poly1305 |

      @TRF-01 @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

      @TRF-05 @TRF-06 @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |

      @TRF-05 @TRF-08 @TRF-09 @needs:aes256cbc-hmacsha256
      Examples:
        | transform            |
        | aes256cbc-hmacsha256 |

    @CLOSE-02 @DATA-05 @DATA-06 @DATA-09 @needs:adapter
    Scenario Outline: At a server: it seals 65,600 frames, transform <transform>
      Given a tunnel server under attack with transform <transform>
      Then each of 65600 datagrams of its stack comes in a DATA frame that the peer opens
      And the digest of its CLOSE counts them

      @TRF-02
      Examples:
        | transform        |
        | chacha20poly1305 |

      @TRF-01 @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

      @TRF-05 @TRF-06 @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |

      @TRF-05 @TRF-08 @TRF-09 @needs:aes256cbc-hmacsha256
      Examples:
        | transform            |
        | aes256cbc-hmacsha256 |

    @needs:adapter
    Scenario: At a server: the count begins anew on each connection
      Given a tunnel server under attack with transform chacha20poly1305
      Then on 3 connections, one after the other, the datagrams of its stack come in DATA frames that the peer opens

    @CLOSE-02 @needs:adapter
    Scenario: At a server: its CLOSE counts what it sealed
      Given a tunnel server under attack with transform chacha20poly1305
      Then the digest of its CLOSE counts 3 datagrams of its stack

    @needs:adapter @needs:timers
    Scenario Outline: At a server: an empty frame among others, transform <transform>
      Given a tunnel server under attack with transform <transform>, configured with
        """
        { "timers": { "keepAlive": 300 } }
        """
      Then datagrams of its stack come before and after an empty DATA frame, and the peer opens each

      @TRF-06 @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |

      @TRF-09 @needs:aes256cbc-hmacsha256
      Examples:
        | transform            |
        | aes256cbc-hmacsha256 |

  # KEY-01: the keys are those of the schedule. KEY-02, KEY-03: nobody transmits the count, and both ends have the
  # same. DATA-05: padding is zeros. DATA-06: no flag. DATA-09: nothing of it can be read. TRF-01, TRF-02, TRF-05,
  # TRF-06, TRF-08, TRF-09: a peer that has lost the nonce, the keystream or the chain of its transform cannot open the
  # next frame. CLOSE-02: the digest counts the frames before.
  @iut:client @KEY-01 @KEY-02 @KEY-03
  Rule: A tunnel initiator keeps count of 65,600 frames

    Scenario Outline: At an initiator: it opens 65,600 frames, transform <transform>
      Given a tunnel initiator that is authorized again and again
      Then it opens 65600 DATA frames of transform <transform> one after the other

      @TRF-02
      Examples:
        | transform        |
        | chacha20poly1305 |

      @TRF-01 @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

      @TRF-05 @TRF-06 @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |

      @TRF-05 @TRF-08 @TRF-09 @needs:aes256cbc-hmacsha256
      Examples:
        | transform            |
        | aes256cbc-hmacsha256 |

    @CLOSE-02 @DATA-05 @DATA-06 @DATA-09 @needs:adapter
    Scenario Outline: At an initiator: it seals 65,600 frames, transform <transform>
      Given a tunnel initiator under attack with transform <transform>
      Then each of 65600 datagrams of its stack comes in a DATA frame that the peer opens
      And the digest of its CLOSE counts them

      @TRF-02
      Examples:
        | transform        |
        | chacha20poly1305 |

      @TRF-01 @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

      @TRF-05 @TRF-06 @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |

      @TRF-05 @TRF-08 @TRF-09 @needs:aes256cbc-hmacsha256
      Examples:
        | transform            |
        | aes256cbc-hmacsha256 |

    @needs:adapter
    Scenario: At an initiator: the count begins anew on each connection
      Given a tunnel initiator under attack with transform chacha20poly1305
      Then on 3 connections, one after the other, the datagrams of its stack come in DATA frames that the peer opens

    @needs:adapter
    Scenario Outline: At an initiator: what runs on over all frames begins anew on each connection, transform <transform>
      Given a tunnel initiator under attack with transform <transform>
      Then on 3 connections, one after the other, the datagrams of its stack come in DATA frames that the peer opens

      @TRF-06 @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |

      @TRF-09 @needs:aes256cbc-hmacsha256
      Examples:
        | transform            |
        | aes256cbc-hmacsha256 |

    @CLOSE-02 @needs:adapter
    Scenario: At an initiator: its CLOSE counts what it sealed
      Given a tunnel initiator under attack with transform chacha20poly1305
      Then the digest of its CLOSE counts 3 datagrams of its stack

    @needs:adapter @needs:timers
    Scenario Outline: At an initiator: an empty frame among others, transform <transform>
      Given a tunnel initiator under attack with transform <transform>, configured with
        """
        { "timers": { "keepAlive": 300 } }
        """
      Then datagrams of its stack come before and after an empty DATA frame, and the peer opens each

      @TRF-06 @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |

      @TRF-09 @needs:aes256cbc-hmacsha256
      Examples:
        | transform            |
        | aes256cbc-hmacsha256 |
