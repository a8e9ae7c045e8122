Feature: Frames in Authorized
  [EP] fig. 11, 204 and 205; fig. 12, 226 and 227: what an end point closes on once it is keyed, and with which status.
  The octets are those of vectors/authorized.json; no key is needed to send them.

  @iut:server @needs:adapter
  Rule: At a tunnel server

    Scenario Outline: At a server: <flag>
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

  @iut:client @needs:adapter @needs:timers
  Rule: At a tunnel initiator

    Scenario Outline: At an initiator: <flag>
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
