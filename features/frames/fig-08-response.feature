Feature: Tunnel connection response frame
  [EP] fig. 8: length 150, type 152, version 154, offsets 156, 158 and 162, flags 160, string buffer 163.
  The opened frames are those of vectors/response.json, sealed to the initiator under test.

  @iut:server
  Rule: RESPONSE is the one valid encoding of what it holds, sealed to the initiator

    # RESP-01: the suite in its flags. RESP-02: the sealed header is the one in the clear. RESP-06: the padding.
    # FRAME-11: the reserved octet of its flags. ID-01: there is a RESPONSE at all.
    @RESP-01 @RESP-02 @RESP-06 @FRAME-11
    Scenario Outline: Suite <suite>
      Given a tunnel server
      When an initiator sends a REQUEST with suite <suite>
      Then the server answers RESPONSE with the suite in its flags, its opened frame padded to 128 octets

      @ID-01
      Examples:
        | suite  |
        | x25519 |

      @needs:hybrid
      Examples:
        | suite  |
        | hybrid |

    # RESP-06: how much padding there is; CD-01: where n6 ends one octet into a block, zeros of the padding can't stand for it.
    @RESP-06 @CD-01
    Scenario: RESPONSE has no more padding than is needed
      When servers say a domain of such lengths that the padding of RESPONSE is most and none

  @iut:server @RESP-08
  Rule: Client data holds both addresses, the routes and the reserved physical addresses

    Scenario: Client data of RESPONSE by the server's configuration
      Given a tunnel server
      When an initiator sends a REQUEST with suite x25519
      Then RESPONSE holds
        | address                   | 10.8.0.10                |
        | server's address          | 10.8.0.1                 |
        | routes                    | 10.9.0.0/24 via 10.8.0.1 |
        | physical address          | 06504e414300             |
        | server's physical address | 06504e415300             |

  @iut:server @RESP-05 @RESP-09 @REQ-12
  Rule: What RESPONSE allows is within what REQUEST allows

    Scenario: Lifetimes below those of the server, and no option or compression asked for
      Given a tunnel server
      When an initiator sends a REQUEST with a key that lasts 60 seconds, 1000 frames, 100000 octets
      Then RESPONSE holds
        | seconds at most              | 60     |
        | frames at most               | 1000   |
        | octets at most               | 100000 |
        | entries of key exchange data | 1      |

    # A bound that the server has not reached by itself: 3,600 s, 2^32 frames, 2^40 octets are its defaults.
    Scenario: Each bound of RESPONSE alone within that of REQUEST
      Given a tunnel server
      When initiators are granted no more than these ask for
        | 60 seconds    |
        | 1000 frames   |
        | 100000 octets |

    Scenario: Options that are asked for, and bits that mean nothing
      Given a tunnel server
      When initiators are granted no more than these ask for
        | options 0x0001 |
        | options 0x001f |
        | options 0xffff |
        | options 0xffe0 |
        | compression    |

  @iut:server @KEY-04
  Rule: No key is used for more than 2^32 frames or 2^40 octets

    Scenario: An initiator that asks for all there is
      Given a tunnel server
      When an initiator sends a REQUEST with a key that lasts 4294967295 seconds, 18446744073709551615 frames, 18446744073709551615 octets
      Then RESPONSE holds
        | frames at most | 4294967296    |
        | octets at most | 1099511627776 |

  @iut:server @RESP-11
  Rule: Each bound of RESPONSE is the lower of the two, and a server sends no GREASE

    Scenario: Key exchange data of RESPONSE with nothing but lifetimes
      Given a tunnel server
      When an initiator sends a REQUEST with a key that lasts 60 seconds, 1000 frames, 100000 octets
      Then RESPONSE holds
        | entries of key exchange data | 1 |

    @needs:lifetimes
    Scenario Outline: A server of <seconds> seconds, <frames> frames, <octets> octets
      Given a tunnel server configured with
        """
        { "lifetime": { "seconds": <seconds>, "frames": <frames>, "octets": <octets> } }
        """
      When an initiator sends a REQUEST with a key that lasts 60 seconds, 1000 frames, 100000 octets
      Then RESPONSE holds
        | seconds | <seconds of RESPONSE> |
        | frames  | <frames of RESPONSE>  |
        | octets  | <octets of RESPONSE>  |

      Examples:
        | seconds | frames | octets | seconds of RESPONSE | frames of RESPONSE | octets of RESPONSE |
        | 59      | 1001   | 100001 | 59                  | 1000               | 100000             |
        | 61      | 999    | 100001 | 60                  | 999                | 100000             |
        | 61      | 1001   | 99999  | 60                  | 1000               | 99999              |

  @iut:server @HS-10
  Rule: Ephemeral keys are fresh for each tunnel connection

    Scenario: Ephemeral keys of two connections of one initiator
      Given a tunnel server
      When the same REQUEST is sent on 2 connections
      Then each RESPONSE begins with another ephemeral key

  @iut:server
  Rule: An end point has the transforms and selects none but those that it is configured to

    Scenario Outline: <offered> selects <selected>
      Given an implementation that declares <selected>
      And a tunnel server
      When an initiator sends a REQUEST with the transforms <offered>
      Then RESPONSE holds
        | transform | <selected> |

      @ID-01
      Examples:
        | offered | selected         |
        | 0x0002  | chacha20poly1305 |

      @ID-03 @SHOULD
      Examples:
        | offered | selected  |
        | 0x0001  | aes256gcm |

      @ID-04 @SHOULD
      Examples:
        | offered | selected             |
        | 0x0101  | aes256ctr-hmacsha256 |

    @ID-02 @SHOULD
    Scenario: A server has suite 2
      Given an implementation that declares hybrid
      And a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}", "suites": ["hybrid"] }] }
        """
      When an initiator sends a REQUEST with suite hybrid
      Then the server answers RESPONSE

    @ID-05
    Scenario: 0x0102, unless configured, first and among others
      Given a tunnel server configured with
        """
        { "transforms": ["chacha20poly1305"] }
        """
      When an initiator sends a REQUEST with the transforms 0x0102, 0x0002
      Then RESPONSE holds
        | transform | chacha20poly1305 |
      When an initiator sends a REQUEST with the transforms 0x0102, 0x0a0a, 0x0002
      Then RESPONSE holds
        | transform | chacha20poly1305 |
      When an initiator sends a REQUEST with the transforms 0x0101, 0x0102, 0x0002
      Then RESPONSE holds
        | transform | chacha20poly1305 |

    @ID-05
    Scenario: 0x0102 alone, unless configured
      Given a tunnel server configured with
        """
        { "transforms": ["chacha20poly1305"] }
        """
      When an initiator sends a REQUEST with the transforms 0x0102
      Then the server answers CLOSE "no common transform" and ends the stream

  @iut:server @RESP-03 @RESP-07 @ID-08 @ID-09
  Rule: The first of the initiator's transforms that the server has is selected, whatever else stands among them

    # RESP-03: there is one transform, and it was offered. ID-08: what is not known is skipped. ID-09: GREASE is
    # never selected. RESP-07: the first of the rest is.
    Scenario: What is not known, and what stands there twice
      Given a tunnel server
      When an initiator sends a REQUEST with the transforms 0x0a0a, 0x7777, 0x0002
      Then RESPONSE holds
        | transform | chacha20poly1305 |
      When an initiator sends a REQUEST with the transforms 0xfafa, 0x0000, 0xffff, 0x0002, 0x0003
      Then RESPONSE holds
        | transform | chacha20poly1305 |
      When an initiator sends a REQUEST with the transforms 0xf001, 0x0002
      Then RESPONSE holds
        | transform | chacha20poly1305 |
      When an initiator sends a REQUEST with the transforms 0x0002, 0x0002
      Then RESPONSE holds
        | transform | chacha20poly1305 |

    # RESP-03: there is one transform, and it was offered. ID-08: what is not known is skipped. ID-09: GREASE is
    # never selected. RESP-07: the first of the rest is.
    @needs:aes256gcm
    Scenario: What is not known, and what stands there twice, aes256gcm among them
      Given a tunnel server
      When an initiator sends a REQUEST with the transforms 0x0002, 0x0001
      Then RESPONSE holds
        | transform | chacha20poly1305 |
      When an initiator sends a REQUEST with the transforms 0x1a1a, 0x0001, 0x0002
      Then RESPONSE holds
        | transform | aes256gcm |

  @iut:client
  Rule: A RESPONSE that is in order is taken

    # Each row is on the right side of a bound, or a form that is allowed; what is on the other side stands below.
    @RESP-05 @RESP-06 @RESP-10
    Scenario: A RESPONSE at the bounds of what is allowed
      Given a tunnel initiator that waits for a command to connect again
      When the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | nothing wrong                 | it takes it |
        | one second less than REQUEST  | it takes it |
        | one frame less than REQUEST   | it takes it |
        | one octet less than REQUEST   | it takes it |
        | an unknown entry of 0x7fff    | it takes it |
        | freshness                     | it takes it |
        | no padding, none being needed | it takes it |

    @FRAME-07 @REQ-14
    Scenario: At an initiator: a long RESPONSE
      Given a tunnel initiator that waits for a command to connect again
      When the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | an unknown entry of 14,800 octets | it takes it |

    # RESP-03, RESP-05, RESP-09 and CD-06 decide those that decode and say what cannot be.
    @RESP-10
    Scenario: A RESPONSE that is in order by its vector
      Given a tunnel initiator that waits for a command to connect again
      When opened frames of RESPONSE with the flags Normal, Grease are sent to the initiator, it answers each as the file tells
      And RESPONSEs with key exchange data with the flags Normal, Grease are sent to the initiator, it answers each as the file tells

  @iut:client @RESP-10
  Rule: An opened frame that does not decode is a protocol error, unkeyed

    @FRAME-11 @FRAME-12
    Scenario: A RESPONSE that does not decode by its vector
      Given a tunnel initiator that waits for a command to connect again
      When opened frames of RESPONSE with the flags Flags, Offset, Transforms, Length, ClientData are sent to the initiator, it answers each as the file tells

    # RESP-10: the answer is not keyed. REQ-15: an id of 0x8000. REQ-13: the order. REQ-12: everything else.
    @REQ-12 @REQ-13 @REQ-15
    Scenario: A RESPONSE whose key exchange data does not decode
      Given a tunnel initiator that waits for a command to connect again
      When RESPONSEs with key exchange data with the flags Order, Unknown, Length, Value, Missing are sent to the initiator, it answers each as the file tells
      And opened frames of RESPONSE with the flags KeyExchangeData are sent to the initiator, it answers each as the file tells

    @CD-01 @CD-06
    Scenario: A RESPONSE whose client data does not decode
      Given a tunnel initiator that waits for a command to connect again
      When RESPONSEs with client data with the flags Length, Dhcp, IPv6 are sent to the initiator, it answers each as the file tells

    @CD-01 @CD-06
    Scenario: At an initiator: client data that are right but for one list
      Given a tunnel initiator that waits for a command to connect again
      When RESPONSEs are sent to the initiator whose client data are right but for this, it refuses each
        | a pad before the 255              |
        | an octet behind the 255           |
        | no 255                            |
        | an option of n6 whose length is 0 |

    @FRAME-11
    Scenario: A RESPONSE with reserved bits
      Given a tunnel initiator that waits for a command to connect again
      When the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | the lowest bit of its flags set           | CLOSE "protocol error" |
        | the highest reserved bit of its flags set | CLOSE "protocol error" |

    @FRAME-12
    Scenario: A RESPONSE with sections in another order, gaps, and more than there should be
      Given a tunnel initiator that waits for a command to connect again
      When the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | an octet between its header and its first section   | CLOSE "protocol error" |
        | two octets between its header and its first section | CLOSE "protocol error" |
        | its transform before its key exchange data          | CLOSE "protocol error" |
        | its client data before its transform                | CLOSE "protocol error" |
        | the transform twice                                 | CLOSE "protocol error" |
        | the transform and another                           | CLOSE "protocol error" |
        | half a transform more                               | CLOSE "protocol error" |
        | no transform                                        | CLOSE "protocol error" |

    @RESP-06
    Scenario: A RESPONSE with padding of another kind
      Given a tunnel initiator that waits for a command to connect again
      When opened frames of RESPONSE with the flags Padding are sent to the initiator, it answers each as the file tells
      And the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | padding whose last octet is not zero            | CLOSE "protocol error" |
        | padding whose first octet is not zero           | CLOSE "protocol error" |
        | padding whose middle octet is not zero          | CLOSE "protocol error" |
        | padding of one block too many                   | CLOSE "protocol error" |
        | padding of an octet too many                    | CLOSE "protocol error" |
        | padding of an octet too few                     | CLOSE "protocol error" |
        | a whole block of padding, though none is needed | CLOSE "protocol error" |

  @iut:client
  Rule: A RESPONSE that decodes and says what REQUEST does not allow is a protocol error, keyed

    @RESP-05
    Scenario: A RESPONSE with bounds above those of REQUEST
      Given a tunnel initiator that waits for a command to connect again
      When the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | one second more than REQUEST | a keyed CLOSE "protocol error" |
        | one frame more than REQUEST  | a keyed CLOSE "protocol error" |
        | one octet more than REQUEST  | a keyed CLOSE "protocol error" |
        | 2^63 frames                  | a keyed CLOSE "protocol error" |
        | 2^63 octets                  | a keyed CLOSE "protocol error" |

    @RESP-04 @ID-05
    Scenario: A RESPONSE with transforms that were not offered
      Given a tunnel initiator that waits for a command to connect again, configured with
        """
        { "transforms": ["chacha20poly1305"] }
        """
      When the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | transform 0x0001                       | a keyed CLOSE "protocol error" |
        | transform 0x0101                       | a keyed CLOSE "protocol error" |
        | transform 0x0102                       | a keyed CLOSE "protocol error" |
        | transform 0x0000                       | a keyed CLOSE "protocol error" |
        | transform 0x7777                       | a keyed CLOSE "protocol error" |
        | transform 0xf001                       | a keyed CLOSE "protocol error" |
        | a GREASE transform that REQUEST offers | a keyed CLOSE "protocol error" |

    @RESP-09
    Scenario: A RESPONSE with options and compression that were not asked for
      Given a tunnel initiator that waits for a command to connect again
      When the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | the first option that REQUEST lacks | a keyed CLOSE "protocol error" |
        | all option bits                     | a keyed CLOSE "protocol error" |
        | compression                         | a keyed CLOSE "protocol error" |

    @RESP-09 @needs:bundles
    Scenario: A RESPONSE with more options where bundles were asked for
      Given a tunnel initiator that waits for a command to connect again, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      When the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | options 0x0000 | it takes it                    |
        | options 0x0008 | it takes it                    |
        | options 0x0009 | a keyed CLOSE "protocol error" |
        | options 0x0001 | a keyed CLOSE "protocol error" |
        | options 0x0018 | a keyed CLOSE "protocol error" |
        | options 0x8008 | a keyed CLOSE "protocol error" |
        | options 0xffff | a keyed CLOSE "protocol error" |

    @RESP-12 @needs:bundles @needs:aes256ctr-hmacsha256
    Scenario: A RESPONSE with options and a transform that has none
      Given a tunnel initiator that waits for a command to connect again, configured with
        """
        { "dataOptions": ["bundle"], "transforms": ["chacha20poly1305", "aes256ctr-hmacsha256"] }
        """
      When the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | options 0x0000 with transform 0x0101 | it takes it                    |
        | options 0x0008 with transform 0x0002 | it takes it                    |
        | options 0x0008 with transform 0x0101 | a keyed CLOSE "protocol error" |

    @RESP-12 @needs:bundles @needs:aes256cbc-hmacsha256
    Scenario: Options with the other transform that has none
      Given a tunnel initiator that waits for a command to connect again, configured with
        """
        { "dataOptions": ["bundle"], "transforms": ["chacha20poly1305", "aes256cbc-hmacsha256"] }
        """
      When the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | options 0x0000 with transform 0x0102 | it takes it                    |
        | options 0x0008 with transform 0x0102 | a keyed CLOSE "protocol error" |

    @RESP-12 @needs:offload @needs:aes256ctr-hmacsha256
    Scenario: A RESPONSE with offload and a transform that has none
      Given a tunnel initiator that waits for a command to connect again, configured with
        """
        { "dataOptions": ["checksum", "segmentation"], "transforms": ["chacha20poly1305", "aes256ctr-hmacsha256"] }
        """
      When the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | options 0x0001 with transform 0x0101 | a keyed CLOSE "protocol error" |
        | options 0x0003 with transform 0x0101 | a keyed CLOSE "protocol error" |

    # CLOSE-01: that the CLOSE has 40 octets.
    @RESP-01 @CLOSE-01
    Scenario: A RESPONSE of another suite than that of REQUEST
      Given a tunnel initiator that waits for a command to connect again
      When the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | another suite | a keyed CLOSE "protocol error" |
        | a suite of 3  | a keyed CLOSE "protocol error" |
        | a suite of 16 more | a keyed CLOSE "protocol error" |

  @iut:client @RESP-02
  Rule: A header in the clear that is not the sealed one is an integrity failure, keyed where the opened frame decodes

    Scenario: A RESPONSE whose two headers differ in one octet
      Given a tunnel initiator that waits for a command to connect again
      When the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says
        | another octet 6 in the clear  | a keyed CLOSE "integrity failure" |
        | another octet 7 in the clear  | a keyed CLOSE "integrity failure" |
        | another octet 8 in the clear  | a keyed CLOSE "integrity failure" |
        | another octet 9 in the clear  | a keyed CLOSE "integrity failure" |
        | another octet 10 in the clear | a keyed CLOSE "integrity failure" |
        | another octet 12 in the clear | a keyed CLOSE "integrity failure" |
        | another octet 13 in the clear | a keyed CLOSE "integrity failure" |
        | another octet 7 in the clear, and one second more than REQUEST   | a keyed CLOSE "integrity failure" |
        | another octet 7 in the clear, and client data without an address | a keyed CLOSE "integrity failure" |
