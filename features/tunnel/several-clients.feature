@needs:adapter @needs:arp
Feature: Several tunnel clients of one server
  [EP] fig. 14: all tunnel clients of a server are behind one pseudo network adapter of its (255).

  @iut:server @ADP-09
  Rule: Each client reaches the server, and none another

    Scenario: Each of several clients and the server
      Given tunnel clients alice and bob of a server whose node forwards
      Then 2 pings of 56 octets from alice to server are answered
      And 2 pings of 56 octets from bob to server are answered
      And 2 pings of 56 octets from server to alice are answered
      And 2 pings of 56 octets from server to bob are answered

    Scenario Outline: From <one> to <other>
      Given tunnel clients alice and bob of a server whose node forwards
      When <one> sends <other> a ping
      Then 1 ping of 56 octets from <one> to server is answered
      And 1 ping of 56 octets from server to <other> is answered
      And the first of them is not answered, and only the server's came out of the adapter of <other>

      Examples:
        | one   | other |
        | alice | bob   |
        | bob   | alice |

  @iut:server @ADP-09 @needs:client-to-client
  Rule: Where the operator allows it, clients reach each other

    Scenario: Pings and TCP between clients that may reach each other
      Given tunnel clients alice and bob of a server that passes datagrams between clients
      Then 2 pings of 56 octets from alice to bob are answered
      And 2 pings of 56 octets from bob to alice are answered
      When a TCP connection from alice to bob carries known plaintext
      Then it was seen to come from alice
      When 1 MiB go by TCP from alice to bob and back
      Then every octet arrived: SHA-256 is equal at both ends
