Feature: What a tunnel server makes of former connections
  [EP] fig. 12, 223: a REQUEST is judged by itself. What the same name asked for before, or how its former sessions ended,
  changes nothing.

  @iut:server
  Rule: What a name was granted once holds for that session alone

    # RESP-07: the transform; RESP-11: each bound, which the former one was below.
    @RESP-07 @RESP-11 @needs:aes256gcm
    Scenario: Another transform, and longer keys
      Given a tunnel server
      Then REQUESTs of one name, one after the other, are granted what each asks for
        | the transforms 0x0001, 0x0002 | transform 0x0001 |
        | the transforms 0x0002, 0x0001 | transform 0x0002 |
        | the transforms 0x0001, 0x0002 | transform 0x0001 |
        | a key that lasts 5 seconds    | 5 seconds        |
        | a key that lasts 50 seconds   | 50 seconds       |
        | a key that lasts 10 frames    | 10 frames        |
        | a key that lasts 100 frames   | 100 frames       |
        | a key that lasts 1000 octets  | 1000 octets      |
        | a key that lasts 10000 octets | 10000 octets     |

    @RESP-09 @needs:bundles
    Scenario: Options that are not asked for any more
      Given a tunnel server configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then these options of REQUEST give these of RESPONSE, with transform chacha20poly1305
        | 0x0008 | 0x0008 |
        | 0x0000 | 0x0000 |
        | 0x0008 | 0x0008 |

  @iut:server @SRV-10 @SRV-04
  Rule: Whose session the operator has ended may come again

    # SRV-10: the end of the session; SRV-04: the RESPONSE afterwards.
    Scenario: End Session, and the next REQUEST
      Given a tunnel server
      When an initiator is authorized
      And the operator of the server ends the session
      Then the server answers a keyed CLOSE "end session" and ends the stream
      When an initiator is authorized
      And the operator of the server ends the session
      Then the server answers a keyed CLOSE "end session" and ends the stream
      And another initiator is authorized by the same server

  @iut:server @SRV-07 @needs:timers
  Rule: Who is refused again and again is refused as soon as at first, and keeps nobody from the server

    # SRV-07: the same time for each; SRV-24: the other initiator, of the same source and name.
    @SRV-24
    Scenario: 40 refusals take as long as the first
      Given a tunnel server configured with
        """
        { "timers": { "refusalDelay": 0 } }
        """
      Then of 40 REQUESTs that are refused, one after the other, the last 10 take as long as the first 10, give or take 3 s
      And another initiator is authorized by the same server
