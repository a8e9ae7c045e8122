Feature: Who is told why a REQUEST is refused
  [EP] fig. 12, 223: whoever is not authorised learns nothing but that, also where something else would keep his REQUEST
  from being answered.

  @iut:server @SRV-08
  Rule: Who may not have what he asks for is not authorized, whatever else there is

    # SRV-08: that nothing else is said; REQ-08: for whom; HS-07: by which suite.
    @REQ-08
    Scenario: A REQUEST for another name of the server, without a common transform
      Given a tunnel server configured with
        """
        { "names": ["server.test", "second.test"] }
        """
      Then these REQUESTs are refused 250 ms later
        | destination | suite  | transforms | gets                |
        | second.test | x25519 | 0x7777     | not authorized      |
        | server.test | x25519 | 0x7777     | no common transform |

    @HS-07 @needs:hybrid
    Scenario: A REQUEST by a suite that the name may not use, without a common transform, and without a place
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}", "suites": ["hybrid"], "address": "10.8.0.10" }] }
        """
      Then these REQUESTs are refused 250 ms later
        | destination | suite  | transforms | gets                |
        | server.test | x25519 | 0x7777     | not authorized      |
        | server.test | hybrid | 0x7777     | no common transform |
      When two REQUESTs of one freshness have been answered
      Then these REQUESTs of that freshness are refused 250 ms later
        | destination | suite  | transforms | gets           |
        | server.test | x25519 | 0x0002     | not authorized |
        | server.test | hybrid | 0x0002     | resource limit |

  @iut:server @HS-08
  Rule: A name is compared whole, octet by octet

    Scenario: Long names that differ in their last character
      Given a tunnel server configured with
        """
        { "initiators": [
          { "name": "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789-1", "publicKey": "{alice}" },
          { "name": "constructor", "publicKey": "{alice}" }, { "name": "__proto__", "publicKey": "{alice}" }
        ] }
        """
      When an initiator sends a REQUEST with the name abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789-2
      Then the server answers CLOSE "not authorized" and ends the stream
      When an initiator sends a REQUEST with the name abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789-1
      Then the server answers RESPONSE
      # In some languages a table has these names of its own.
      When an initiator sends a REQUEST with the name toString
      Then the server answers CLOSE "not authorized" and ends the stream
      When an initiator sends a REQUEST with the name constructor
      Then the server answers RESPONSE
      When an initiator sends a REQUEST with the name __proto__
      Then the server answers RESPONSE

    # HS-08: each is authorised; SRV-18: neither displaces the other; SRV-19: each has an address of its own.
    @SRV-18 @SRV-19
    Scenario: Names that differ in case alone
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "Alice", "publicKey": "{alice}" }] }
        """
      Then alice and Alice have sessions side by side, each with an address of its own

  @iut:server @SRV-07
  Rule: The time of a refusal begins with the last octet of REQUEST

    Scenario: A refusal of a REQUEST in two halves
      Given a tunnel server
      Then a REQUEST that is refused and comes in two halves, 400 ms apart, is answered 250 ms after the second

    Scenario: Octets that go on coming behind a REQUEST
      Given a tunnel server
      Then a REQUEST that is refused is answered after 250 ms, though an octet follows each 100 ms

    Scenario: REQUESTs that come while others wait for their refusal
      Given a tunnel server
      Then of 8 REQUESTs of strangers that come 70 ms apart each is refused 250 ms later

  # SRV-13: what it is answered with. FRAME-05: though it came with the first.
  @iut:server @FRAME-05 @SRV-13
  Rule: What comes behind REQUEST in one segment is judged in Authorized

    Scenario: A second REQUEST right behind the first
      Given a tunnel server
      When an initiator sends RELAY and two REQUESTs in one segment
      Then the server answers RESPONSE
      And the server answers a keyed CLOSE "protocol error" and ends the stream
