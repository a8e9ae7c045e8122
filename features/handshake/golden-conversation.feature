@needs:deterministic @needs:adapter
Feature: The golden conversations
  [EP] fig. 5: everything random comes from the configuration, every datagram from the suite. Then the whole conversation, RELAY to
  CLOSE, is known beforehand (vectors/conversation.json). Both end points are programs here, with datagrams of their stacks;
  conversations.feature holds each of them to the octets of every suite and transform.

  # KEY-01 to KEY-03 and DATA-03: every DATA frame. DATA-08: the first. CLOSE-02: the last frame. HS-02, HS-03: REQUEST and
  # RESPONSE. TRF-01, TRF-02, TRF-05, TRF-06, TRF-08 and TRF-09: every DATA frame has the octets of its transform.
  @KEY-01 @KEY-02 @KEY-03 @DATA-03 @DATA-08 @CLOSE-02
  Rule: A conversation equals its golden vector octet by octet

    @iut:client
    Scenario Outline: The initiator, suite <suite> and transform <transform>
      Given both end points configured as in the golden conversation of suite <suite> and transform <transform>
      When its datagrams are injected at both adapters and the user ends the session
      Then each direction of the capture equals the vector, octet by octet

      @TRF-02 @HS-02
      Examples:
        | suite  | transform        |
        | x25519 | chacha20poly1305 |

      @TRF-05 @TRF-06 @HS-02 @needs:aes256ctr-hmacsha256
      Examples:
        | suite  | transform            |
        | x25519 | aes256ctr-hmacsha256 |

      @TRF-01 @HS-03 @needs:hybrid @needs:aes256gcm
      Examples:
        | suite  | transform |
        | hybrid | aes256gcm |

    @iut:server
    Scenario Outline: The server, suite <suite> and transform <transform>
      Given both end points configured as in the golden conversation of suite <suite> and transform <transform>
      When its datagrams are injected at both adapters and the user ends the session
      Then each direction of the capture equals the vector, octet by octet

      @TRF-02 @HS-02
      Examples:
        | suite  | transform        |
        | x25519 | chacha20poly1305 |

      @TRF-01 @HS-03 @needs:hybrid @needs:aes256gcm
      Examples:
        | suite  | transform |
        | hybrid | aes256gcm |
