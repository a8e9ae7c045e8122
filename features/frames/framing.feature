Feature: Framing
  What the frames of [EP] figs. 6 to 10 have in common: length, type, version, one after the other.
  The streams are those of vectors/deframing.json.

  @iut:server @FRAME-01 @FRAME-05
  Rule: A frame is accepted however TCP cuts it

    Scenario: RELAY and REQUEST in pieces
      Given a tunnel server
      When an initiator sends RELAY and REQUEST in pieces of 1 octets
      Then the server answers RESPONSE
      When an initiator sends RELAY and REQUEST in pieces of 7 octets
      Then the server answers RESPONSE
      When an initiator sends RELAY and REQUEST in pieces of 5000 octets
      Then the server answers RESPONSE

    # FRAME-01, FRAME-05: the frames count on one another, and one that is lost or misread makes the next an
    # integrity failure. FRAME-07: the longest frame of its type is taken. DATA-01: so is one without a datagram.
    @FRAME-07 @DATA-01
    Scenario: DATA in pieces
      Given a tunnel server
      When an initiator is authorized
      And the initiator sends DATA of 0, 1, 100 and 65535 octets and a frame of unknown type in pieces of 5
      Then the server answers a keyed CLOSE "protocol error" and ends the stream
      When an initiator is authorized
      And the initiator sends DATA of 0, 1, 100 and 65535 octets and a frame of unknown type in pieces of 17
      Then the server answers a keyed CLOSE "protocol error" and ends the stream
      When an initiator is authorized
      And the initiator sends DATA of 0, 1, 100 and 65535 octets and a frame of unknown type in pieces of 70000
      Then the server answers a keyed CLOSE "protocol error" and ends the stream

    # FRAME-01, FRAME-05: frames in one piece and in many. FRAME-06: what is begun is awaited. FRAME-13: RELAY and no other
    # frame comes first.
    @FRAME-06 @FRAME-13
    Scenario: At a server: streams in pieces, begun, and with a fault behind a frame
      Given a tunnel server
      When streams that begin well with the flags Whole, Pieces, Partial, AfterFrame are sent to the server
      Then each of at least 30 got the answer that the file tells

  @iut:client @FRAME-01 @FRAME-05
  Rule: So it is at an initiator

    Scenario Outline: RESPONSE and DATA in pieces of <size> octets
      Given a tunnel initiator whose server is scripted
      When the server has read REQUEST
      And the server sends RESPONSE, DATA of 0, 1 and 100 octets and a frame of unknown type in pieces of <size>
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream

      Examples:
        | size |
        | 1    |
        | 7    |
        | 5000 |

    # FRAME-01, FRAME-05: the frames count on one another, and one that is lost or misread makes the next an
    # integrity failure. FRAME-07: the longest frame of its type is taken. DATA-01: so is one without a datagram.
    @FRAME-07 @DATA-01
    Scenario Outline: At an initiator: DATA in pieces of <size> octets
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server sends DATA of 0, 1, 100 and 65535 octets and a frame of unknown type in pieces of <size>
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream

      Examples:
        | size  |
        | 5     |
        | 70000 |

  @iut:relay @FRAME-05
  Rule: So it is at a relay

    Scenario: RELAY and REQUEST, then DATA both ways, in pieces
      Given a tunnel relay
      When an initiator has a tunnel through the relay, all of it in pieces of 1 octets
      Then DATA of 0, 1 and 100 octets pass the relay both ways, in pieces of 1 octets
      When an initiator has a tunnel through the relay, all of it in pieces of 7 octets
      Then DATA of 0, 1 and 100 octets pass the relay both ways, in pieces of 7 octets
      When an initiator has a tunnel through the relay, all of it in pieces of 5000 octets
      Then DATA of 0, 1 and 100 octets pass the relay both ways, in pieces of 5000 octets

  @iut:server @FRAME-06
  Rule: Length, version and type are judged as soon as 6 octets have come

    @FRAME-07
    Scenario: A length out of bounds is refused at 6 octets
      Given a tunnel server
      When streams with the flag Length are sent to the server
      Then each of at least 16 got the answer that the file tells

    @FRAME-08
    Scenario: Another version is refused at 6 octets
      Given a tunnel server
      When streams with the flag Version are sent to the server
      Then each of at least 6 got the answer that the file tells

    @FRAME-09
    Scenario: A type that is unknown is refused at 6 octets
      Given a tunnel server
      When streams with the flag Type are sent to the server
      Then each of at least 3 got the answer that the file tells

    @FRAME-01
    Scenario: A fault behind a frame that is in order
      Given a tunnel server
      When an initiator connects
      And the initiator sends RELAY
      And the initiator sends the octets 000000400102
      Then the server answers CLOSE "unsupported version" and ends the stream

  @FRAME-06
  Rule: Lengths at the bounds of each type

    # What begins a frame within the bounds is silently awaited; a frame beyond them is refused by its first 6 octets. Those
    # of 16 MiB are within the bounds if the highest octet of the length is not read.
    @iut:server @FRAME-07
    Scenario: At a server: lengths at the bounds
      Given a tunnel server
      When in Receive Relay the server receives these octets, each on a connection of its own
        | RELAY of 15      | 0000000f0101 | CLOSE "protocol error" |
        | RELAY of 16      | 000000100101 | nothing                |
        | RELAY of 4,608   | 000012000101 | nothing                |
        | RELAY of 4,609   | 000012010101 | CLOSE "protocol error" |
        | RELAY of 16 MiB  | 010000100101 | CLOSE "protocol error" |
        | CLOSE of 7       | 000000070501 | CLOSE "protocol error" |
        | CLOSE of 8       | 000000080501 | nothing                |
        | CLOSE of 40      | 000000280501 | nothing                |
        | CLOSE of 41      | 000000290501 | CLOSE "protocol error" |
        | DATA of 131,073  | 000200010401 | CLOSE "protocol error" |
      And in Connect Wait the server receives these octets, each on a connection of its own
        | REQUEST of 259   | 000001030201 | CLOSE "protocol error" |
        | REQUEST of 260   | 000001040201 | nothing                |
        | REQUEST of 4,096 | 000010000201 | nothing                |
        | REQUEST of 4,097 | 000010010201 | CLOSE "protocol error" |
        | REQUEST of 16 MiB | 010001040201 | CLOSE "protocol error" |
      And in Authorized the server receives these octets, each on a connection of its own
        | DATA of 15       | 0000000f0401 | a keyed CLOSE "integrity failure" |
        | DATA of 131,073  | 000200010401 | a keyed CLOSE "integrity failure" |
        | DATA of 16 MiB   | 010000280401 | a keyed CLOSE "integrity failure" |
        | CLOSE of 7       | 000000070501 | a keyed CLOSE "protocol error"    |
        | CLOSE of 41      | 000000290501 | a keyed CLOSE "protocol error"    |
        | CLOSE of 16 MiB  | 010000280501 | a keyed CLOSE "protocol error"    |
        | length 0         | 000000000401 | a keyed CLOSE "integrity failure" |
        | length 5         | 000000050501 | a keyed CLOSE "protocol error"    |

    @iut:client @FRAME-07
    Scenario: At an initiator: lengths at the bounds
      Given a tunnel initiator that waits for a command to connect again
      When in Response Wait the initiator receives these octets, each on a connection of its own
        | RESPONSE of 203    | 000000cb0301 | CLOSE "protocol error" |
        | RESPONSE of 204    | 000000cc0301 | nothing                |
        | RESPONSE of 16,384 | 000040000301 | nothing                |
        | RESPONSE of 16,385 | 000040010301 | CLOSE "protocol error" |
        | CLOSE of 7         | 000000070501 | CLOSE "protocol error" |
        | CLOSE of 8         | 000000080501 | nothing                |
        | CLOSE of 40        | 000000280501 | nothing                |
        | CLOSE of 41        | 000000290501 | CLOSE "protocol error" |
      And in Authorized the initiator receives these octets, each on a connection of its own
        | DATA of 15         | 0000000f0401 | a keyed CLOSE "integrity failure" |
        | DATA of 131,073    | 000200010401 | a keyed CLOSE "integrity failure" |
        | CLOSE of 7         | 000000070501 | a keyed CLOSE "protocol error"    |
        | CLOSE of 41        | 000000290501 | a keyed CLOSE "protocol error"    |
        | length 0           | 000000000401 | a keyed CLOSE "integrity failure" |
        | length 5           | 000000050501 | a keyed CLOSE "protocol error"    |

    @iut:relay @FRAME-07
    Scenario: At a relay: lengths at the bounds
      Given a tunnel relay
      When in Receive Relay the relay receives these octets, each on a connection of its own
        | RELAY of 15      | 0000000f0101 | CLOSE "protocol error" |
        | RELAY of 16      | 000000100101 | nothing                |
        | RELAY of 4,608   | 000012000101 | nothing                |
        | RELAY of 4,609   | 000012010101 | CLOSE "protocol error" |
        | RELAY of 16 MiB  | 010000100101 | CLOSE "protocol error" |
        | REQUEST of 4,097 | 000010010201 | CLOSE "protocol error" |
        | DATA of 131,073  | 000200010401 | CLOSE "protocol error" |
        | CLOSE of 7       | 000000070501 | CLOSE "protocol error" |
        | CLOSE of 8       | 000000080501 | nothing                |
        | CLOSE of 40      | 000000280501 | nothing                |
        | CLOSE of 41      | 000000290501 | CLOSE "protocol error" |
        | CLOSE of 16 MiB  | 010000280501 | CLOSE "protocol error" |

  @FRAME-06
  Rule: Version and type

    # 0 and the first version above 1, in every state; of a DATA frame in Authorized too. In the lower bits of 17 and 129 is 1, in
    # those of the types is one that there is.
    @iut:server @FRAME-08 @FRAME-09
    Scenario: At a server: version and type
      Given a tunnel server
      When in Receive Relay the server receives these octets, each on a connection of its own
        | version 0        | 000000100100 | CLOSE "unsupported version" |
        | version 2        | 000000100102 | CLOSE "unsupported version" |
        | version 17       | 000000100111 | CLOSE "unsupported version" |
        | version 129      | 000000100181 | CLOSE "unsupported version" |
        | type 0           | 000000100001 | CLOSE "protocol error"      |
        | type 6           | 000000100601 | CLOSE "protocol error"      |
        | type 17          | 000000101101 | CLOSE "protocol error"      |
        | type 129         | 000000108101 | CLOSE "protocol error"      |
        | a private type   | 00000006f001 | CLOSE "protocol error"      |
        | type 255         | 00000006ff01 | CLOSE "protocol error"      |
      And in Connect Wait the server receives these octets, each on a connection of its own
        | version 0        | 000001040200 | CLOSE "unsupported version" |
        | version 2        | 000001040202 | CLOSE "unsupported version" |
        | type 6           | 000000100601 | CLOSE "protocol error"      |
        | type 18          | 000001041201 | CLOSE "protocol error"      |
        | a private type   | 00000006f001 | CLOSE "protocol error"      |
      And in Authorized the server receives these octets, each on a connection of its own
        | DATA, version 0  | 000000100400 | a keyed CLOSE "unsupported version" |
        | DATA, version 2  | 000000100402 | a keyed CLOSE "unsupported version" |
        | CLOSE, version 2 | 000000280502 | a keyed CLOSE "unsupported version" |
        | type 0           | 000000060001 | a keyed CLOSE "protocol error"      |
        | type 6           | 000000100601 | a keyed CLOSE "protocol error"      |
        | type 20          | 000000101401 | a keyed CLOSE "protocol error"      |
        | type 133         | 000000288501 | a keyed CLOSE "protocol error"      |
        | a private type   | 00000006f001 | a keyed CLOSE "protocol error"      |

    @iut:client @FRAME-08 @FRAME-09
    Scenario: At an initiator: version and type
      Given a tunnel initiator that waits for a command to connect again
      When in Response Wait the initiator receives these octets, each on a connection of its own
        | version 0        | 000000cc0300 | CLOSE "unsupported version" |
        | version 2        | 000000cc0302 | CLOSE "unsupported version" |
        | version 17       | 000000cc0311 | CLOSE "unsupported version" |
        | version 129      | 000000cc0381 | CLOSE "unsupported version" |
        | CLOSE, version 0 | 000000080500 | CLOSE "unsupported version" |
        | type 0           | 000000100001 | CLOSE "protocol error"      |
        | type 6           | 000000100601 | CLOSE "protocol error"      |
        | type 19          | 000000cc1301 | CLOSE "protocol error"      |
        | a private type   | 00000006f001 | CLOSE "protocol error"      |
        | type 255         | 00000006ff01 | CLOSE "protocol error"      |
      And in Authorized the initiator receives these octets, each on a connection of its own
        | DATA, version 0  | 000000100400 | a keyed CLOSE "unsupported version" |
        | DATA, version 2  | 000000100402 | a keyed CLOSE "unsupported version" |
        | CLOSE, version 2 | 000000280502 | a keyed CLOSE "unsupported version" |
        | type 0           | 000000060001 | a keyed CLOSE "protocol error"      |
        | type 6           | 000000100601 | a keyed CLOSE "protocol error"      |
        | type 20          | 000000101401 | a keyed CLOSE "protocol error"      |
        | type 133         | 000000288501 | a keyed CLOSE "protocol error"      |
        | a private type   | 00000006f001 | a keyed CLOSE "protocol error"      |

    @iut:relay @FRAME-08
    Scenario: At a relay: version and type
      Given a tunnel relay
      When in Receive Relay the relay receives these octets, each on a connection of its own
        | version 0      | 000000100100 | CLOSE "unsupported version" |
        | version 2      | 000000100102 | CLOSE "unsupported version" |
        | version 255    | 0000001001ff | CLOSE "unsupported version" |
        | version 17     | 000000100111 | CLOSE "unsupported version" |
        | version 129    | 000000100181 | CLOSE "unsupported version" |
        | type 6         | 000000100601 | CLOSE "protocol error"      |
        | type 17        | 000000101101 | CLOSE "protocol error"      |
        | type 129       | 000000108101 | CLOSE "protocol error"      |
        | a private type | 00000006f001 | CLOSE "protocol error"      |

  @FRAME-10
  Rule: The faults are judged in order: length below 6, version, type, bounds of the type

    @iut:server
    Scenario: At a server: the order of the faults
      Given a tunnel server
      When in Receive Relay the server receives these octets, each on a connection of its own
        | length below 6 and version           | 000000050102 | CLOSE "protocol error"      |
        | length below 6, version and type     | 000000000900 | CLOSE "protocol error"      |
        | version and type                     | 000000400902 | CLOSE "unsupported version" |
        | version and least length of the type | 000000060102 | CLOSE "unsupported version" |
        | version and most length of the type  | ffffffff0102 | CLOSE "unsupported version" |
        | version, type and a length of 4 GiB  | ffffffff0902 | CLOSE "unsupported version" |
      And in Authorized the server receives these octets, each on a connection of its own
        | length below 6 and version           | 000000050502 | a keyed CLOSE "protocol error"      |
        | version and type                     | 000000400902 | a keyed CLOSE "unsupported version" |
        | version and most length of the type  | ffffffff0402 | a keyed CLOSE "unsupported version" |

    @iut:client
    Scenario: At an initiator: the order of the faults
      Given a tunnel initiator that waits for a command to connect again
      When in Response Wait the initiator receives these octets, each on a connection of its own
        | length below 6 and version           | 000000050302 | CLOSE "protocol error"      |
        | length below 6, version and type     | 000000000900 | CLOSE "protocol error"      |
        | version and type                     | 000000400902 | CLOSE "unsupported version" |
        | version and least length of the type | 000000060302 | CLOSE "unsupported version" |
        | version and most length of the type  | ffffffff0302 | CLOSE "unsupported version" |
        | version, type and a length of 4 GiB  | ffffffff0902 | CLOSE "unsupported version" |
      And in Authorized the initiator receives these octets, each on a connection of its own
        | length below 6 and version           | 000000050502 | a keyed CLOSE "protocol error"      |
        | version and type                     | 000000400902 | a keyed CLOSE "unsupported version" |
        | version and most length of the type  | ffffffff0402 | a keyed CLOSE "unsupported version" |

    @iut:relay
    Scenario: At a relay: the order of the faults
      Given a tunnel relay
      When in Receive Relay the relay receives these octets, each on a connection of its own
        | length below 6 and version           | 000000050102 | CLOSE "protocol error"      |
        | length below 6, version and type     | 000000000900 | CLOSE "protocol error"      |
        | version and type                     | 000000400902 | CLOSE "unsupported version" |
        | version and least length of the type | 000000060102 | CLOSE "unsupported version" |
        | version and most length of the type  | ffffffff0102 | CLOSE "unsupported version" |

  @FRAME-13
  Rule: A frame that is well-formed but has no place in the state is a protocol error

    # SRV-02, RELAY-01: in Receive Relay. SRV-03: in Connect Wait. FRAME-13: in each state.
    @iut:server @SRV-02 @SRV-03 @RELAY-01
    Scenario: At a server: frames that have no place
      Given a tunnel server
      When in Receive Relay the server receives these frames, each on a connection of its own
        | REQUEST  | CLOSE "protocol error" |
        | RESPONSE | CLOSE "protocol error" |
        | DATA     | CLOSE "protocol error" |
      And in Connect Wait the server receives these frames, each on a connection of its own
        | RELAY    | CLOSE "protocol error" |
        | RESPONSE | CLOSE "protocol error" |
        | DATA     | CLOSE "protocol error" |
      And in Authorized the server receives these frames, each on a connection of its own
        | RELAY    | a keyed CLOSE "protocol error" |
        | REQUEST  | a keyed CLOSE "protocol error" |
        | RESPONSE | a keyed CLOSE "protocol error" |

    @iut:client @INI-11 @INI-12
    Scenario: At an initiator: frames that have no place
      Given a tunnel initiator that waits for a command to connect again
      When in Response Wait the initiator receives these frames, each on a connection of its own
        | RELAY    | CLOSE "protocol error" |
        | REQUEST  | CLOSE "protocol error" |
        | DATA     | CLOSE "protocol error" |
      And in Authorized the initiator receives these frames, each on a connection of its own
        | RELAY    | a keyed CLOSE "protocol error" |
        | REQUEST  | a keyed CLOSE "protocol error" |
        | RESPONSE | a keyed CLOSE "protocol error" |

    @iut:relay @RELAY-01 @RLY-01
    Scenario: At a relay that awaits RELAY
      Given a tunnel relay
      When in Receive Relay the relay receives these frames, each on a connection of its own
        | REQUEST  | CLOSE "protocol error" |
        | RESPONSE | CLOSE "protocol error" |
        | DATA     | CLOSE "protocol error" |

  @ID-06
  Rule: A CLOSE is accepted whatever status it has

    @iut:server
    Scenario: At a server: CLOSE of any status
      Given a tunnel server
      When in Connect Wait the server receives these octets, each on a connection of its own
        | status 15    | 000000080501000f | the end of the stream |
        | status f000  | 000000080501f000 | the end of the stream |
        | status ffff  | 000000080501ffff | the end of the stream |
      And in Authorized the server receives these frames, each on a connection of its own
        | a keyed CLOSE of status 15    | the end of the stream |
        | a keyed CLOSE of status 61440 | the end of the stream |
        | a keyed CLOSE of status 65535 | the end of the stream |

    @iut:client
    Scenario: At an initiator: CLOSE of any status
      Given a tunnel initiator that waits for a command to connect again
      When in Response Wait the initiator receives these octets, each on a connection of its own
        | status 15    | 000000080501000f | the end of the stream |
        | status f000  | 000000080501f000 | the end of the stream |
        | status ffff  | 000000080501ffff | the end of the stream |
      And in Authorized the initiator receives these frames, each on a connection of its own
        | a keyed CLOSE of status 15    | the end of the stream |
        | a keyed CLOSE of status 61440 | the end of the stream |
        | a keyed CLOSE of status 65535 | the end of the stream |

  @iut:client @FRAME-02
  Rule: A node whose name says no port is reached at port 3265

    Scenario: An initiator reaches a name without a port at port 3265
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "path": ["server.test"] }
        """
      When the server authorizes it
      Then RELAY names the path server.test

  @iut:relay @FRAME-02
  Rule: So does a relay reach the next node

    Scenario: A relay reaches a name without a port at port 3265
      Given a tunnel relay
      When an initiator sends RELAY to the relay for the path relay-b.test server.test
      Then the next node receives RELAY unchanged

  @iut:client @iut:server @FRAME-01 @FRAME-04 @needs:adapter @needs:arp
  Rule: Nothing is on the wire but whole frames

    Scenario: A tunnel with datagrams is whole frames on the wire
      Given a tunnel
      When a TCP connection from client to server carries known plaintext
      And the user has ended the session by SIGTERM
      Then to its end both directions on the wire are whole frames, RELAY, REQUEST and RESPONSE first

  @FRAME-14
  Rule: Memory does not grow with the length that a frame claims

    # 250 times 131,072 octets are 31 MiB; connections that claim 16 octets tell what a connection takes by itself.
    @iut:server @needs:limits
    Scenario: At a server: memory does not grow with the length that a frame claims
      Given a tunnel server configured with
        """
        { "limits": { "halfOpenPerSource": 600, "halfOpen": 600 } }
        """
      When 250 connections to the server each begin a frame of 16 octets, and 250 others one of 131072
      Then those of the long frames take less than 12 MiB more of the server than those of the short ones

    @iut:relay @needs:limits
    Scenario: At a relay: memory does not grow with the length that a frame claims
      Given a tunnel relay configured with
        """
        { "limits": { "halfOpenPerSource": 600, "halfOpen": 600, "connectionsPerSource": 600, "connections": 600 } }
        """
      When 250 connections to the relay each begin a frame of 16 octets, and 250 others one of 131072
      Then those of the long frames take less than 12 MiB more of the relay than those of the short ones

  @FRAME-15
  Rule: In Authorized a frame of which no further octet comes is given up, whatever its type and whatever is sent meanwhile

    @iut:server @needs:timers
    Scenario: At a server: a frame of which no further octet comes
      Given a tunnel server of ten names, configured with
        """
        { "timers": { "stalledFrame": 1000, "keepAlive": 400 } }
        """
      When in Authorized these octets of a frame come to the server and then no more, it gives each up after 1000 ms
        | 00           |
        | 0000002004   |
        | 000000200401 |
        | 000000280501 |
      And a DATA frame that comes whole in 4 pieces 500 ms apart is accepted, and nothing comes for 1500 ms
      And so are DATA frames of which one ends and the next begins in each of 3 segments 500 ms apart

    @iut:client @needs:timers
    Scenario: At an initiator: a frame of which no further octet comes
      Given a tunnel initiator that waits for a command to connect again, configured with
        """
        { "timers": { "stalledFrame": 1000, "keepAlive": 400 } }
        """
      When in Authorized these octets of a frame come to the initiator and then no more, it gives each up after 1000 ms
        | 00           |
        | 000000200401 |
        | 000000280501 |
      And a DATA frame that comes whole in 4 pieces 500 ms apart is accepted, and nothing comes for 1500 ms
      And so are DATA frames of which one ends and the next begins in each of 3 segments 500 ms apart

    @iut:server @long
    Scenario: At a server: a frame of which no further octet comes, by the default
      Given a tunnel server of ten names
      When in Authorized these octets of a frame come to the server and then no more, it gives each up after 10000 ms
        | 00           |
        | 000000200401 |
        | 000000280501 |

    @iut:client @long
    Scenario: At an initiator: a frame of which no further octet comes, by the default
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server sends the octets 000000200401
      Then the initiator gives the frame up after 10000 ms
