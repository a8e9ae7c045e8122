Feature: Tunnel connection request frame
  [EP] fig. 7: length 120, type 122, version 124, offsets 126 to 132 and 136, flags 134, string buffer 138.
  The opened frames are those of vectors/request.json, sealed to the server under test.

  @iut:server
  Rule: What is well-formed is answered by what it asks for

    # REQ-03: every one that is opened. REQ-07: names of every form and length are names. REQ-06: a buffer that needs no padding
    # has none. SRV-04: a transform that stands there twice is offered all the same. ID-08, REQ-14: what is not known. REQ-10:
    # what client data say.
    Scenario Outline: <flags>
      Given a tunnel server that knows the names of the vectors
      When opened frames of REQUEST with the flags <flags> are sent to the server
      Then each of at least <count> got the answer that the file tells

      @REQ-03 @REQ-06 @REQ-07 @SRV-04
      Examples:
        | flags  | count |
        | Normal | 11    |

      @ID-08 @REQ-14
      Examples:
        | flags  | count |
        | Grease | 2     |

      @REQ-10
      Examples:
        | flags   | count |
        | Ignored | 2     |

    @REQ-14 @REQ-12
    Scenario: Key exchange data that is well-formed
      Given a tunnel server
      When REQUESTs with key exchange data with the flags Normal, Grease are sent to the server
      Then each of at least 10 got the answer that the file tells

    @REQ-10
    Scenario: Client data of a REQUEST that is well-formed
      Given a tunnel server
      When REQUESTs with client data with the flags Normal are sent to the server
      Then each of at least 7 got the answer that the file tells

    @REQ-10
    Scenario: Client data that ask for another address
      Given a tunnel server
      When an initiator sends a REQUEST with client data that ask for 10.8.0.77
      Then RESPONSE holds
        | address | 10.8.0.10 |

    @REQ-10
    Scenario: At a server: client data of 800 octets
      Given a tunnel server
      When an initiator sends a REQUEST with client data of 4 options of 200 octets
      Then the server answers RESPONSE

  @iut:server @SRV-06
  Rule: What is not, is not authorized

    Scenario Outline: <flags>
      Given a tunnel server that knows the names of the vectors
      When opened frames of REQUEST with the flags <flags> are sent to the server
      Then each of at least <count> got the answer that the file tells

      @REQ-02 @FRAME-11
      Examples:
        | flags | count |
        | Flags | 2     |

      @REQ-05 @FRAME-12
      Examples:
        | flags              | count |
        | Offset, Transforms | 16    |

      @REQ-06
      Examples:
        | flags   | count |
        | Padding | 6     |

      @REQ-07
      Examples:
        | flags | count |
        | Name  | 8     |

    # SRV-06: the answer is that to every other fault. REQ-15: an id of 0x8000. REQ-13: the order. REQ-12:
    # everything else.
    @REQ-12 @REQ-13 @REQ-15
    Scenario: Key exchange data that is not well-formed
      Given a tunnel server
      When REQUESTs with key exchange data with the flags Order, Unknown, Length, Value, Missing are sent to the server
      Then each of at least 21 got the answer that the file tells

    @REQ-17
    Scenario: Client data that do not decode
      Given a tunnel server
      When REQUESTs with client data with the flags Length, Dhcp, IPv6 are sent to the server
      Then each of at least 17 got the answer that the file tells

  @iut:server @REQ-05 @FRAME-12
  Rule: The sections follow in one order and without gaps, whatever the offsets say of them

    Scenario: A REQUEST whose offsets are true of another encoding
      Given a tunnel server
      When initiators send REQUESTs with these faults, the server answers CLOSE "not authorized"
        | an octet between its header and its first section      |
        | two octets between its header and its first section    |
        | its transforms before its key exchange data            |
        | its destination before its transforms                  |
        | its client data before its destination                 |
        | its initiator before its client data                   |
        | an octet after its transforms                          |
        | an octet after the NUL of its destination              |
        | an octet after its client data                         |

  @iut:server @REQ-06
  Rule: The padding is zeros, each octet of it, and no more of them than to the next multiple of 128

    Scenario: A REQUEST with padding of another kind
      Given a tunnel server
      When initiators send REQUESTs with these faults, the server answers CLOSE "not authorized"
        | padding that is not zero                |
        | padding whose first octet is not zero   |
        | padding whose middle octet is not zero  |
        | padding of one block too many           |
        | a whole block of padding, though none is needed |

  @iut:server @REQ-03 @REQ-04
  Rule: The header in the clear is the sealed one, and a difference is answered like any other fault

    Scenario: A REQUEST whose two headers differ in one octet
      Given a tunnel server
      When initiators send REQUESTs with these faults, the server answers CLOSE "not authorized"
        | another octet 6 in the clear  |
        | another octet 7 in the clear  |
        | another octet 8 in the clear  |
        | another octet 9 in the clear  |
        | another octet 10 in the clear |
        | another octet 11 in the clear |
        | another octet 12 in the clear |
        | another octet 13 in the clear |
        | another octet 14 in the clear |
        | another octet 15 in the clear |
        | another octet 16 in the clear |
        | another octet 17 in the clear |

  @iut:server @REQ-08
  Rule: The destination is the last name of the path without its port

    Scenario: A destination by another name that the server has, and other ways to write it
      Given a tunnel server configured with
        """
        { "names": ["server.test", "second.test"] }
        """
      When initiators send REQUESTs with these faults, the server answers CLOSE "not authorized"
        | a destination that is not the last name of the path |
        | the destination second.test                         |
        | the destination server.test:3265                    |
        | the destination server.test:3265 as on the path     |
        | the destination relay-b.test of the path before     |

    @RELAY-07
    Scenario: A destination by each name of the server, with a port on the path or without
      Given a tunnel server configured with
        """
        { "names": ["server.test", "second.test"] }
        """
      When initiators are authorized by these paths
        | second.test              |
        | server.test              |
        | second.test:3265         |
        | relay-b.test server.test |

  @iut:server @REQ-07
  Rule: An initiator name has at most 255 octets

    # The server knows the 255 octets: one that cuts the name to them finds it.
    Scenario: At a server: the longest name, and one octet more
      Given a tunnel server that knows the longest name
      When an initiator sends a REQUEST with the longest name
      Then the server answers RESPONSE
      When an initiator sends a REQUEST with the longest name and an octet more
      Then the server answers CLOSE "not authorized" and ends the stream

  @iut:server @FRAME-07 @REQ-14
  Rule: A REQUEST that is long is one like any other

    Scenario: At a server: a REQUEST with an entry of 2,600 octets that nobody knows
      Given a tunnel server
      When an initiator sends a REQUEST with an entry 5 of 2600 octets
      Then the server answers RESPONSE

  @iut:server @REQ-08 @RELAY-05
  Rule: A destination has at most 253 octets

    Scenario: At a server: the longest name that it can have
      Given a tunnel server whose name has 253 octets
      When an initiator sends a REQUEST for it
      Then the server answers RESPONSE

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

  @iut:server
  Rule: Other faults of a REQUEST are not told apart

    @REQ-16
    Scenario: Suites that there are not
      Given a tunnel server
      When initiators send REQUESTs with these faults, the server answers CLOSE "not authorized"
        | a suite of 0                       |
        | a suite of 0 that is sealed as 1   |
        | a suite of 3                       |
        | a suite of 17 that is sealed as 1  |
        | a suite of 129 that is sealed as 1 |

    @REQ-17
    Scenario: Client data that does not decode
      Given a tunnel server
      When an initiator sends a REQUEST with client data that does not decode
      Then the server answers CLOSE "not authorized" and ends the stream

    @REQ-13
    Scenario: Key exchange data that does not ascend
      Given a tunnel server
      When an initiator sends a REQUEST with key exchange data that does not ascend
      Then the server answers CLOSE "not authorized" and ends the stream

  @iut:client
  Rule: What an initiator sends follows from its configuration

    @REQ-07
    Scenario: The longest initiator name, with spaces
      Given a tunnel initiator of the longest name whose server is scripted
      When the server has read REQUEST
      Then REQUEST names the initiator as configured

    # The first hop stands for another server here: what it reads names the whole path.
    @RELAY-02 @REQ-08
    Scenario: A path of several nodes, with ports and without
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "path": ["server.test:3265", "relay-c.test", "inner.test:4000"] }
        """
      When the server has read RELAY
      Then RELAY names the path server.test:3265 relay-c.test inner.test:4000
      And the initiator sends its REQUEST at once

    @REQ-08
    Scenario: The destination has no port
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "path": ["server.test:3265"] }
        """
      When the server has read REQUEST
      Then REQUEST holds
        | destination | server.test |

    @REQ-08
    Scenario: The destination is the last node of several, without its port
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "path": ["server.test:3265", "relay-c.test", "inner.test:4000"] }
        """
      When the server has read REQUEST
      Then REQUEST holds
        | destination | inner.test |

    @REQ-01 @RELAY-01
    Scenario: REQUEST right after RELAY
      Given a tunnel initiator whose server is scripted
      When the server has read RELAY
      Then the initiator sends its REQUEST at once

  @iut:client
  Rule: The freshness of a REQUEST is above that of every one before it

    @REQ-18 @needs:timers
    Scenario: Freshness of 8 REQUESTs of one process
      Given a tunnel initiator that waits for a command to connect again
      When it has sent 8 REQUESTs, the freshness of each is above the one before

    # Of a clock that stands still there is no other in a namespace than that of this configuration.
    @REQ-18 @needs:timers @needs:deterministic
    Scenario: Freshness in one run whose clock stands still
      Given a tunnel initiator that waits for a command to connect again, configured with
        """
        { "deterministic": { "freshness": 1764000000000000 } }
        """
      When it has sent 4 REQUESTs, the freshness of each is above the one before

    @REQ-18
    Scenario: The first REQUEST has freshness
      Given a tunnel initiator that waits for a command to connect again
      When it has sent 1 REQUESTs, the freshness of each is above the one before

    @REQ-19 @SHOULD
    Scenario: Freshness in several runs
      Given a tunnel initiator that waits for a command to connect again
      When it has sent a REQUEST in each of 4 runs, the freshness of each is above the one before

  @iut:client @REQ-13 @REQ-06
  Rule: What is random in REQUEST changes nothing of its form

    Scenario: The form of many REQUESTs
      Given a tunnel initiator that waits for a command to connect again
      When it has sent 24 REQUESTs, each is the one valid encoding of what it holds

  @iut:client @REQ-06 @needs:deterministic
  Rule: REQUEST has no more padding than is needed

    Scenario: At an initiator: the most padding, and none
      When initiators have names of such lengths that the padding of REQUEST is most and none

  @iut:client @KEY-04
  Rule: No key is used for more than 2^32 frames or 2^40 octets

    Scenario: The lifetimes that an initiator asks for
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      Then REQUEST holds
        | frames at most | 4294967296    |
        | octets at most | 1099511627776 |

  @iut:client @ID-07
  Rule: An initiator sends GREASE

    @SHOULD
    Scenario: GREASE among an initiator's transforms and its key exchange data
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      Then REQUEST holds
        | GREASE among | transforms, key exchange data |

  @iut:client @REQ-11
  Rule: The initiator offers its transforms by preference

    @needs:aes256gcm
    Scenario: An initiator offers chacha20poly1305 before aes256gcm
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "transforms": ["chacha20poly1305", "aes256gcm"] }
        """
      When the server has read REQUEST
      Then REQUEST holds
        | transforms | 0x0002, 0x0001 |

    Scenario: An initiator offers aes256gcm before chacha20poly1305
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "transforms": ["aes256gcm", "chacha20poly1305"] }
        """
      When the server has read REQUEST
      Then REQUEST holds
        | transforms | 0x0001, 0x0002 |

  @iut:client
  Rule: An initiator offers what it is configured to, and nothing else

    Scenario Outline: <transform>
      Given an implementation that declares <transform>
      And a tunnel initiator whose server is scripted, configured with
        """
        { "transforms": ["<transform>"] }
        """
      When the server authorizes it
      Then REQUEST holds
        | transforms | <id> |

      # 0x0102 is not among them.
      @ID-01 @ID-05
      Examples:
        | transform        | id     |
        | chacha20poly1305 | 0x0002 |

      @ID-03 @SHOULD
      Examples:
        | transform | id     |
        | aes256gcm | 0x0001 |

      @ID-04 @SHOULD
      Examples:
        | transform            | id     |
        | aes256ctr-hmacsha256 | 0x0101 |

    @ID-02 @SHOULD
    Scenario: An initiator uses suite 2, if nothing says otherwise
      Given an implementation that declares hybrid
      And a tunnel initiator whose server is scripted, configured with
        """
        { "server": { "suite": null } }
        """
      When the server has read REQUEST
      Then REQUEST holds
        | suite | 2 |
