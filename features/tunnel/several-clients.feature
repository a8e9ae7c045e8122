@needs:adapter @needs:arp
Feature: Several tunnel clients of one server
  [EP] fig. 14, 249: all tunnel clients of a server are stations of one virtual LAN.

  @iut:server @ADP-09
  Rule: Each client reaches the server, and none another

    Scenario: Client and server
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
      And of these two only the server's ping came out of the adapter of <other>
      And the first of them is not answered

      Examples:
        | one   | other |
        | alice | bob   |
        | bob   | alice |
