Feature: DATA and CLOSE frames that must not be taken
  [EP] figs. 9 and 10. The frames are those of vectors/transform-*.json and vectors/keyed-close.json, made anew with the keys
  of a connection: altered, out of order, made by a peer that holds the keys and breaks a rule, or by an implementation that
  is wrong in one place. Changes of single octets are in tampering.feature.

  # Flags decide: Protocol DATA-02, Length DATA-03, DigestLength DATA-04, Padding DATA-05, Flags DATA-06, Replay, Order and
  # Count DATA-07; the answer to all of them DATA-10, what reaches the adapter DATA-11. Of Mistake: keys and header of the
  # transform in question.

  @iut:server @needs:adapter @DATA-02 @DATA-03 @DATA-04 @DATA-05 @DATA-06 @DATA-07 @DATA-10 @DATA-11
  Rule: A tunnel server closes with integrity failure, and nothing reaches its adapter

    Scenario Outline: Every refusal, transform <transform>
      Given a tunnel server configured with
        """
        { "transforms": ["<transform>"] }
        """
      When every refusal of its vectors is made anew, transform <transform>, each on a connection of its own
      Then each of at least <count> was answered as its vector says

      @TRF-02
      Examples:
        | transform        | count |
        | chacha20poly1305 | 70    |

      @needs:aes256gcm @TRF-01
      Examples:
        | transform | count |
        | aes256gcm | 70    |

      @needs:aes256ctr-hmacsha256 @TRF-05 @TRF-06 @TRF-07
      Examples:
        | transform            | count |
        | aes256ctr-hmacsha256 | 35    |

      @needs:aes256cbc-hmacsha256 @TRF-07 @TRF-08 @TRF-09
      Examples:
        | transform            | count |
        | aes256cbc-hmacsha256 | 90    |

  @iut:client @needs:adapter @needs:timers @DATA-02 @DATA-03 @DATA-04 @DATA-05 @DATA-06 @DATA-07 @DATA-10 @DATA-11
  Rule: A tunnel initiator closes with integrity failure, and nothing reaches its adapter

    Scenario Outline: Every refusal, transform <transform>
      Given a tunnel initiator under attack with transform <transform>
      When every refusal of its vectors is made anew, transform <transform>, each on a connection of its own
      Then each of at least <count> was answered as its vector says

      @TRF-02
      Examples:
        | transform        | count |
        | chacha20poly1305 | 70    |

      @needs:aes256gcm @TRF-01
      Examples:
        | transform | count |
        | aes256gcm | 70    |

      @needs:aes256ctr-hmacsha256 @TRF-05 @TRF-06 @TRF-07
      Examples:
        | transform            | count |
        | aes256ctr-hmacsha256 | 35    |

      @needs:aes256cbc-hmacsha256 @TRF-07 @TRF-08 @TRF-09
      Examples:
        | transform            | count |
        | aes256cbc-hmacsha256 | 90    |

  # That it connects again shows CLOSE-04, that it does not answer CLOSE-07, and what is in the digest CLOSE-02.
  @iut:client @needs:timers @CLOSE-02 @CLOSE-04 @CLOSE-07
  Rule: A keyed CLOSE that does not verify is a broken connection, not the end of the session

    Scenario: Every refusal
      Given a tunnel initiator that connects again, its servers scripted
      When keyed CLOSE frames that do not verify end each connection
      Then each of at least 40 was answered as its vector says
      And it connects again, until a CLOSE "end session" verifies
