Feature: An initiator in Response Wait
  [EP] fig. 11, 203. The frames and streams are those of vectors/close.json, deframing.json and response.json; each comes in
  the place of RESPONSE, on a connection of its own.

  @iut:client @needs:timers
  Rule: What is no RESPONSE to its REQUEST is refused as its vector says

    # CLOSE-03: length and status. CLOSE-07: a right one is not answered. ID-06: whatever its status.
    @CLOSE-03 @CLOSE-07 @ID-06
    Scenario: CLOSE frames of the vectors instead of RESPONSE
      Given a tunnel initiator that waits for a command to connect again
      When CLOSE frames of the vectors come to the initiator instead of RESPONSE

    # FRAME-05: however TCP cuts them. FRAME-06: by the first 6 octets. FRAME-07 to FRAME-09: length, version and
    # type.
    @FRAME-05 @FRAME-06 @FRAME-07 @FRAME-08 @FRAME-09
    Scenario: Streams of the vectors instead of RESPONSE
      Given a tunnel initiator that waits for a command to connect again
      When streams of the vectors come to the initiator instead of RESPONSE

    @FRAME-07 @FRAME-08
    Scenario: RESPONSE that nobody sealed
      Given a tunnel initiator that waits for a command to connect again
      When frames of RESPONSE of the vectors come to the initiator instead of RESPONSE

    @RESP-02
    Scenario: RESPONSE of the vectors with another header in the clear
      Given a tunnel initiator that waits for a command to connect again
      When headers of RESPONSE of the vectors come to the initiator instead of RESPONSE

  # RESP-01: the suite. RESP-04, ID-05: the transform. RESP-05: the bounds. RESP-09: options and compression.
  @iut:client @needs:timers @needs:lifetimes @needs:aes256gcm @needs:aes256ctr-hmacsha256
  Rule: A RESPONSE that its REQUEST does not allow is refused

    @RESP-01 @RESP-04 @RESP-05 @RESP-09 @ID-05
    Scenario Outline: The answers to a REQUEST of suite <suite>
      Given a tunnel initiator of suite <suite> that asks for what the vectors ask for
      When the answers of the vectors come to the initiator of suite <suite>

      Examples:
        | suite  |
        | x25519 |

      @needs:hybrid
      Examples:
        | suite  |
        | hybrid |
