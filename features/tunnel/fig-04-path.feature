Feature: Forming a tunnel connection along a path
  [EP] figs. 3 and 4: node A connects to B and sends RELAY (70, 72), B to C (74, 76), C to D (78, 80).

  # PATH-01, RLY-03: the datagrams cross. RELAY-12: RELAY on each hop. PATH-07: the captures between.
  @iut:relay @PATH-01 @PATH-07 @RELAY-12 @RLY-03
  Rule: A tunnel through two relays carries datagrams as a direct one does

    Scenario: Client, two relays and server
      Given a tunnel through relay-b and relay-c, whose names are in DNS
      When a TCP connection from client to server carries known plaintext
      Then 3 pings of 56 octets from client to server are answered
      And each relay has asked DNS for the name after its own
      And RELAY is the same octets on each of the three hops
      And the plaintext is nowhere in the capture on each hop of the path

  @iut:server @PATH-05 @HS-01
  Rule: A RELAY frame that was altered on the way makes the handshake fail

    Scenario Outline: Octet <offset> of RELAY, in <what>
      Given a tunnel server
      When a relay alters octet <offset> of RELAY on its way to the server
      Then the server answers CLOSE "not authorized" and ends the stream

      Examples:
        | what       | offset |
        | the origin | 12     |
        | the origin | 20     |

    Scenario Outline: One octet of <what>, between whole end points
      Given a tunnel server behind relay-b
      When an initiator connects through a relay that alters one octet of "<text>" in RELAY
      Then the server answered it CLOSE "not authorized" alone

      Examples:
        | what             | text           |
        | the origin       | origin.invalid |
        | the relay's name | relay-b.test   |
