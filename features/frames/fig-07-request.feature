Feature: Tunnel connection request frame
  [EP] fig. 7: length 120, type 122, version 124, offsets 126 to 132 and 136, flags 134, string buffer 138.
  The opened frames are those of vectors/request.json, sealed to the server under test.

  @iut:server @REQ-03 @needs:timers @needs:hybrid
  Rule: What is well-formed is answered by what it asks for

    Scenario Outline: <flag>
      Given a tunnel server configured with
        """
        { "timers": { "refusalDelay": 1 } }
        """
      When opened frames of REQUEST with the flag <flag> are sent to the server
      Then each of at least <count> got the answer that the file tells

      Examples:
        | flag   | count |
        | Normal | 10    |

      @ID-08 @REQ-14
      Examples:
        | flag   | count |
        | Grease | 2     |

      @REQ-10
      Examples:
        | flag    | count |
        | Ignored | 2     |

  @iut:server @SRV-06 @needs:timers @needs:hybrid
  Rule: What is not, is not authorized

    Scenario Outline: <flag>
      Given a tunnel server configured with
        """
        { "timers": { "refusalDelay": 1 } }
        """
      When opened frames of REQUEST with the flag <flag> are sent to the server
      Then each of at least <count> got the answer that the file tells

      @REQ-02 @FRAME-11
      Examples:
        | flag  | count |
        | Flags | 2     |

      @REQ-05 @FRAME-12
      Examples:
        | flag   | count |
        | Offset | 15    |

      @REQ-06
      Examples:
        | flag    | count |
        | Padding | 5     |

      @REQ-07
      Examples:
        | flag | count |
        | Name | 8     |

      @REQ-12 @REQ-13 @REQ-15
      Examples:
        | flag            | count |
        | KeyExchangeData | 3     |

  @iut:server @FRAME-07 @FRAME-08
  Rule: A REQUEST out of bounds is a fault of framing

    Scenario Outline: <flag>
      Given a tunnel server
      When frames of REQUEST with the flag <flag> are sent to the server
      Then each of at least <count> got the answer that the file tells

      Examples:
        | flag    | count |
        | Length  | 5     |
        | Version | 2     |

  @iut:server @REQ-16 @REQ-17
  Rule: Other faults of a REQUEST are not told apart

    Scenario Outline: <fault>
      Given a tunnel server
      When an initiator sends a REQUEST with <fault>
      Then the server answers CLOSE "not authorized" and ends the stream

      Examples:
        | fault                                         |
        | a suite of 3                                  |
        | client data that does not decode              |
        | key exchange data that does not ascend        |

  @iut:client @REQ-11
  Rule: The initiator offers its transforms by preference

    @needs:aes256gcm
    Scenario: As configured
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "transforms": ["chacha20poly1305", "aes256gcm"] }
        """
      When the server has read REQUEST
      Then REQUEST holds
        | transforms | 0x0002, 0x0001 |
