@SEC-05
Feature: An output folder that takes no more
  Whatever is recorded there, the tunnel is worth more.

  Rule: A node carries its tunnels and ends as if nothing were

    @iut:server
    Scenario: At a server: nothing fits into its output folder
      Given a tunnel server into whose output folder nothing fits
      Then alice is authorized by it, twice
      When the server is terminated
      Then the server program exits with status 0

    @iut:client
    Scenario: At an initiator: nothing fits into its output folder
      Given a tunnel initiator into whose output folder nothing fits
      When the server authorizes it
      And the user has ended the session by SIGTERM
      Then the initiator answers a keyed CLOSE "end session" and ends the stream
      When the server ends its stream without CLOSE
      Then the initiator program exits with status 0

    @iut:relay
    Scenario: At a relay: nothing fits into its output folder
      Given a tunnel relay into whose output folder nothing fits
      Then a tunnel passes through it
      When the relay is terminated
      Then the relay program exits with status 0
