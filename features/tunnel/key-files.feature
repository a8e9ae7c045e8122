@SEC-06 @SHOULD
Feature: Files with a private key
  Who reads the key is the node, to everyone else.

  Rule: A file that others can read is refused

    @iut:server
    Scenario: At a server: its configuration with the key in it
      Given a file with the configuration of a tunnel server, and the key in it, which others can read
      Then the server that is started with it exits with status 2

    @iut:client
    Scenario: At an initiator: its configuration with the key in it
      Given a file with the configuration of a tunnel initiator, and the key in it, which others can read
      Then the initiator that is started with it exits with status 2

    @iut:client
    Scenario Outline: At an initiator: its configuration with the key in it, of the mode <mode>
      Given a file with the configuration of a tunnel initiator, and the key in it, of the mode <mode>
      Then the initiator that is started with it exits with status 2

      # Readable by its group, and by all others.
      Examples:
        | mode |
        | 640  |
        | 604  |
