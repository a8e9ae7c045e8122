Feature: Tunnel connection response frame
  [EP] fig. 8: length 150, type 152, version 154, offsets 156, 158 and 162, flags 160, string buffer 163.
  What an initiator makes of a faulty RESPONSE stands in machines/fig-11-initiator.feature.

  @iut:server @RESP-01 @RESP-02 @RESP-06
  Rule: RESPONSE is the one valid encoding of what it holds, sealed to the initiator

    Scenario Outline: Suite <suite>
      Given a tunnel server
      When an initiator sends a REQUEST with suite <suite>
      Then the server answers RESPONSE with the suite in its flags, its opened frame padded to 128 octets

      Examples:
        | suite  |
        | x25519 |

      @needs:hybrid
      Examples:
        | suite  |
        | hybrid |

  @iut:server @RESP-08
  Rule: Client data holds both addresses, the routes and the reserved physical addresses

    Scenario: Of the server's configuration
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

  @iut:server @HS-10
  Rule: Ephemeral keys are fresh for each tunnel connection

    Scenario: Two connections of one initiator
      Given a tunnel server
      When the same REQUEST is sent on 2 connections
      Then each RESPONSE begins with another ephemeral key

  @iut:server
  Rule: An end point has the transforms and selects none but those that it is configured to

    Scenario Outline: <offered> selects <selected>
      Given a tunnel server
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
    Scenario: Suite 2
      Given a tunnel server
      When an initiator sends a REQUEST with suite hybrid
      Then the server answers RESPONSE

    @ID-05
    Scenario: 0x0102, unless configured
      Given a tunnel server configured with
        """
        { "transforms": ["chacha20poly1305"] }
        """
      When an initiator sends a REQUEST with the transforms 0x0102, 0x0002
      Then RESPONSE holds
        | transform | chacha20poly1305 |
