Feature: What strangers make a node write
  Anyone may connect as often as he likes. Logs and events of a node are read by people and programs, and kept on disks.

  @SEC-04
  Rule: However many come, little is written

    @iut:server
    Scenario: At a server: strangers whose first frame is of unknown type
      Given a tunnel server
      When 3000 strangers have come to the server, each with a frame of unknown type
      Then the server has written less than 200 KB about it

    @iut:relay
    Scenario: At a relay: strangers whose first frame is of unknown type
      Given a tunnel relay
      When 3000 strangers have come to the relay, each with a frame of unknown type
      Then the relay has written less than 200 KB about it
