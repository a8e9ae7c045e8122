Feature: Data frame
  [EP] fig. 9: length 170, type 172, version 174, what describes the datagram 176 to 182, padding length 184, digest length
  186, digest 187, datagram 188, padding 189. Here the sender holds the key and seals what it must not.

  @iut:server @DATA-10 @DATA-11 @needs:adapter @needs:timers
  Rule: A tunnel server refuses a frame whose digest is right and whose header or padding is not

    Scenario: The control, a frame with nothing wrong
      Given a tunnel server under attack with transform chacha20poly1305
      When the peer seals a DATA frame with nothing wrong, it arrives

    Scenario Outline: A frame with <what>
      Given a tunnel server under attack with transform chacha20poly1305
      When the peer seals a DATA frame with <what>, it is refused and nothing of it arrives

      @DATA-02
      Examples:
        | what                                                   |
        | the protocol of IPv6 over an IPv4 datagram             |
        | the protocol of an empty datagram over one that is not |

      @DATA-03
      Examples:
        | what                                |
        | a datagram length that is one short |
        | a padding length that is not there  |

      @DATA-04
      Examples:
        | what                  |
        | a digest length of 1  |
        | a digest length of 15 |

      @DATA-05
      Examples:
        | what                     |
        | padding that is not zero |

      @DATA-06
      Examples:
        | what                           |
        | a flag that was not negotiated |
        | a private flag                 |
        | a segment size                 |

  @iut:client @DATA-10 @DATA-11 @needs:adapter @needs:timers
  Rule: A tunnel initiator refuses a frame whose digest is right and whose header or padding is not

    Scenario: The control, a frame with nothing wrong
      Given a tunnel initiator under attack with transform chacha20poly1305
      When the peer seals a DATA frame with nothing wrong, it arrives

    Scenario Outline: A frame with <what>
      Given a tunnel initiator under attack with transform chacha20poly1305
      When the peer seals a DATA frame with <what>, it is refused and nothing of it arrives

      @DATA-02
      Examples:
        | what                                                   |
        | the protocol of IPv6 over an IPv4 datagram             |
        | the protocol of an empty datagram over one that is not |

      @DATA-03
      Examples:
        | what                                |
        | a datagram length that is one short |
        | a padding length that is not there  |

      @DATA-04
      Examples:
        | what                  |
        | a digest length of 1  |
        | a digest length of 15 |

      @DATA-05
      Examples:
        | what                     |
        | padding that is not zero |

      @DATA-06
      Examples:
        | what                           |
        | a flag that was not negotiated |
        | a private flag                 |
        | a segment size                 |
