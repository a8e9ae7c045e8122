@needs:deterministic @needs:adapter
Feature: The golden conversations
  Everything random comes from the configuration, every datagram from the suite: then the whole conversation, RELAY to
  CLOSE, is known beforehand (vectors/conversation.json).

  # HS-02, HS-03: REQUEST and RESPONSE. DATA-08: the first DATA frame. KEY-01 to KEY-03, DATA-03: every DATA frame
  # has the keys, the count and the lengths of the vector. TRF-01, TRF-02, TRF-05, TRF-06, TRF-08, TRF-09: so it has
  # the octets of its transform. CLOSE-02: the last frame.
  @KEY-01 @KEY-02 @KEY-03 @DATA-03 @DATA-08 @TRF-01 @TRF-02 @TRF-05 @TRF-06 @TRF-08 @TRF-09 @CLOSE-02 @HS-02 @HS-03
  Rule: A conversation equals its golden vector octet by octet

    @iut:client
    Scenario Outline: The initiator, suite <suite> and transform <transform>
      Given both end points configured as in the golden conversation of suite <suite> and transform <transform>
      When its datagrams are injected at both adapters and the user ends the session
      Then each direction of the capture equals the vector, octet by octet

      Examples:
        | suite  | transform            |
        | x25519 | chacha20poly1305     |

      @needs:aes256gcm
      Examples:
        | suite  | transform            |
        | x25519 | aes256gcm            |

      @needs:aes256ctr-hmacsha256
      Examples:
        | suite  | transform            |
        | x25519 | aes256ctr-hmacsha256 |

      @needs:aes256cbc-hmacsha256
      Examples:
        | suite  | transform            |
        | x25519 | aes256cbc-hmacsha256 |

      @needs:hybrid
      Examples:
        | suite  | transform            |
        | hybrid | chacha20poly1305     |

      @needs:hybrid @needs:aes256gcm
      Examples:
        | suite  | transform            |
        | hybrid | aes256gcm            |

      @needs:hybrid @needs:aes256ctr-hmacsha256
      Examples:
        | suite  | transform            |
        | hybrid | aes256ctr-hmacsha256 |

      @needs:hybrid @needs:aes256cbc-hmacsha256
      Examples:
        | suite  | transform            |
        | hybrid | aes256cbc-hmacsha256 |

    @iut:server
    Scenario Outline: The server, suite <suite> and transform <transform>
      Given both end points configured as in the golden conversation of suite <suite> and transform <transform>
      When its datagrams are injected at both adapters and the user ends the session
      Then each direction of the capture equals the vector, octet by octet

      Examples:
        | suite  | transform        |
        | x25519 | chacha20poly1305 |

      @needs:hybrid @needs:aes256gcm
      Examples:
        | suite  | transform |
        | hybrid | aes256gcm |
