Feature: Tunnel relay frame
  [EP] fig. 6: length 100, type 102, version 104, origin index 106, path indexes 108 and 110, string buffer 112.
  The frames are those of vectors/relay.json.

  # RELAY-02, RELAY-03: the names are read as the file has them. RELAY-07: the server finds its own. RELAY-08: it
  # refuses a path without its name.
  @iut:server @RELAY-02 @RELAY-03 @RELAY-07 @RELAY-08
  Rule: There is one valid encoding, and names count from octet 0 of the string buffer

    Scenario: Valid frames, for this server and for others
      Given a tunnel server
      When RELAY frames with the flag Normal are sent to the server
      Then each of at least 12 got the answer that the file tells

  Rule: Everything else is refused

    @iut:server
    Scenario Outline: RELAY frames flagged <flag>, at a server
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

      @FRAME-09
      Examples:
        | flag | count |
        | Type | 2     |

    @iut:relay
    Scenario Outline: RELAY frames flagged <flag>, at a relay
      Given a tunnel relay
      When RELAY frames with the flag <flag> are sent to the relay
      Then each of at least <count> got the answer that the file tells
      And nobody was connected to

      @FRAME-07 @FRAME-12
      Examples:
        | flag   | count |
        | Length | 7     |

      @FRAME-08
      Examples:
        | flag    | count |
        | Version | 2     |

      @FRAME-09
      Examples:
        | flag | count |
        | Type | 2     |

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

  # By row, RELAY-08: its name is missing. RELAY-10: it is not the last. RELAY-09: it is there twice. RELAY-07: the
  # port changes nothing.
  @iut:server @RELAY-07 @RELAY-08 @RELAY-09 @RELAY-10
  Rule: A server that is not the last node of the path, and only there, is not on the path

    # fig. 12 Receive Relay: relay refused
    Scenario Outline: A server on the path <path>
      Given a tunnel server
      When an initiator sends RELAY for the path <path>
      Then the server answers CLOSE "not on path" and ends the stream

      Examples:
        | path                          |
        | other.test                    |
        | server.test relay-b.test      |
        | server.test server.test:3265  |

  @RELAY-05 @RELAY-02
  Rule: Every name of the grammar is one, on the path and as the origin

    @iut:server
    Scenario: At a server: names of the grammar
      Given a tunnel server
      When RELAY frames with these names as origin and first node come to the server, it awaits REQUEST
        | s                            |
        | a_b.test                     |
        | -a.test                      |
        | a-.b-.test                   |
        | 10.77.0.9                    |
        | server.test.example          |
        | my-server.test               |
        | a.test:1                     |
        | a.test:65535                 |
        | a label of 64 octets         |
        | a name of 253 octets         |
        | a name of 253 octets:65535   |

    @iut:relay @RELAY-12
    Scenario: At a relay: names of the grammar, which it forwards as they are
      Given a tunnel relay
      When RELAY frames with these names as origin and first node come to the relay, it forwards them unchanged
        | s                            |
        | a_b.test                     |
        | -a.test                      |
        | a-.b-.test                   |
        | 10.77.0.9                    |
        | relay-b.test.example         |
        | my-relay-b.test              |
        | a.test:1                     |
        | a.test:3265                  |
        | a.test:65535                 |
        | a label of 64 octets         |
        | a name of 253 octets         |
        | a name of 253 octets:65535   |

  # By row, FRAME-11: the reserved octet. RELAY-05: names and ports. RELAY-06: the origin index. RELAY-04: no node.
  # RELAY-03, FRAME-12: strings that are apart, shared, cut off, or more than the nodes.
  @RELAY-03 @RELAY-04 @RELAY-05 @RELAY-06 @FRAME-11 @FRAME-12
  Rule: The faults of a RELAY frame that no file of vectors has

    @iut:server
    Scenario: At a server: faults that no file of vectors has
      Given a tunnel server
      When RELAY frames with these faults come to the server, it answers CLOSE "protocol error"
        | the reserved octet 02                 |
        | a leading dot                         |
        | an origin with a leading dot          |
        | an exclamation mark                   |
        | a DEL                                 |
        | a second colon after a port           |
        | two octets between two names          |
        | an origin index of 1                  |
        | an origin index of 256                |
        | an index that is 256 too high         |
        | an index that is 32768 too high       |
        | one name for two nodes                |
        | a last name whose NUL is cut off      |
        | the origin and the first node in one string |
        | an octet after the last name          |
        | a name after the last name            |
        | the reserved octet 02, and only other nodes |
        | an octet after the last name, and only other nodes |
        | no node, and right otherwise          |
        | a hop count that is 16 too high       |
        | a hop count that is 32 too high       |
        | a hop count that is 64 too high       |
        | a hop count that is 128 too high      |

    @iut:relay
    Scenario: At a relay: faults that no file of vectors has
      Given a tunnel relay
      When RELAY frames with these faults come to the relay, it answers CLOSE "protocol error"
        | the reserved octet 02                 |
        | a leading dot                         |
        | an origin with a leading dot          |
        | an exclamation mark                   |
        | a DEL                                 |
        | a second colon after a port           |
        | two octets between two names          |
        | an origin index of 1                  |
        | an origin index of 256                |
        | an index that is 256 too high         |
        | an index that is 32768 too high       |
        | one name for two nodes                |
        | a last name whose NUL is cut off      |
        | the origin and the first node in one string |
        | an octet after the last name          |
        | a name after the last name            |
        | the reserved octet 02, and only other nodes |
        | an octet after the last name, and only other nodes |
        | no node, and right otherwise          |
        | a hop count that is 16 too high       |
        | a hop count that is 32 too high       |
        | a hop count that is 64 too high       |
        | a hop count that is 128 too high      |
      And nobody was connected to

  @RELAY-04 @RELAY-02
  Rule: A path of 16 nodes is one, wherever on it the node is

    @iut:server
    Scenario: At a server: the longest path
      Given a tunnel server
      When initiators are authorized by these paths
        | a b c d e f g h i j k l m n server.test   |
        | a b c d e f g h i j k l m n o server.test |

    # RELAY-04: the path; HS-01: all of the frame is in the prologue.
    @iut:server @HS-01
    Scenario: At a server: 15 names of 253 octets before its own
      Given a tunnel server
      Then an initiator is authorized by a path of 15 names of 253 octets and the server

    @iut:relay @RELAY-12
    Scenario: At a relay: the longest path
      Given a tunnel relay
      When an initiator sends RELAY for these paths, the relay forwards it unchanged to the node after it
        | a b c d e f g h i j k l m relay-b.test server.test   |
        | relay-b.test server.test c d e f g h i j k l m n o p |
        | a b c d e f g relay-b.test server.test j k l m n o p |
        | a b c d e f g h i j k l m n relay-b.test server.test |
        | a b a relay-b.test server.test c d c                 |

  # By row, RELAY-07: it finds itself by either name, whatever the port. RELAY-08: a name that only resembles one.
  # RELAY-09: both names, or one of them twice. RELAY-11: a relay as the last node.
  @RELAY-07 @RELAY-08 @RELAY-09
  Rule: A node of several names finds itself by each of them, and once in all

    @iut:server
    Scenario: A server of two names
      Given a tunnel server configured with
        """
        { "names": ["server.test", "second.test"] }
        """
      When an initiator sends RELAY for these paths, the server answers as the row says
        | second.test                     | nothing            |
        | second.test:9                   | nothing            |
        | relay-b.test:1 second.test      | nothing            |
        | second.test server.test         | CLOSE "not on path" |
        | server.test second.test         | CLOSE "not on path" |
        | server.test server.test         | CLOSE "not on path" |
        | server.test:1 server.test:2     | CLOSE "not on path" |
        | server.test.example             | CLOSE "not on path" |
        | my-server.test                  | CLOSE "not on path" |
        | server.test relay-b.test        | CLOSE "not on path" |

    @iut:relay
    Scenario: A relay of two names
      Given a tunnel relay configured with
        """
        { "names": ["relay-b.test", "second.test"] }
        """
      When an initiator sends RELAY for these paths, the relay answers as the row says
        | second.test server.test                  | nothing             |
        | second.test:9 server.test                | nothing             |
        | relay-b.test:9 server.test               | nothing             |
        | second.test relay-b.test server.test     | CLOSE "not on path" |
        | relay-b.test second.test server.test     | CLOSE "not on path" |
        | relay-b.test server.test relay-b.test    | CLOSE "not on path" |
        | relay-b.test:1 relay-b.test:2 server.test | CLOSE "not on path" |
        | relay-b.test.example server.test         | CLOSE "not on path" |
        | my-relay-b.test server.test              | CLOSE "not on path" |

    @iut:relay @RELAY-11
    Scenario: A relay of two names that is the last node by one of them
      Given a tunnel relay configured with
        """
        { "names": ["relay-b.test", "second.test"] }
        """
      When an initiator sends RELAY for these paths, the relay answers as the row says
        | second.test             | CLOSE "not on path" |
        | relay-b.test            | CLOSE "not on path" |
        | server.test relay-b.test | CLOSE "not on path" |

  @RELAY-14
  Rule: The origin decides nothing

    @iut:server
    Scenario Outline: The origin <origin>, at a server
      Given a tunnel server
      When an initiator is authorized with the origin <origin>
      Then another initiator is authorized by the same server

      Examples:
        | origin         |
        | server.test    |
        | 192.0.2.1      |
        | nowhere.test:1 |

    @iut:server
    Scenario: At a server: origins decide nothing
      Given a tunnel server
      When an initiator sends RELAY of these origins, the server answers as the row says
        | server.test    | nothing |
        | localhost      | nothing |
        | 192.0.2.1      | nothing |
        | nowhere.test:1 | nothing |
        | relay-b.test   | nothing |

    @iut:relay @RELAY-12
    Scenario: At a relay: an origin, which it forwards as it is
      Given a tunnel relay
      When RELAY frames with these names as origin and no first node come to the relay, it forwards them unchanged
        | relay-b.test      |
        | relay-b.test:3265 |
        | server.test       |
        | localhost         |
        | 192.0.2.1         |

  @iut:client @RELAY-13
  Rule: An initiator does not tell where it is

    @SHOULD
    Scenario: An initiator's origin unless configured otherwise
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      Then RELAY names the origin origin.invalid

    @SHOULD @needs:reconnect
    Scenario: An initiator's origin unless configured otherwise, on a later connection
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "reconnect": true }
        """
      When the server authorizes it
      And the server breaks the connection off
      And the initiator has connected again
      And the server has read REQUEST
      Then RELAY names the origin origin.invalid

    @SHOULD
    Scenario: An initiator's origin by its configuration
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "origin": "somewhere.test" }
        """
      When the server has read REQUEST
      Then RELAY names the origin somewhere.test
