Feature: Keeping a tunnel connection
  Keep-alives, silence, padding: what happens while nothing else does.

  @DATA-13 @needs:timers
  Rule: Having sent nothing for a while, an end point sends an empty DATA frame

    @iut:server
    Scenario: A tunnel server
      Given a tunnel server configured with
        """
        { "timers": { "keepAlive": 200 } }
        """
      When an initiator is authorized
      Then an empty DATA frame comes when nothing was sent for 200 ms

    @iut:client
    Scenario: A tunnel initiator
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "keepAlive": 200 } }
        """
      When the server authorizes it
      Then an empty DATA frame comes when nothing was sent for 200 ms

  @DATA-14 @needs:timers
  Rule: Having received nothing for a while, an end point treats the connection as failed

    @iut:server
    Scenario: A tunnel server
      Given a tunnel server configured with
        """
        { "timers": { "silence": 400 } }
        """
      When an initiator is authorized
      Then the connection ends as failed when nothing was received for 400 ms

    @iut:client
    Scenario: A tunnel initiator
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "silence": 400 } }
        """
      When the server authorizes it
      Then the connection ends as failed when nothing was received for 400 ms

  @iut:server @TRF-04
  Rule: Any padding of 0 to 255 zeros is accepted in an AEAD frame

    Scenario Outline: <transform>
      Given a tunnel server
      When an initiator is authorized with suite x25519 and transform <transform>
      And the initiator sends DATA frames with 0, 1, 100 and 255 octets of padding
      Then the session goes on: the operator can end it

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256gcm
      Examples:
        | transform |
        | aes256gcm |
