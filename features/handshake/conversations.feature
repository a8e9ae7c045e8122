@needs:deterministic @needs:adapter
Feature: Every conversation of the vectors
  Everything random comes from the configuration: then every octet of an end point is known beforehand, those of its refusals
  too (vectors/conversation.json). The octets of its peer are those of the file, and nothing else makes or reads them.

  # KEY-01, KEY-02, TRF: every DATA frame. CLOSE-02: the answers. HS-02, HS-03: RESPONSE, or the REQUEST. DATA-08: the first frame.
  @KEY-01 @KEY-02 @KEY-03 @TRF-01 @TRF-02 @TRF-05 @TRF-06 @TRF-08 @TRF-09 @CLOSE-02 @HS-02 @HS-03
  Rule: What an end point sends and answers is that of the vector, octet by octet

    @iut:server
    Scenario: At a server
      When every conversation is held with the server
      Then each of at least 20 was answered as its vector says

    @iut:client @needs:timers @DATA-08 @RELAY-02 @REQ-03
    Scenario: At an initiator
      When every conversation is held with the initiator
      Then each of at least 15 was answered as its vector says
