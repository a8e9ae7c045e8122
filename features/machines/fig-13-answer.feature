Feature: A tunnel relay whose next node has not answered yet
  [EP] fig. 13, Forward 242: the next node has RELAY and REQUEST, and is silent.

  @iut:relay @RLY-06
  Rule: When one connection ends, the other does, as later in the tunnel

    Scenario: Either connection ends, in either way, before the next node has answered
      Given a tunnel relay
      Then before the next node has answered, the end of one connection ends the other
        | of            | which                 |
        | the initiator | ends its stream       |
        | the initiator | resets the connection |
        | the server    | ends its stream       |
        | the server    | resets the connection |

  # RLY-11: that it passes; FRAME-05: in pieces.
  @iut:relay @RLY-11 @FRAME-05
  Rule: A CLOSE passes then, however TCP cuts it

    Scenario Outline: <octets> octets, one by one
      Given a tunnel relay
      Then before the next node has answered, a CLOSE of <octets> octets passes that comes octet by octet

      Examples:
        | octets |
        | 8      |
        | 40     |
