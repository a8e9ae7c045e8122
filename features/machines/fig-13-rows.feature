Feature: Tunnel relay, state by state
  [EP] fig. 13: what comes in Receive Relay 237, Forward Connect 240, Forward 242 and Dying 244, and what becomes of it.

  @iut:relay @RLY-01 @FRAME-08 @CLOSE-07
  Rule: In Receive Relay nothing but RELAY is awaited

    # RLY-01: another first frame; FRAME-08: the one of another version; CLOSE-07: the CLOSE, which is not answered.
    # fig. 13 Receive Relay: protocol error, unsupported version, close received
    Scenario: What comes first in Receive Relay
      Given a tunnel relay
      Then a connection to the relay ends as its first octets want it
        | it sends           | it gets             |
        | DATA               | protocol error      |
        | REQUEST            | protocol error      |
        | RESPONSE           | protocol error      |
        | type 9             | protocol error      |
        | length 5           | protocol error      |
        | CLOSE of 9 octets  | protocol error      |
        | version 2          | unsupported version |
        | CLOSE              | end                 |
        | CLOSE of 40 octets | end                 |
      And nobody was connected to

  @iut:relay @RLY-20 @RLY-25
  Rule: The relay connects only when the frame behind RELAY has come whole

    # RLY-20: its length, and a CLOSE; RLY-25: nobody is connected to.
    Scenario: What stands behind RELAY
      Given a tunnel relay
      Then a connection to the relay ends as the octets behind RELAY want it
        | it sends           | it gets        |
        | half a REQUEST     | nothing        |
        | length 5           | protocol error |
        | the start of 4097  | protocol error |
        | CLOSE              | end            |
        | CLOSE of 40 octets | end            |
      And nobody was connected to

  @iut:relay @RLY-06
  Rule: An initiator that is gone before there is a tunnel is not waited for

    Scenario: The initiator's stream ends before RELAY
      Given a tunnel relay
      Then a connection to the relay ends as its first octets want it
        | it sends          | it gets |
        | FIN               | end     |
        | half a RELAY, FIN | end     |

    # RLY-06: the end; RLY-25: nobody is connected to, though a part of the frame is there.
    @RLY-25
    Scenario: The initiator's stream ends behind RELAY
      Given a tunnel relay
      Then a connection to the relay ends as the octets behind RELAY want it
        | it sends            | it gets |
        | FIN                 | end     |
        | half a REQUEST, FIN | end     |
      And nobody was connected to

    # fig. 13 Forward Connect: network error
    Scenario: The initiator's stream ends while the relay connects
      Given a tunnel relay whose next node drops every SYN
      When an initiator sends RELAY to the relay for the path relay-b.test dropped.test
      And the initiator ends its stream without CLOSE
      Then the relay ends the stream without a frame

  @iut:relay @RLY-10 @RLY-02
  Rule: What comes while the relay connects is kept, and follows RELAY

    @RLY-20
    Scenario: REQUEST in one segment with RELAY
      Given a tunnel relay
      When an initiator sends one frame of 4096 octets in one segment with RELAY
      Then the next node receives RELAY and that frame

    # fig. 13 Forward Connect: frame, protocol error, close received
    Scenario: What comes while the relay connects becomes a second frame, or a CLOSE
      Given a tunnel relay whose next node drops every SYN
      Then while the relay connects it answers
        | it sends          | it gets        |
        | REQUEST, REQUEST  | protocol error |
        | DATA, half a DATA | protocol error |
        | length 5          | protocol error |
        | CLOSE             | end            |
        | REQUEST, CLOSE    | end            |
        | REQUEST           | nothing        |

  @iut:relay @RLY-11
  Rule: Until the next node has answered, one frame passes towards it, and a CLOSE

    Scenario: A second frame, and a CLOSE
      Given a tunnel relay
      Then after REQUEST and before an answer the relay does this
        | the initiator sends | the initiator gets | the server gets    |
        | REQUEST             | protocol error     | nothing more       |
        | type 9              | protocol error     | nothing more       |
        | CLOSE               | end                | CLOSE              |
        | CLOSE of 40 octets  | end                | CLOSE of 40 octets |
        | CLOSE of 41 octets  | protocol error     | nothing more       |
        | length 5            | protocol error     | nothing more       |

    Scenario: A second frame, while another tunnel passes
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      Then after REQUEST and before an answer the relay does this
        | the initiator sends | the initiator gets | the server gets |
        | REQUEST             | protocol error     | nothing more    |

    Scenario: Until the next node has answered: what is an answer
      Given a tunnel relay
      Then the relay takes these octets of the next node for the beginning of a frame, or not
        | octets       | are              |
        | 000000060401 | a beginning      |
        | 000200000401 | a beginning      |
        | 00000008ff07 | a beginning      |
        | 000000080501 | a beginning      |
        | 000200010401 | a protocol error |
        | 000000050401 | a protocol error |
        | 485454502f31 | a protocol error |
        | 0000000604   | nothing yet      |

  @iut:relay @RLY-03
  Rule: In Forward every frame passes, whatever it is

    # fig. 13 Forward: frame
    Scenario: Frames that no end point takes, at once and after 2 s
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      Then the relay passes on frames of both sides
        | type | version | length |
        | 9    | 1       | 6      |
        | 255  | 255     | 4097   |
        | 4    | 7       | 6      |
        | 1    | 1       | 5000   |
        | 3    | 1       | 131073 |
        | 4    | 1       | 200000 |
        | 200  | 0       | 300    |
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for 2 s
      Then the relay passes on frames of both sides
        | type | version | length |
        | 9    | 1       | 6      |
        | 255  | 255     | 4097   |
        | 4    | 7       | 6      |
        | 1    | 1       | 5000   |
        | 3    | 1       | 131073 |
        | 4    | 1       | 200000 |
        | 200  | 0       | 300    |

    # RLY-03: the frame passes whole; RLY-05: it is a CLOSE, whatever its length and version.
    @RLY-05
    Scenario: CLOSE frames that no end point takes
      Given a tunnel relay
      Then these CLOSE frames pass whole through tunnels, which end then
        | from      | version | length |
        | initiator | 1       | 6      |
        | server    | 1       | 9      |
        | initiator | 1       | 41     |
        | server    | 7       | 8      |
        | initiator | 255     | 40     |
        | server    | 1       | 200000 |

  @iut:relay @RLY-15 @RLY-16
  Rule: A length below 6 ends the tunnel, and a CLOSE of the relay's own never goes into a frame

    # fig. 13 Forward: protocol error
    Scenario Outline: A length below 6, from the <role>, at once and after 2 s
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And the <role> sends the octets 000000050401
      Then the initiator receives CLOSE "protocol error" and the end of the stream
      And the server's stream ends without another octet
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for 2 s
      And the <role> sends the octets 000000050401
      Then the initiator receives CLOSE "protocol error" and the end of the stream
      And the server's stream ends without another octet

      Examples:
        | role      |
        | initiator |
        | server    |

    Scenario: A length below 6 while a frame passes towards the initiator, at once and after 2 s
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And the relay has passed on half a frame of the server
      And the initiator sends the octets 000000050401
      Then no octet more passes to the initiator, and both streams end
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for 2 s
      And the relay has passed on half a frame of the server
      And the initiator sends the octets 000000050401
      Then no octet more passes to the initiator, and both streams end

  @iut:relay @RLY-05 @CLOSE-08
  Rule: After a CLOSE both connections end, though neither peer ends its stream

    # fig. 13 Dying: frame, timeout
    Scenario Outline: The <role> sends CLOSE at once and after 2 s, and goes on
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And the <role> sends CLOSE, another frame behind it, and does not end its stream
      Then the other side receives that CLOSE alone
      And both streams end, and the relay has closed both connections 2 s later
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for 2 s
      And the <role> sends CLOSE, another frame behind it, and does not end its stream
      Then the other side receives that CLOSE alone
      And both streams end, and the relay has closed both connections 2 s later

      Examples:
        | role      |
        | initiator |
        | server    |

  @iut:relay @RLY-17
  Rule: There is no half-closed tunnel connection

    Scenario Outline: The <role> ends its stream at once and after 2 s, and the other goes on
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And the <role> ends its stream without CLOSE
      Then nothing passes to the <role> that comes from the other side afterwards
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for 2 s
      And the <role> ends its stream without CLOSE
      Then nothing passes to the <role> that comes from the other side afterwards

      Examples:
        | role      |
        | initiator |
        | server    |

  @iut:relay @RLY-12
  Rule: At the end of the program no connection is left, in whatever state

    # fig. 13 Receive Relay: end session
    # fig. 13 Forward Connect: end session
    Scenario: SIGTERM at a relay with connections in every state
      Given a tunnel relay whose next node drops every SYN
      When an initiator has a tunnel through the relay to a scripted server
      And another connection to the relay has sent nothing
      And another connection to the relay has sent RELAY for the path relay-b.test dropped.test
      And another connection to the relay has sent RELAY for the path relay-b.test server.test
      And the relay is terminated
      Then every connection to the relay ends without a frame
      And the relay exits with status 0

  @iut:relay @RLY-22 @RLY-23 @needs:limits
  Rule: A connection whose next node has not accepted yet gives way, too

    # RLY-22: two are there; RLY-23: one of those that came before.
    # fig. 13 Forward Connect: gives way
    Scenario: Two connections whose next node has not accepted, and a newcomer
      Given a tunnel relay whose next node drops every SYN, configured with
        """
        { "limits": { "halfOpen": 2 } }
        """
      When another connection to the relay has sent RELAY for the path relay-b.test dropped.test
      And another connection to the relay has sent RELAY for the path relay-b.test dropped.test
      And another connection to the relay has sent nothing
      Then one of the first two has got "resource limit", and the others stay

  @iut:relay @RLY-08 @RLY-09 @RLY-21
  Rule: Nobody is waited for longer than the timers say

    @needs:timers
    Scenario: A relay's timers as they are configured
      Given a tunnel relay whose next node drops every SYN, configured with
        """
        { "timers": { "receiveRelay": 600, "forwardConnect": 900 } }
        """
      Then a connection to the relay is answered in time
        | it sends                        | it gets               | after  |
        | nothing                         | timeout               | 600 ms |
        | RELAY in single octets          | timeout               | 600 ms |
        | RELAY                           | timeout               | 600 ms |
        | RELAY, REQUEST in single octets | timeout               | 600 ms |
        | RELAY and REQUEST               | next node unreachable | 900 ms |
        | these, CLOSE in single octets   | next node unreachable | 900 ms |

    # fig. 13 Receive Relay: timeout
    # fig. 13 Forward Connect: timeout
    @long
    Scenario: A relay's timers as the text has them
      Given a tunnel relay whose next node drops every SYN
      Then a connection to the relay is answered in time
        | it sends                        | it gets               | after |
        | nothing                         | timeout               | 10 s  |
        | RELAY in single octets          | timeout               | 10 s  |
        | RELAY                           | timeout               | 10 s  |
        | RELAY after 8 s                 | timeout               | 10 s  |
        | RELAY, REQUEST in single octets | timeout               | 10 s  |
        | RELAY and REQUEST               | next node unreachable | 10 s  |
