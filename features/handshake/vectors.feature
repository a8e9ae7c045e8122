Feature: Handshakes that are right in everything but one thing
  [EP] fig. 5, steps 90 and 92. Each message is that of a vector of vectors/handshake.json, made anew with the keys of the
  implementation under test: its sender goes on as a receiver would that did not notice.

  Rule: A server does not authorize them

    @iut:server
    Scenario Outline: REQUEST, <flag>, suite <suite>
      Given a tunnel server
      When handshakes flagged <flag> are made anew, suite <suite>, and their REQUEST sent to the server
      Then each of at least <count> was answered as its vector says

      @HS-05
      Examples:
        | flag     | suite  | count |
        | LowOrder | x25519 | 28    |

      @HS-02
      Examples:
        | flag    | suite  | count |
        | Mistake | x25519 | 18    |

      @needs:hybrid @HS-05
      Examples:
        | flag     | suite  | count |
        | LowOrder | hybrid | 28    |

      @needs:hybrid @HS-06
      Examples:
        | flag    | suite  | count |
        | Modulus | hybrid | 28    |

      @needs:hybrid @HS-03
      Examples:
        | flag      | suite  | count |
        | Mistake   | hybrid | 22    |
        | KemLength | hybrid | 2     |

    # SRV-06: the answer is the same to each. By flag, HS-01: Prologue. HS-05: LowOrder. HS-06: Modulus. FRAME-07: Length.
    @iut:server @SRV-06 @HS-01 @HS-05 @FRAME-07
    Scenario Outline: At a server: messages that stand for a right REQUEST, suite <suite>
      Given a tunnel server
      When messages of the vectors stand for a right REQUEST, suite <suite>
      Then each of at least <count> was answered as its vector says

      Examples:
        | suite  | count |
        | x25519 | 19    |

      @needs:hybrid @HS-06
      Examples:
        | suite  | count |
        | hybrid | 23    |

  Rule: A server takes what the standards have it take

    @iut:server
    Scenario Outline: REQUEST, <flag>, suite <suite>
      Given a tunnel server
      When handshakes flagged <flag> are made anew, suite <suite>, and their REQUEST sent to the server
      Then each of at least <count> was answered as its vector says

      @HS-02
      Examples:
        | flag         | suite  | count |
        | NonCanonical | x25519 | 10    |

      @needs:hybrid @HS-03
      Examples:
        | flag         | suite  | count |
        | NonCanonical | hybrid | 10    |

      @needs:hybrid @HS-06
      Examples:
        | flag        | suite  | count |
        | Coefficient | hybrid | 5     |

  Rule: An initiator closes unkeyed with integrity failure, and no adapter is left

    @iut:client @HS-09
    Scenario Outline: RESPONSE, <flag>, suite <suite>
      Given a tunnel initiator of suite <suite>, connected on command to scripted servers
      When handshakes flagged <flag> are made anew, suite <suite>, and their RESPONSE sent to the initiator
      Then each of at least <count> was answered as its vector says
      And no adapter is left in the client

      @HS-05
      Examples:
        | flag     | suite  | count |
        | LowOrder | x25519 | 14    |

      @HS-02
      Examples:
        | flag    | suite  | count |
        | Mistake | x25519 | 18    |

      @needs:hybrid @HS-05
      Examples:
        | flag     | suite  | count |
        | LowOrder | hybrid | 14    |

      @needs:hybrid @HS-03
      Examples:
        | flag              | suite  | count |
        | Mistake           | hybrid | 22    |
        | KemLength         | hybrid | 2     |
        | ImplicitRejection | hybrid | 3     |

    @iut:client @HS-09 @HS-05 @FRAME-07
    Scenario Outline: At an initiator: messages that stand for a right RESPONSE, suite <suite>
      Given a tunnel initiator of suite <suite>, connected on command to scripted servers
      When messages of the vectors stand for a right RESPONSE, suite <suite>
      Then each of at least <count> was answered as its vector says
      And no adapter is left in the client

      Examples:
        | suite  | count |
        | x25519 | 13    |

      @needs:hybrid
      Examples:
        | suite  | count |
        | hybrid | 16    |

  Rule: An initiator takes what the standards have it take

    @iut:client @needs:deterministic
    Scenario Outline: At an initiator: right RESPONSE, <flag>, suite <suite>
      Given a tunnel initiator of suite <suite> whose random choices are known, connected on command to scripted servers
      When handshakes flagged <flag> are made anew, suite <suite>, the initiator takes their RESPONSE
      Then each of at least <count> was answered as its vector says

      @HS-02
      Examples:
        | flag         | suite  | count |
        | NonCanonical | x25519 | 5     |

      @needs:hybrid @HS-03
      Examples:
        | flag              | suite  | count |
        | NonCanonical      | hybrid | 5     |
        | ImplicitRejection | hybrid | 3     |
