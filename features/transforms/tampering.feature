Feature: DATA frames that were changed on the way
  [EP] fig. 9: the digest 187 detects invalid frames and replays; the counter it covers is not transmitted.

  @iut:server @needs:adapter
  Rule: A tunnel server closes with integrity failure, and nothing reaches its adapter

    # By octet, FRAME-15: the lengths that ask for more octets than come. DATA-04 to DATA-06: digest length,
    # padding, flags and segment size. TRF-03, TRF-07: every octet of the header. TRF-10: digest and padding look
    # alike. DATA-10, SRV-12: the answer to each. DATA-11: nothing reached the adapter.
    @DATA-04 @DATA-05 @DATA-06 @DATA-10 @DATA-11 @SRV-12 @FRAME-15 @TRF-03 @TRF-07 @TRF-10 @needs:timers
    Scenario Outline: At a server: every single octet, transform <transform>
      Given a tunnel server under attack with transform <transform>
      When every single octet of a DATA frame is changed, each on a connection of its own
      Then each was refused as specified and nothing of it reached the adapter

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

    @DATA-07 @DATA-11
    Scenario Outline: At a server: <what>, transform <transform>
      Given a tunnel server under attack with transform <transform>
      When <what> on the wire
      Then the server answers a keyed CLOSE "integrity failure" and ends the stream
      And <count> of the frames reached the adapter

      Examples:
        | what                      | transform        | count |
        | a frame is repeated       | chacha20poly1305 | 1     |
        | a frame is repeated later | chacha20poly1305 | 2     |
        | two frames are swapped    | chacha20poly1305 | 0     |
        | a frame is dropped        | chacha20poly1305 | 0     |

      @needs:aes256gcm
      Examples:
        | what                   | transform | count |
        | a frame is repeated    | aes256gcm | 1     |
        | two frames are swapped | aes256gcm | 0     |
        | a frame is dropped     | aes256gcm | 0     |

      @needs:aes256ctr-hmacsha256
      Examples:
        | what                   | transform            | count |
        | a frame is repeated    | aes256ctr-hmacsha256 | 1     |
        | two frames are swapped | aes256ctr-hmacsha256 | 0     |
        | a frame is dropped     | aes256ctr-hmacsha256 | 0     |

      @needs:aes256cbc-hmacsha256
      Examples:
        | what                   | transform            | count |
        | a frame is repeated    | aes256cbc-hmacsha256 | 1     |
        | two frames are swapped | aes256cbc-hmacsha256 | 0     |
        | a frame is dropped     | aes256cbc-hmacsha256 | 0     |

    # DATA-07: it is a replay; KEY-01: each connection has keys of its own.
    @DATA-07 @DATA-11 @KEY-01
    Scenario Outline: At a server: a frame of the connection before, transform <transform>
      Given a tunnel server under attack with transform <transform>
      When a frame of the connection before comes where the same count is next, it is refused and nothing of it arrives

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

    @CLOSE-10 @CLOSE-04
    Scenario: At a server: the last frame is dropped
      Given a tunnel server under attack with transform chacha20poly1305
      When the last DATA frame before CLOSE is dropped
      Then the connection is broken off, without an answer
      And 0 of the frames reached the adapter

  @iut:client @needs:adapter
  Rule: A tunnel initiator closes with integrity failure, and nothing reaches its adapter

    # By octet, FRAME-15: the lengths that ask for more octets than come. DATA-04 to DATA-06: digest length,
    # padding, flags and segment size. TRF-03, TRF-07: every octet of the header. TRF-10: digest and padding look
    # alike. DATA-10, INI-08: the answer to each. DATA-11: nothing reached the adapter.
    @DATA-04 @DATA-05 @DATA-06 @DATA-10 @DATA-11 @INI-08 @FRAME-15 @TRF-03 @TRF-07 @TRF-10 @needs:timers
    Scenario Outline: At an initiator: every single octet, transform <transform>
      Given a tunnel initiator under attack with transform <transform>, configured with
        """
        { "adapter": { "configure": "none", "routes": false } }
        """
      When every single octet of a DATA frame is changed, each on a connection of its own
      Then each was refused as specified and nothing of it reached the adapter

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

    @DATA-07 @DATA-11
    Scenario Outline: At an initiator: <what>
      Given a tunnel initiator under attack with transform chacha20poly1305
      When <what> on the wire
      Then the initiator answers a keyed CLOSE "integrity failure" and ends the stream
      And <count> of the frames reached the adapter

      Examples:
        | what                      | count |
        | a frame is repeated       | 1     |
        | a frame is repeated later | 2     |
        | two frames are swapped    | 0     |
        | a frame is dropped        | 0     |

    # DATA-07: it is a replay; KEY-01: each connection has keys of its own.
    @DATA-07 @DATA-11 @KEY-01
    Scenario Outline: At an initiator: a frame of the connection before, transform <transform>
      Given a tunnel initiator under attack with transform <transform>
      When a frame of the connection before comes where the same count is next, it is refused and nothing of it arrives

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |

    @CLOSE-10 @CLOSE-04
    Scenario: At an initiator: the last frame is dropped
      Given a tunnel initiator under attack with transform chacha20poly1305
      When the last DATA frame before CLOSE is dropped
      Then the connection is broken off, without an answer
      And 0 of the frames reached the adapter
