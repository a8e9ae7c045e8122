@SEC-06 @SHOULD
Feature: Files with a private key
  Who reads the key is the node, to everyone else.

  Rule: A file that others can read is refused

    @iut:server
    Scenario Outline: At a server: its configuration with the key in it, mode <mode>
      Given a file of mode <mode> with the configuration of a tunnel server, and the key in it
      Then the server that is started with it exits with status 2

      Examples:
        | mode |
        | 604  |
        | 640  |

    @iut:client
    Scenario Outline: At an initiator: its configuration with the key in it, mode <mode>
      Given a file of mode <mode> with the configuration of a tunnel initiator, and the key in it
      Then the initiator that is started with it exits with status 2

      Examples:
        | mode |
        | 604  |
        | 640  |
