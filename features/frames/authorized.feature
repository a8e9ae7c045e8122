Feature: Frames in Authorized
  [EP] fig. 11, 204 and 205; fig. 12, 226 and 227: what an end point closes on once it is keyed, and with which status.
  The octets are those of vectors/authorized.json; no key is needed to send them.

  @iut:server @needs:adapter
  Rule: At a tunnel server

    Scenario Outline: At a server in Authorized: frames flagged <flag>
      Given a tunnel server
      When octets of authorized.json flagged <flag> are sent, each on a connection of its own
      Then each of at least <count> was answered as its vector says

      @DATA-10
      Examples:
        | flag | count |
        | Data | 27    |

      @FRAME-08 @FRAME-10
      Examples:
        | flag    | count |
        | Version | 6     |

      @FRAME-09
      Examples:
        | flag | count |
        | Type | 8     |

      @FRAME-07
      Examples:
        | flag   | count |
        | Length | 18    |

      @FRAME-13
      Examples:
        | flag    | count |
        | NoPlace | 3     |

      @CLOSE-03
      Examples:
        | flag  | count |
        | Close | 4     |

      @CLOSE-04 @CLOSE-07
      Examples:
        | flag       | count |
        | Truncation | 8     |

      @FRAME-05
      Examples:
        | flag  | count |
        | Begun | 8     |

    @DATA-10 @FRAME-08
    Scenario: At a server: DATA frames that nobody sealed
      Given a tunnel server that is authorized again and again
      When the frames of data.json are sent, each on a connection of its own
      Then each of at least 30 was answered as its vector says

    # CLOSE-02: over which octets and count the digest is. CLOSE-04: what does not verify ends no session.
    @CLOSE-02 @CLOSE-04 @CLOSE-10
    Scenario Outline: At a server: keyed CLOSE frames, <result>
      Given a tunnel server
      When the <result> CLOSE frames of keyed-close.json are made anew and sent, each on a connection of its own
      Then each of at least <count> was answered as its vector says

      Examples:
        | result  | count |
        | valid   | 20    |
        | invalid | 35    |

  @iut:client @needs:adapter
  Rule: At a tunnel initiator

    Scenario Outline: At an initiator in Authorized: frames flagged <flag>
      Given a tunnel initiator under attack with transform chacha20poly1305
      When octets of authorized.json flagged <flag> are sent, each on a connection of its own
      Then each of at least <count> was answered as its vector says

      @DATA-10
      Examples:
        | flag | count |
        | Data | 27    |

      @FRAME-08 @FRAME-10
      Examples:
        | flag    | count |
        | Version | 6     |

      @FRAME-09
      Examples:
        | flag | count |
        | Type | 8     |

      @FRAME-07
      Examples:
        | flag   | count |
        | Length | 18    |

      @FRAME-13
      Examples:
        | flag    | count |
        | NoPlace | 3     |

      @CLOSE-03
      Examples:
        | flag  | count |
        | Close | 4     |

      @CLOSE-04 @CLOSE-07
      Examples:
        | flag       | count |
        | Truncation | 8     |

      @FRAME-05
      Examples:
        | flag  | count |
        | Begun | 8     |

    @DATA-10 @FRAME-08
    Scenario: At an initiator: DATA frames that nobody sealed
      Given a tunnel initiator that is authorized again and again
      When the frames of data.json are sent, each on a connection of its own
      Then each of at least 30 was answered as its vector says

    # CLOSE-02: over which octets and count the digest is. CLOSE-04: what does not verify ends no session.
    @CLOSE-02 @CLOSE-04 @CLOSE-10
    Scenario Outline: At an initiator: keyed CLOSE frames, <result>
      Given a tunnel initiator under attack with transform chacha20poly1305
      When the <result> CLOSE frames of keyed-close.json are made anew and sent, each on a connection of its own
      Then each of at least <count> was answered as its vector says

      Examples:
        | result  | count |
        | valid   | 20    |
        | invalid | 35    |
