Feature: Close connection frame
  [EP] fig. 10: length 190, type 191, version 192, status 193, and a digest once the direction is keyed.
  The frames are those of vectors/close.json.

  @iut:server @CLOSE-01
  Rule: A CLOSE has 8 octets while its sender is not keyed, and 40 after

    @ID-06
    Scenario: A server that is not keyed yet
      Given a tunnel server
      When an initiator connects
      And the initiator sends the octets 000000080501ffff
      Then the server ends the stream without a frame

    Scenario: At a server: a REQUEST that it refuses
      Given a tunnel server
      When an initiator sends a REQUEST with a suite of 0
      Then the server answers CLOSE "not authorized" and ends the stream

    Scenario: A server that has sent RESPONSE
      Given a tunnel server
      When an initiator is authorized
      And the initiator sends the octets 00000006ff01
      Then the server answers a keyed CLOSE "protocol error" and ends the stream

  @iut:server @CLOSE-07
  Rule: A CLOSE is accepted whatever its status, and is not answered

    Scenario Outline: <flag>
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

    Scenario Outline: <flag>
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

    Scenario: Frame after frame that is at fault
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
    Scenario: At a server: no CLOSE at all
      Given a tunnel server that is authorized again and again
      Then the end of the stream without CLOSE ends the connection, without an answer

  @iut:server
  Rule: A tunnel server sends one CLOSE, discards what comes and waits 2 s for the end of its peer

    # fig. 12 Dying: frame, timeout
    @CLOSE-06 @CLOSE-07 @CLOSE-08
    Scenario: At a server: its own CLOSE
      Given a tunnel server that is authorized again and again
      Then it discards what the peer sends behind its own CLOSE for 2 s, and closes then

    @CLOSE-06 @CLOSE-07
    Scenario: At a server: CLOSE frames that cross
      Given a tunnel server that is authorized again and again
      Then it sends one CLOSE, though that of the peer crosses it

    @CLOSE-07 @CLOSE-09
    Scenario: At a server: that of the peer
      Given a tunnel server that is authorized again and again
      Then it waits for the end of a peer that sent CLOSE for 2 s, and closes then

  @iut:server @CLOSE-09 @needs:adapter
  Rule: What comes behind a CLOSE does not reach the adapter of a tunnel server

    Scenario: At a server: in one segment with it
      Given a tunnel server under attack with transform chacha20poly1305
      When DATA, CLOSE and DATA come in one segment
      Then the datagram before the CLOSE arrives
      And nothing more arrives within 300 ms

    Scenario: At a server: before it, in one segment with it
      Given a tunnel server under attack with transform chacha20poly1305
      When DATA and CLOSE come in one segment
      Then the datagram before the CLOSE arrives
      And nothing more arrives within 300 ms

    Scenario: At a server: behind its own
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
    Scenario: At an initiator: no CLOSE at all
      Given a tunnel initiator that is authorized again and again
      Then the end of the stream without CLOSE ends the connection, without an answer

  @iut:client
  Rule: A tunnel initiator sends one CLOSE, discards what comes and waits 2 s for the end of its peer

    # fig. 11 Dying: frame
    @CLOSE-06 @CLOSE-07 @CLOSE-08
    Scenario: At an initiator: its own CLOSE
      Given a tunnel initiator that is authorized again and again
      Then it discards what the peer sends behind its own CLOSE for 2 s, and closes then

    @CLOSE-06 @CLOSE-07
    Scenario: At an initiator: CLOSE frames that cross
      Given a tunnel initiator that is authorized again and again
      Then it sends one CLOSE, though that of the peer crosses it

    @CLOSE-07 @CLOSE-09
    Scenario: At an initiator: that of the peer
      Given a tunnel initiator that is authorized again and again
      Then it waits for the end of a peer that sent CLOSE for 2 s, and closes then

    @CLOSE-06
    Scenario: At an initiator: frame after frame that is at fault
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the server sends the octets 00000006ff0100000006ff010000000800010001
      Then the initiator answers a keyed CLOSE "protocol error" and ends the stream

  @iut:client @CLOSE-09 @needs:adapter
  Rule: What comes behind a CLOSE does not reach the adapter of a tunnel initiator

    Scenario: At an initiator: in one segment with it
      Given a tunnel initiator under attack with transform chacha20poly1305
      When DATA, CLOSE and DATA come in one segment
      Then the datagram before the CLOSE arrives
      And nothing more arrives within 300 ms

    Scenario: At an initiator: before it, in one segment with it
      Given a tunnel initiator under attack with transform chacha20poly1305
      When DATA and CLOSE come in one segment
      Then the datagram before the CLOSE arrives
      And nothing more arrives within 300 ms

    Scenario: At an initiator: behind its own
      Given a tunnel initiator under attack with transform chacha20poly1305
      When DATA comes behind its own CLOSE
      Then nothing more arrives within 300 ms
