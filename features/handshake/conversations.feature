@needs:deterministic @needs:adapter
Feature: Every conversation of the vectors
  Everything random comes from the configuration: then every octet of an end point is known beforehand, those of its refusals
  too (vectors/conversation.json). The octets of its peer are those of the file, and nothing else makes or reads them.

  # KEY-01 to KEY-03: every DATA frame has the keys and the count of the vector. TRF-01, TRF-02, TRF-05, TRF-06,
  # TRF-08, TRF-09: so it has the octets of its transform. CLOSE-02: the answers. HS-02, HS-03: RESPONSE, or the
  # REQUEST. At an initiator, RELAY-02: the first frame. REQ-03: the second. DATA-08: the third.
  @KEY-01 @KEY-02 @KEY-03 @TRF-01 @TRF-02 @TRF-05 @TRF-06 @TRF-08 @TRF-09 @CLOSE-02 @HS-02 @HS-03
  Rule: What an end point sends and answers is that of the vector, octet by octet

    @iut:server @long
    Scenario: The conversations of the vectors at a server
      When every conversation is held with the server
      Then each of at least 20 was answered as its vector says

    @iut:client @long @needs:timers @DATA-08 @RELAY-02 @REQ-03
    Scenario: The conversations of the vectors at an initiator
      When every conversation is held with the initiator
      Then each of at least 15 was answered as its vector says
