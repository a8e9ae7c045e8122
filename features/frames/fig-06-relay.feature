Feature: Tunnel relay frame
  [EP] fig. 6: length 100, type 102, version 104, origin index 106, path indexes 108 and 110, string buffer 112.
  The frames are those of vectors/relay.json.

  @iut:server @RELAY-02 @RELAY-03 @RELAY-07 @RELAY-08
  Rule: There is one valid encoding, and names count from octet 0 of the string buffer

    Scenario: Valid frames, for this server and for others
      Given a tunnel server
      When RELAY frames with the flag Normal are sent to the server
      Then each of at least 12 got the answer that the file tells

  Rule: Everything else is refused

    @iut:server
    Scenario Outline: <flag>, at a server
      Given a tunnel server
      When RELAY frames with the flag <flag> are sent to the server
      Then each of at least <count> got the answer that the file tells

      @FRAME-07 @FRAME-12
      Examples:
        | flag   | count |
        | Length | 8     |

      @FRAME-08
      Examples:
        | flag    | count |
        | Version | 2     |

      @FRAME-11
      Examples:
        | flag     | count |
        | Reserved | 2     |

      @RELAY-04
      Examples:
        | flag     | count |
        | HopCount | 4     |

      @RELAY-03 @RELAY-06 @FRAME-12
      Examples:
        | flag  | count |
        | Index | 9     |

      @RELAY-05
      Examples:
        | flag | count |
        | Name | 12    |
        | Port | 7     |

    @iut:relay
    Scenario Outline: <flag>, at a relay
      Given a tunnel relay
      When RELAY frames with the flag <flag> are sent to the relay
      Then each of at least <count> got the answer that the file tells
      And nobody was connected to

      @FRAME-11
      Examples:
        | flag     | count |
        | Reserved | 2     |

      @RELAY-04
      Examples:
        | flag     | count |
        | HopCount | 4     |

      @RELAY-03 @RELAY-06 @FRAME-12
      Examples:
        | flag  | count |
        | Index | 9     |

      @RELAY-05
      Examples:
        | flag | count |
        | Name | 12    |
        | Port | 7     |

  @iut:server @RELAY-07 @RELAY-08 @RELAY-09 @RELAY-10
  Rule: A server that is not the last node of the path, and only there, is not on the path

    Scenario Outline: The path <path>
      Given a tunnel server
      When an initiator sends RELAY for the path <path>
      Then the server answers CLOSE "not on path" and ends the stream

      Examples:
        | path                          |
        | other.test                    |
        | server.test relay-b.test      |
        | server.test server.test:3265  |

  @iut:server @RELAY-14
  Rule: The origin decides nothing

    Scenario Outline: The origin <origin>
      Given a tunnel server
      When an initiator is authorized with the origin <origin>
      Then another initiator is authorized by the same server

      Examples:
        | origin         |
        | server.test    |
        | 192.0.2.1      |
        | nowhere.test:1 |

  @iut:client @RELAY-13
  Rule: An initiator does not tell where it is

    @SHOULD
    Scenario: Unless configured otherwise
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      Then RELAY names the origin origin.invalid
