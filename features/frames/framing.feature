Feature: Framing
  What the frames of [EP] figs. 6 to 10 have in common: length, type, version, one after the other.
  The streams are those of vectors/deframing.json.

  @iut:server @FRAME-01 @FRAME-05
  Rule: A frame is accepted however TCP cuts it

    Scenario Outline: RELAY and REQUEST in pieces of <size> octets
      Given a tunnel server
      When an initiator sends RELAY and REQUEST in pieces of <size> octets
      Then the server answers RESPONSE

      Examples:
        | size |
        | 1    |
        | 7    |
        | 5000 |

  @iut:server @FRAME-06
  Rule: Length, version and type are judged as soon as 6 octets have come

    @FRAME-07
    Scenario: A length out of bounds
      Given a tunnel server
      When streams with the flag Length are sent to the server
      Then each of at least 16 got the answer that the file tells

    @FRAME-08
    Scenario: Another version
      Given a tunnel server
      When streams with the flag Version are sent to the server
      Then each of at least 6 got the answer that the file tells

    @FRAME-09
    Scenario: A type that is unknown
      Given a tunnel server
      When streams with the flag Type are sent to the server
      Then each of at least 3 got the answer that the file tells

    @FRAME-01
    Scenario: A fault behind a frame that is in order
      Given a tunnel server
      When an initiator connects
      And the initiator sends RELAY
      And the initiator sends the octets 000000400102
      Then the server answers CLOSE "unsupported version" and ends the stream

  @iut:server @FRAME-10
  Rule: The faults are judged in order: length below 6, version, type, bounds of the type

    Scenario Outline: <faults>
      Given a tunnel server
      When an initiator connects
      And the initiator sends the octets <octets>
      Then the server answers CLOSE "<status>" and ends the stream

      Examples:
        | faults                         | octets       | status              |
        | length below 6 and version     | 000000050102 | protocol error      |
        | version and type               | 000000400902 | unsupported version |
        | version and bounds of the type | ffffffff0102 | unsupported version |

  @iut:client @FRAME-02
  Rule: A node whose name says no port is reached at port 3265

    Scenario: server.test
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "path": ["server.test"] }
        """
      When the server authorizes it
      Then RELAY names the origin origin.invalid

  @iut:client @iut:server @FRAME-01 @FRAME-04 @needs:adapter @needs:arp
  Rule: Nothing is on the wire but whole frames

    Scenario: A tunnel with datagrams
      Given a tunnel
      When a TCP connection from client to server carries known plaintext
      Then both directions on the wire are whole frames, RELAY, REQUEST and RESPONSE first
