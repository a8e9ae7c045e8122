Feature: Close connection frame
  [EP] fig. 10: length 190, type 191, version 192, status 193, and a digest once the direction is keyed.
  The frames are those of vectors/close.json.

  @iut:server @CLOSE-01
  Rule: A CLOSE has 8 octets while its sender is not keyed, and 40 after

    @ID-06
    Scenario: A server that is not keyed yet takes a CLOSE of 8 octets
      Given a tunnel server
      When an initiator connects
      And the initiator sends the octets 000000080501ffff
      Then the server ends the stream without a frame

    Scenario: At a server: an unkeyed CLOSE refuses a REQUEST
      Given a tunnel server
      When an initiator sends a REQUEST with a suite of 0
      Then the server answers CLOSE "not authorized" and ends the stream

    Scenario: A server that has sent RESPONSE sends a keyed CLOSE
      Given a tunnel server
      When an initiator is authorized
      And the initiator sends the octets 00000006ff01
      Then the server answers a keyed CLOSE "protocol error" and ends the stream

  @iut:server @CLOSE-07
  Rule: A CLOSE is accepted whatever its status, and is not answered

    Scenario Outline: CLOSE frames flagged <flag> are accepted
      Given a tunnel server
      When CLOSE frames with the flag <flag> are sent to the server
      Then each of at least <count> got the answer that the file tells

      Examples:
        | flag   | count |
        | Normal | 14    |

      @ID-06
      Examples:
        | flag    | count |
        | Unnamed | 3     |

  @iut:server @CLOSE-03
  Rule: A CLOSE of another length, or of status 0, is a protocol error

    Scenario Outline: CLOSE frames flagged <flag> are refused
      Given a tunnel server
      When CLOSE frames with the flag <flag> are sent to the server
      Then each of at least <count> got the answer that the file tells

      Examples:
        | flag   | count |
        | Length | 8     |
        | Status | 2     |

      @FRAME-08
      Examples:
        | flag    | count |
        | Version | 2     |

  @iut:server @CLOSE-04 @CLOSE-06 @CLOSE-08
  Rule: Each direction carries at most one CLOSE, and nothing after it

    Scenario: At a server: frame after frame that is at fault is answered by one CLOSE
      Given a tunnel server
      When an initiator is authorized
      And the initiator sends the octets 00000006ff0100000006ff010000000800010001
      Then the server answers a keyed CLOSE "protocol error" and ends the stream

  @iut:server
  Rule: A tunnel server in Authorized believes no CLOSE but the one that its peer made

    @CLOSE-03
    Scenario: At a server: the form is judged before the digest
      Given a tunnel server that is authorized again and again
      Then a CLOSE of another length, or of status 0, is a protocol error

    # CLOSE-04: what ends the connection. CLOSE-02: over which octets and count the digest is. CLOSE-10: a count that is one
    # too high is that of a peer whose last DATA frame was dropped. CLOSE-07: that there is no answer.
    @CLOSE-02 @CLOSE-04 @CLOSE-07 @CLOSE-10
    Scenario: At a server: digests that are not right
      Given a tunnel server that is authorized again and again
      Then a CLOSE that is unkeyed or does not verify breaks the connection off, without an answer

    @CLOSE-04 @CLOSE-07 @ID-06
    Scenario: At a server: the control, digests that are right
      Given a tunnel server that is authorized again and again
      Then a CLOSE that verifies is the end of the session

    @CLOSE-05
    Scenario: At a server: the end of the stream without a CLOSE
      Given a tunnel server that is authorized again and again
      Then the end of the stream without CLOSE ends the connection, without an answer

  # What comes behind it, DATA among others, does not change what is wrong with it.
  @iut:server @CLOSE-03
  Rule: A CLOSE is judged without what is behind it

    Scenario: At a server: a CLOSE of status 0, and DATA in one segment with it
      Given a tunnel server
      When an initiator is authorized
      And the initiator sends the octets 000000080501000000000010040100000000000000000000
      Then the server answers a keyed CLOSE "protocol error" and ends the stream

  @iut:server
  Rule: A tunnel server sends one CLOSE, discards what comes and waits 2 s for the end of its peer

    # fig. 12 Dying: frame, timeout
    @CLOSE-06 @CLOSE-07 @CLOSE-08
    Scenario: At a server: what comes after its own CLOSE is discarded
      Given a tunnel server that is authorized again and again
      Then it discards what the peer sends behind its own CLOSE for 2 s, and closes then

    @CLOSE-06 @CLOSE-07
    Scenario: At a server: CLOSE frames that cross
      Given a tunnel server that is authorized again and again
      Then it sends one CLOSE, though that of the peer crosses it

    @CLOSE-07 @CLOSE-09
    Scenario: At a server: after the CLOSE of its peer it waits for the end of the stream
      Given a tunnel server that is authorized again and again
      Then it waits for the end of a peer that sent CLOSE for 2 s, and closes then

  @iut:server @CLOSE-09 @needs:adapter
  Rule: What comes behind a CLOSE does not reach the adapter of a tunnel server

    Scenario: At a server: DATA behind a CLOSE, in one segment with it
      Given a tunnel server under attack with transform chacha20poly1305
      When DATA, CLOSE and DATA come in one segment
      Then the datagram before the CLOSE arrives
      And nothing more arrives within 300 ms

    Scenario: At a server: DATA before a CLOSE, in one segment with it
      Given a tunnel server under attack with transform chacha20poly1305
      When DATA and CLOSE come in one segment
      Then the datagram before the CLOSE arrives
      And nothing more arrives within 300 ms

    Scenario: At a server: DATA behind its own CLOSE
      Given a tunnel server under attack with transform chacha20poly1305
      When DATA comes behind its own CLOSE
      Then nothing more arrives within 300 ms

  @iut:client
  Rule: A tunnel initiator in Authorized believes no CLOSE but the one that its peer made

    @CLOSE-03
    Scenario: At an initiator: the form is judged before the digest
      Given a tunnel initiator that is authorized again and again
      Then a CLOSE of another length, or of status 0, is a protocol error

    # CLOSE-04: what ends the connection. CLOSE-02: over which octets and count the digest is. CLOSE-10: a count that is one
    # too high is that of a peer whose last DATA frame was dropped. CLOSE-07: that there is no answer.
    @CLOSE-02 @CLOSE-04 @CLOSE-07 @CLOSE-10
    Scenario: At an initiator: digests that are not right
      Given a tunnel initiator that is authorized again and again
      Then a CLOSE that is unkeyed or does not verify breaks the connection off, without an answer

    @CLOSE-04 @CLOSE-07 @ID-06
    Scenario: At an initiator: the control, digests that are right
      Given a tunnel initiator that is authorized again and again
      Then a CLOSE that verifies is the end of the session

    @CLOSE-05
    Scenario: At an initiator: the end of the stream without a CLOSE
      Given a tunnel initiator that is authorized again and again
      Then the end of the stream without CLOSE ends the connection, without an answer

  @iut:client
  Rule: A tunnel initiator sends one CLOSE, discards what comes and waits 2 s for the end of its peer

    # fig. 11 Dying: frame
    @CLOSE-06 @CLOSE-07 @CLOSE-08
    Scenario: At an initiator: what comes after its own CLOSE is discarded
      Given a tunnel initiator that is authorized again and again
      Then it discards what the peer sends behind its own CLOSE for 2 s, and closes then

    @CLOSE-06 @CLOSE-07
    Scenario: At an initiator: CLOSE frames that cross
      Given a tunnel initiator that is authorized again and again
      Then it sends one CLOSE, though that of the peer crosses it

    @CLOSE-07 @CLOSE-09
    Scenario: At an initiator: after the CLOSE of its peer it waits for the end of the stream
      Given a tunnel initiator that is authorized again and again
      Then it waits for the end of a peer that sent CLOSE for 2 s, and closes then

    @CLOSE-06
    Scenario: At an initiator: frame after frame that is at fault is answered by one CLOSE
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server sends the octets 00000006ff0100000006ff010000000800010001
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream

    # What comes behind it, DATA among others, does not change what is wrong with it.
    @CLOSE-03
    Scenario: At an initiator: a CLOSE of status 0, and DATA in one segment with it
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server sends the octets 000000080501000000000010040100000000000000000000
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream

  @iut:client @CLOSE-09 @needs:adapter
  Rule: What comes behind a CLOSE does not reach the adapter of a tunnel initiator

    Scenario: At an initiator: DATA behind a CLOSE, in one segment with it
      Given a tunnel initiator under attack with transform chacha20poly1305
      When DATA, CLOSE and DATA come in one segment
      Then the datagram before the CLOSE arrives
      And nothing more arrives within 300 ms

    Scenario: At an initiator: DATA before a CLOSE, in one segment with it
      Given a tunnel initiator under attack with transform chacha20poly1305
      When DATA and CLOSE come in one segment
      Then the datagram before the CLOSE arrives
      And nothing more arrives within 300 ms

    Scenario: At an initiator: DATA behind its own CLOSE
      Given a tunnel initiator under attack with transform chacha20poly1305
      When DATA comes behind its own CLOSE
      Then nothing more arrives within 300 ms
