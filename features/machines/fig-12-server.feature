Feature: Tunnel server
  [EP] fig. 12: Accept Wait 217, Receive Relay 219, Connect Wait 221, Authorized 225, Close 228, Dying 230, Dead 232.

  # SRV-01, RELAY-01: the server takes RELAY, then REQUEST. SRV-04: it answers RESPONSE. HS-01 to HS-03, REQ-03: it
  # has opened REQUEST, and the scripted initiator opens RESPONSE. RESP-01, RESP-02: the header of RESPONSE, in the
  # clear and sealed.
  @iut:server @SRV-01 @SRV-04 @RELAY-01
  Rule: A REQUEST that is authorised is answered with RESPONSE

    # fig. 12 Accept Wait: tcp accepted
    # fig. 12 Receive Relay: relay
    # fig. 12 Connect Wait: request authorized
    @RESP-01 @RESP-02 @REQ-03 @HS-01
    Scenario Outline: RELAY, REQUEST and RESPONSE with suite <suite>
      Given a tunnel server
      When an initiator sends a REQUEST with suite <suite>
      Then the server answers RESPONSE

      @HS-02
      Examples:
        | suite  |
        | x25519 |

      @HS-03 @needs:hybrid
      Examples:
        | suite  |
        | hybrid |

  @iut:server @SRV-02 @FRAME-13
  Rule: The first frame is RELAY, the second REQUEST; anything else is a protocol error

    Scenario Outline: <frame> instead of RELAY
      Given a tunnel server
      When an initiator connects
      And the initiator sends the octets <octets>
      Then the server answers CLOSE "protocol error" and ends the stream

      Examples:
        | frame | octets                           |
        | DATA  | 00000010040100000000000000000000 |

    @SRV-03
    Scenario Outline: <frame> instead of REQUEST
      Given a tunnel server
      When an initiator connects
      And the initiator sends RELAY
      And the initiator sends the octets <octets>
      Then the server answers CLOSE "protocol error" and ends the stream

      Examples:
        | frame | octets                           |
        | DATA  | 00000010040100000000000000000000 |

    @SRV-03
    Scenario: A second RELAY instead of REQUEST
      Given a tunnel server
      When an initiator connects
      And the initiator sends RELAY
      And the initiator sends RELAY
      Then the server answers CLOSE "protocol error" and ends the stream

    @SRV-13
    Scenario: A second REQUEST in Authorized
      Given a tunnel server
      When an initiator is authorized
      And the initiator sends REQUEST
      Then the server answers a keyed CLOSE "protocol error" and ends the stream

  @iut:server @SRV-05 @SRV-06
  Rule: A REQUEST that is not authorised is refused, and nothing can be learned from the refusal

    # fig. 12 Connect Wait: request refused
    # SRV-05, SRV-06: the answer. SRV-07: when it comes. HS-08: who asks.
    @SRV-07 @HS-08
    Scenario: Who asks
      Given a tunnel server
      Then each REQUEST with one of these faults is answered CLOSE "not authorized" 250 ms later, and the stream ends
        | a name that the server does not know |
        | a key that is not that of its name   |
        | a key that the server does not know  |
        | the key of another name              |

    # SRV-05, SRV-06: the answer. SRV-07: when it comes. REQ-08: for whom.
    @SRV-07 @REQ-08
    Scenario: For whom
      Given a tunnel server
      Then each REQUEST with one of these faults is answered CLOSE "not authorized" 250 ms later, and the stream ends
        | a destination that is not the last name of the path |
        | a Noise message sealed to another server            |

    # SRV-05, SRV-06: the answer. SRV-07: when it comes. HS-05: the Noise message.
    @SRV-07 @HS-05
    Scenario: The Noise message
      Given a tunnel server
      Then each REQUEST with one of these faults is answered CLOSE "not authorized" 250 ms later, and the stream ends
        | a changed octet of the ephemeral key     |
        | a changed octet of the sealed static key |
        | a changed last octet                     |
        | an ephemeral key of all zeros            |

    # SRV-05, SRV-06: the answer. SRV-07: when it comes. HS-06: the encapsulation key.
    @SRV-07 @HS-06 @needs:hybrid
    Scenario: The encapsulation key
      Given a tunnel server
      Then each REQUEST with one of these faults is answered CLOSE "not authorized" 250 ms later, and the stream ends
        | a first coefficient of ek that is not reduced   |
        | a second coefficient of ek that is not reduced  |
        | a last coefficient of ek that is not reduced    |

    # SRV-05, SRV-06: the answer. SRV-07: when it comes. REQ-04: the header.
    @SRV-07 @REQ-04
    Scenario: The header
      Given a tunnel server
      Then each REQUEST with one of these faults is answered CLOSE "not authorized" 250 ms later, and the stream ends
        | a header in the clear that differs from the sealed one |
        | a sealed header that differs from the clear one        |

    # SRV-05, SRV-06: the answer. SRV-07: when it comes. REQ-05, REQ-06, FRAME-12: the opened frame.
    @SRV-07 @REQ-05 @REQ-06 @FRAME-12
    Scenario: The opened frame
      Given a tunnel server
      Then each REQUEST with one of these faults is answered CLOSE "not authorized" 250 ms later, and the stream ends
        | padding that is not zero        |
        | padding of one block too many   |
        | an offset that points elsewhere |

    # SRV-05, SRV-06: the answer. SRV-07: when it comes. REQ-12, REQ-15: key exchange data.
    @SRV-07 @REQ-12 @REQ-15
    Scenario: Key exchange data
      Given a tunnel server
      Then each REQUEST with one of these faults is answered CLOSE "not authorized" 250 ms later, and the stream ends
        | no lifetimes               |
        | an unknown entry of 0x8000 |

    @SRV-07
    Scenario: All of these refusals are one and the same frame
      Given a tunnel server
      When REQUESTs with every kind of fault are sent, each on its own connection
      Then every answer is the same CLOSE "not authorized", octet by octet
      And 11 REQUESTs that come at once are each refused 250 ms later, none waiting for another
      And another initiator is authorized by the same server

    @HS-07 @needs:hybrid
    Scenario: A suite below the minimum for the name
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}", "suites": ["hybrid"], "address": "10.8.0.10" }] }
        """
      When an initiator sends a REQUEST with suite x25519
      Then the server answers CLOSE "not authorized" 250 ms after the REQUEST and ends the stream

  @iut:server @SRV-08
  Rule: Only an authorised initiator learns why there is nothing for it

    Scenario: No common transform
      Given a tunnel server
      When an initiator sends a REQUEST with the transforms 0x0a0a, 0xf001
      Then the server answers CLOSE "no common transform" and ends the stream

    Scenario: No address left
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}", "address": "10.8.0.10" }],
          "clientData": { "pool": "10.8.0.10-10.8.0.10" } }
        """
      When an initiator sends a REQUEST with suite x25519
      Then the server answers CLOSE "no address left" and ends the stream

  # RESP-03: there is one transform, and it was offered. ID-08: what is not known is skipped. ID-09: GREASE is never
  # selected. RESP-07: the first of the rest is.
  @iut:server @RESP-07 @RESP-03 @ID-08 @ID-09
  Rule: The server selects the first of the initiator's transforms that it allows

    Scenario: Transforms in another order, and unknown ones
      Given a tunnel server
      When an initiator sends a REQUEST with the transforms 0x0a0a, 0x0002, 0x0001
      Then RESPONSE holds
        | transform | chacha20poly1305 |

    @needs:aes256gcm
    Scenario: Transforms in another order, and unknown ones, aes256gcm among them
      Given a tunnel server
      When an initiator sends a REQUEST with the transforms 0x0001, 0x0002
      Then RESPONSE holds
        | transform | aes256gcm |
      When an initiator sends a REQUEST with the transforms 0xfafa, 0x7777, 0x0001, 0x0002
      Then RESPONSE holds
        | transform | aes256gcm |

    Scenario: Sixty transforms that nobody knows come first
      Given a tunnel server
      When an initiator sends a REQUEST with 60 transforms that nobody knows, then 0x0002
      Then RESPONSE holds
        | transform | chacha20poly1305 |

  @iut:server @REQ-14
  Rule: An entry of key exchange data that is not known is skipped, wherever it stands and however long it is

    Scenario: Entries of several lengths
      Given a tunnel server
      When an initiator sends a REQUEST with an entry 0 of 2 octets
      Then the server answers RESPONSE
      When an initiator sends a REQUEST with an entry 0 of 0 octets
      Then the server answers RESPONSE
      When an initiator sends a REQUEST with an entry 5 of 0 octets
      Then the server answers RESPONSE
      When an initiator sends a REQUEST with an entry 32767 of 300 octets
      Then the server answers RESPONSE
      When an initiator sends a REQUEST with 100 entries that nobody knows
      Then the server answers RESPONSE

  @iut:server @SRV-09 @CLOSE-07 @CLOSE-09
  Rule: A CLOSE received in Authorized ends the session, and is not answered

    # fig. 12 Authorized: close received
    Scenario: The initiator ends the session
      Given a tunnel server
      When an initiator is authorized
      And the initiator sends a keyed CLOSE "end session"
      Then the server ends the stream without a frame

  @iut:server @SRV-10 @SRV-11 @CLOSE-02
  Rule: The operator ends a session, or the program ends

    # fig. 12 Authorized: end session
    Scenario: The operator ends this session
      Given a tunnel server
      When an initiator is authorized
      And the operator of the server ends the session
      Then the server answers a keyed CLOSE "end session" and ends the stream

    Scenario: The program of a server ends
      Given a tunnel server
      When an initiator is authorized
      And another initiator of the same name is authorized, and the older one is gone
      And the server is terminated
      Then the server answers a keyed CLOSE "shutting down" and ends the stream
      And the server exits with status 0

  @iut:server @SRV-34
  Rule: The operator ends every session of a name, confirmed or not

    Scenario: The operator ends a session that is not confirmed
      Given a tunnel server
      When an initiator has opened RESPONSE
      And the operator of the server ends the session
      Then the server answers a keyed CLOSE "end session" and ends the stream

    Scenario: The operator ends a session that is confirmed, and two that are not
      Given a tunnel server
      When an initiator is authorized
      And two more of the same name have opened RESPONSE, and do not confirm it
      And the operator of the server ends the session
      Then the server answers all three a keyed CLOSE "end session" and ends their streams

  @iut:server @SRV-14 @SRV-17 @needs:timers
  Rule: Nobody is waited for without end

    Scenario: No RELAY
      Given a tunnel server configured with
        """
        { "timers": { "receiveRelay": 200 } }
        """
      When an initiator connects
      Then the server answers CLOSE "timeout" and ends the stream

    Scenario: No REQUEST comes to a server in time
      Given a tunnel server configured with
        """
        { "timers": { "connectWait": 200 } }
        """
      When an initiator connects
      And the initiator sends RELAY
      Then the server answers CLOSE "timeout" and ends the stream

    Scenario: No DATA that confirms comes to a server in time
      Given a tunnel server configured with
        """
        { "timers": { "confirmation": 200 } }
        """
      When an initiator connects
      And the initiator sends RELAY
      And the initiator sends REQUEST
      Then the server answers RESPONSE
      And the server answers a keyed CLOSE "timeout" and ends the stream

  @iut:server @SRV-15 @SRV-24
  Rule: What one connection suffers, no other does

    Scenario: A connection that breaks while RELAY is awaited
      Given a tunnel server
      When an initiator connects
      And the initiator breaks the connection off
      Then another initiator is authorized by the same server

  @iut:server @SRV-23 @FRAME-07 @FRAME-14
  Rule: Resident memory does not grow with what strangers send

    Scenario: Each of them, 1,000 times
      Given a tunnel server
      When strangers have sent a frame of 4 GiB length 1000 times after a warm-up of 1000
      Then resident memory of the server has grown by less than 10 MiB
      When strangers have sent a truncated frame 1000 times after a warm-up of 1000
      Then resident memory of the server has grown by less than 10 MiB
      When strangers have sent a frame of unknown type 1000 times after a warm-up of 1000
      Then resident memory of the server has grown by less than 10 MiB
      When strangers have sent a DATA frame first 1000 times after a warm-up of 1000
      Then resident memory of the server has grown by less than 10 MiB

    @needs:timers
    Scenario: REQUESTs that are refused, 1,000 times
      Given a tunnel server configured with
        """
        { "timers": { "refusalDelay": 1 } }
        """
      When strangers have sent a REQUEST that is refused 1000 times after a warm-up of 2000
      Then resident memory of the server has grown by less than 20 MiB
