Feature: Names and static keys
  [EP] fig. 7, 126; fig. 12, 223: who is authorised is a name together with a static key. A key may have several names, and a
  name several keys, on a device each.

  @iut:server @SRV-19
  Rule: An address belongs to a name, whatever the key

    Scenario: A key with two names, and a name with two keys
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "alicia", "publicKey": "{alice}" },
                         { "name": "alice", "publicKey": "{bob}" }, { "name": "bob", "publicKey": "{bob}" }] }
        """
      When names connect with keys, one after the other
        | alice  | alice |
        | alicia | alice |
        | alice  | bob   |
        | bob    | bob   |
        | alice  | alice |
      Then each name has one address, and no two the same

    @CD-10 @needs:ipv6
    Scenario: The /64s of a key with two names, and of a name with two keys
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        { "adapter": { "address6": "fd00:8::1/48" },
          "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "alicia", "publicKey": "{alice}" },
                         { "name": "alice", "publicKey": "{bob}" }] }
        """
      When names connect with keys, one after the other
        | alicia | alice |
        | alice  | bob   |
        | alice  | alice |
      Then each name has one address, and no two the same

  @iut:server @SRV-18
  Rule: A session is superseded by one of its name, whatever the keys

    Scenario: A name with two keys, a key with two names
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "alicia", "publicKey": "{alice}" },
                         { "name": "alice", "publicKey": "{bob}" }] }
        """
      When alicia has a session with the key of alice
      And alice has a session with the key of alice
      And alice has a session with the key of bob
      Then the session of alice with the key of alice is ended by a keyed CLOSE "superseded"
      And the session of alice with the key of bob goes on
      And the session of alicia with the key of alice goes on

  @iut:server @SRV-18
  Rule: A session is superseded by a newer one of its name, whatever else is different

    Scenario: Newer sessions with another address, suite, transform and path
      Given a tunnel server among several nodes
      Then each of these sessions of a name supersedes the one before it
        | comes from another address     |
        | is of suite x25519             |
        | has another transform          |
        | came on a path through a relay |

  @iut:server @SRV-34
  Rule: The operator ends the sessions of a name, whatever their keys

    Scenario: One that is confirmed, and one that is not, with two keys
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "alicia", "publicKey": "{alice}" },
                         { "name": "alice", "publicKey": "{bob}" }] }
        """
      When alicia has a session with the key of alice
      And alice has a session with the key of alice
      And alice has opened RESPONSE with the key of bob
      And the operator of the server ends the session
      Then the session of alice with the key of alice is ended by a keyed CLOSE "end session"
      And the session of alice with the key of bob is ended by a keyed CLOSE "end session"
      And the session of alicia with the key of alice goes on

  @iut:server @RELAY-14
  Rule: An origin that is somebody's name decides nothing

    Scenario: Origins that the server knows
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}" }] }
        """
      Then REQUESTs of alice are authorized behind RELAY frames with these origins
        | alice |
        | bob   |
