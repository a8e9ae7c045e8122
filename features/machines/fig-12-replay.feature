Feature: REQUESTs that are sent again
  [EP] fig. 12, 223: whoever has recorded a REQUEST can send it again, and that costs its owner nothing.

  @iut:server @SRV-25 @SRV-26
  Rule: A fresh REQUEST has a place; a stale one has one at most, and only while no fresh one needs it

    # SRV-25: who gives way; SRV-26: who is refused.
    # fig. 12 Authorized: gives way
    Scenario: One after the other, with a static key for each row
      Given a tunnel server that knows 14 static keys
      Then REQUESTs with these values of freshness are answered in turn, those of a row by a key of its own
        | what                                       | values                                                                                           |
        | The oldest of four gives way to a fifth    | 10, 20, 30, 40, 50 displaces 10, 60 displaces 20                                                 |
        | A replay gives way first, whatever its age | 10, 20, 30, 30, 40 displaces 30, 50 displaces 10                                                 |
        | One stale one, and no other beside it      | 10, 10, 10 refused, 5 refused, none refused                                                      |
        | A stale one displaces nothing              | 10, 20, 30, 40, 40 refused, 10 refused, none refused                                             |
        | Between one that is stale and the greatest | 10, 5, 7 refused, 9 refused, 10 refused, 11                                                      |
        | Without freshness                          | none, none refused, 10, none refused, 0 refused, 11, 12, 13 displaces none                       |
        | The greatest value, and 0                  | 0, 1, 18446744073709551615, 18446744073709551615, 2 refused                                      |
        | Values that a double takes for one         | 9007199254740992, 9007199254740993, 9007199254740992, 9007199254740993 refused, 9007199254740994 |
        | The fifth, without a common transform      | 10, 20, 30, 40, 50 without transform, 45 displaces 10, 46 displaces 20                           |
        | The first, without a common transform      | 50 without transform, 10, 20, 15, 15 refused                                                     |
        | The first value, which is 0                | 0, 0, 0 refused, none refused, 1                                                                 |
        | Under a name that is not the key's         | 50 by another name, 10, 20, 15, 15 refused                                                       |
        | The fifth, under a name that is not its    | 10, 20, 30, 40, 50 by another name, 45 displaces 10, 46 displaces 20                             |
        | Values beyond what is signed               | 9223372036854775807, 9223372036854775808, 9223372036854775808, 9223372036854775807 refused       |

    Scenario Outline: A place is given back when the session <end>
      Given a tunnel server
      Then after a stale REQUEST whose session <end> there is room for another

      Examples:
        | end          |
        | is confirmed |
        | ends         |

    Scenario Outline: What was fresh once is stale though its session <end>
      Given a tunnel server
      Then after a fresh REQUEST whose session <end> its value and lower ones are stale

      Examples:
        | end                    |
        | is confirmed           |
        | is confirmed, and ends |
        | ends                   |

    Scenario: What was fresh once is stale from another address
      Given a tunnel server among several nodes
      Then a value that was fresh once has one place more, and then none, from another address

    @needs:hybrid
    Scenario: What was fresh once is stale by another suite
      Given a tunnel server
      Then a value that was fresh once has one place more, and then none, by another suite

    # SRV-25: bob's places. SRV-26: the places of alice's key, by either name. SRV-06: what a name gets that isn't hers.
    @SRV-06
    Scenario: Each key has places of its own
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "alicia", "publicKey": "{alice}" },
                         { "name": "bob", "publicKey": "{bob}" }] }
        """
      When REQUESTs of alice have taken all her places, a replay among them
      Then bob gets RESPONSE to a REQUEST of the least freshness, and to its replay
      And a stale REQUEST of the key of alice is refused as its name wants it
        | alice  | resource limit |
        | alicia | resource limit |
        | nobody | not authorized |

    # SRV-25: nobody gives way. SRV-26: its value makes no other one stale. SRV-08: what it is told.
    @SRV-08
    Scenario Outline: A name for which no address is left: <what>
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "alicia", "publicKey": "{alice}" }],
          "clientData": { "pool": "10.8.0.10-10.8.0.10" } }
        """
      Then REQUESTs of the key of alice with these values of freshness are answered in turn: <values>

      Examples:
        | what      | values                                                            |
        | its value | 1, 50 without address, 10, 20, 15, 15 refused                     |
        | its place | 10, 20, 30, 40, 50 without address, 45 displaces 10               |

  @iut:server @SRV-25 @SRV-26
  Rule: Whoever replays a REQUEST does not keep its owner out

    # SRV-25: the owner gets in; SRV-26: the replays are refused.
    Scenario: The owner of a REQUEST that is replayed from another address gets in
      Given a tunnel server among several nodes
      When a REQUEST is replayed from another address all the time
      Then its owner is authorized 8 times in a row

    Scenario: The owner of a replayed REQUEST gets in after the server has started anew
      Given a tunnel server among several nodes
      When the server has answered 5 REQUESTs, and has started anew
      And these REQUESTs are replayed from another address all the time
      Then their owner is authorized 4 times in a row
