@needs:adapter @needs:arp @needs:routes
Feature: A tunnel between two private networks
  [EP] fig. 3: from tunnel server A (46), the gateway of private network N1 (48), along the path A, B, C, D to tunnel server D
  (62), the gateway of private network N2 (60). The hosts know of no tunnel: each has its gateway as default route. A is the
  initiator, and the policy of D lists 10.20.0.0/24, which is N1, for it.

  Background:
    Given a tunnel from client, the gateway of 10.20.0.7, through relay-b and relay-c to server, the gateway of 10.9.0.7

  @iut:client @iut:server @iut:relay @ADP-24 @PATH-01
  Rule: Hosts of either network reach those of the other

    Scenario: Pings and TCP between hosts of the networks at both ends
      Then 3 pings of 56 octets from 10.20.0.7 to 10.9.0.7 are answered
      And 3 pings of 8000 octets from 10.9.0.7 to 10.20.0.7 are answered
      When 4 MiB go by TCP from 10.20.0.7 to 10.9.0.7 and back
      Then every octet arrived: SHA-256 is equal at both ends

    # ADP-24, PATH-01: the connection crosses. ADP-15: it has its own address and its own octets. RELAY-12: RELAY
    # on each hop. PATH-07: the captures between.
    @PATH-07 @RELAY-12 @ADP-15
    Scenario Outline: From <from> to <to>, known by its own address and read by nobody between
      When a TCP connection from <from> to <to> carries known plaintext
      Then it was seen to come from <from>
      And the plaintext is found in the capture on the server's private network
      And RELAY is the same octets on each of the three hops
      And the plaintext is nowhere in the capture on each hop of the path

      Examples:
        | from      | to        |
        | 10.20.0.7 | 10.9.0.7  |
        | 10.9.0.7  | 10.20.0.7 |

  @iut:server @ADP-08
  Rule: What comes from a network that the policy does not list goes no further than the server

    Scenario: One datagram from elsewhere, one from N1
      When 10.20.0.7 sends 10.9.0.7 a datagram with the source 10.21.0.7, then one with its own
      Then those of 10.21.0.7 and 10.20.0.7 enter the tunnel, and that of 10.20.0.7 alone comes out

  @iut:server @ADP-12
  Rule: The route to the initiator's network goes with the session

    Scenario: The route to an initiator's network goes with its session
      When the user has ended the session by SIGTERM
      Then the server has no route to 10.20.0.0/24 any more
