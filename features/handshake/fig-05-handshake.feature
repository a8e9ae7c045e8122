Feature: The handshake
  [EP] fig. 5: what REQUEST 90 and RESPONSE 92 hold is believed only if nobody but the two end points can have made it. The
  forging peer is right in everything but the fault: it seals with the keys that a receiver derives who doesn't look.

  @iut:server @HS-05
  Rule: A server refuses a DH result of all zeros

    Scenario: Every name of a public key of low order, as the ephemeral one
      Given a tunnel server
      When the forging initiator uses keys that are right
      Then a REQUEST whose ephemeral key is of low order is not authorized, whichever of them it is

    Scenario: A public key of low order, as the static one
      When a tunnel server that takes it has a key of low order as that of alice
      Then a REQUEST with that static key is not authorized

  @iut:client @HS-05 @HS-09
  Rule: An initiator refuses a DH result of all zeros

    # HS-09: a RESPONSE that is refused so is one that does not open.
    Scenario: Public keys of low order
      Given 5 tunnel initiators whose server is scripted
      Then each ends with integrity failure when the ephemeral key of RESPONSE is of low order

  @iut:server @HS-06 @needs:hybrid
  Rule: An encapsulation key passes whose coefficients are below q, and no other

    Scenario: An encapsulation key with a coefficient of q, q + 1 and the highest number
      Given a tunnel server
      Then a REQUEST whose encapsulation key has a coefficient of q or more is not authorized

    Scenario: An encapsulation key with coefficients of q - 1
      Given a tunnel server
      Then a REQUEST whose encapsulation key has coefficients of q - 1 is answered with RESPONSE

  @iut:server
  Rule: Name, static key and suite are judged together

    @HS-08
    Scenario: Names and static keys of two initiators are judged together
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}", "suites": ["x25519"], "address": "10.8.0.10" },
                         { "name": "bob", "publicKey": "{bob}", "suites": ["x25519"], "address": "10.8.0.11" }] }
        """
      Then alice and bob are authorized with x25519, each by name and key together

    @HS-07 @needs:hybrid
    Scenario: The suites of two initiators are judged with their names
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}", "suites": ["hybrid"], "address": "10.8.0.10" },
                         { "name": "bob", "publicKey": "{bob}", "suites": ["x25519"], "address": "10.8.0.11" }] }
        """
      Then alice needs the hybrid suite, and bob suite x25519

  @iut:client @HS-04 @HS-10
  Rule: An initiator asks for the same suite again and again, with new keys

    # HS-04: the suite. HS-10: the keys.
    Scenario Outline: An initiator asks for suite <suite> again, with new keys
      When each connection of a tunnel initiator of suite <suite> is refused in another way, and its user connects again
      Then every REQUEST was of suite <suite>
      And every REQUEST had ephemeral keys of its own

      Examples:
        | suite  |
        | x25519 |

      @needs:hybrid
      Examples:
        | suite  |
        | hybrid |
