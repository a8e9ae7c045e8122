Feature: What a configuration may not say, and what no log says

  @iut:client @SEC-03
  Rule: A tunnel initiator refuses a configuration with a fault before it opens anything, naming file, key and remedy

    Scenario Outline: An initiator: <fault>
      When a tunnel initiator is configured with <fault>
      Then the initiator ends with status 2, and names where <fault> is

      Examples:
        | fault                                   |
        | a name with an upper-case letter        |
        | a path of 17 names                      |
        | a path without names                    |
        | an initiator name of 256 characters     |
        | an initiator name with a tab            |
        | a key that nobody knows                 |
        | a key that nobody knows, within another |
        | no transform                            |
        | a private key that is too short         |

      @needs:timers
      Examples:
        | fault                                         |
        | a longest back-off that is below the shortest |
        | a timer of 0                                  |

  @iut:server @SEC-03
  Rule: A tunnel server refuses a configuration with a fault before it opens anything, naming file, key and remedy

    Scenario Outline: A server: <fault>
      When a tunnel server is configured with <fault>
      Then the server ends with status 2, and names where <fault> is

      Examples:
        | fault                                   |
        | a key that nobody knows                 |
        | a key that nobody knows, within another |
        | no transform                            |
        | a private key that is too short         |
        | no port                                 |

  @iut:relay @SEC-03
  Rule: A tunnel relay refuses a configuration with a fault before it opens anything, naming file, key and remedy

    Scenario Outline: A relay: <fault>
      When a tunnel relay is configured with <fault>
      Then the relay ends with status 2, and names where <fault> is

      Examples:
        | fault                                  |
        | a key that nobody knows                |
        | a key that nobody knows, within a list |
        | names that are none                    |
        | no port                                |

  @iut:client @SEC-02 @needs:deterministic
  Rule: What is random at a tunnel initiator comes from the configuration only where an environment variable says insecure

    Scenario Outline: An initiator: <fault>
      When a tunnel initiator is configured with <fault>
      Then the initiator ends with status 2, and names where <fault> is

      Examples:
        | fault                                  |
        | padding, and the variable 0            |
        | padding, and the variable empty        |
        | ephemeral keys, and the variable 0     |
        | ephemeral keys, and the variable empty |

  @iut:client @SEC-01
  Rule: A tunnel initiator writes neither key nor datagram to a log, without an adapter either

    Scenario: An initiator writes neither key nor datagram: a session on the wire
      Given a tunnel initiator that is authorized again and again
      When a datagram has come to it in a session, and its program has ended
      Then neither a key nor a datagram is in what the initiator wrote, but for keys in keys.log

  @iut:client @SEC-01 @needs:adapter
  Rule: A tunnel initiator writes neither key nor datagram to a log

    Scenario Outline: An initiator: a session with transform <transform>
      Given a tunnel initiator under attack with transform <transform>
      When datagrams pass in both directions
      And the program of the initiator has ended
      Then neither a key nor a datagram is in what the initiator wrote, but for keys in keys.log

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |

  @iut:server @SEC-02 @needs:deterministic
  Rule: What is random at a tunnel server comes from the configuration only where an environment variable says insecure

    Scenario Outline: A server: <fault>
      When a tunnel server is configured with <fault>
      Then the server ends with status 2, and names where <fault> is

      Examples:
        | fault                                  |
        | padding, and the variable 0            |
        | padding, and the variable empty        |
        | ephemeral keys, and the variable 0     |
        | ephemeral keys, and the variable empty |

  @iut:server @SEC-01
  Rule: A tunnel server writes neither key nor datagram to a log, without an adapter either

    Scenario: A server writes neither key nor datagram: a session on the wire
      Given a tunnel server that is authorized again and again
      When a datagram has come to it in a session, and its program has ended
      Then neither a key nor a datagram is in what the server wrote, but for keys in keys.log

  @iut:server @SEC-01 @needs:adapter
  Rule: A tunnel server writes neither key nor datagram to a log

    Scenario Outline: A server: a session with transform <transform>
      Given a tunnel server under attack with transform <transform>
      When datagrams pass in both directions
      And the program of the server has ended
      Then neither a key nor a datagram is in what the server wrote, but for keys in keys.log

      Examples:
        | transform        |
        | chacha20poly1305 |

      @needs:aes256ctr-hmacsha256
      Examples:
        | transform            |
        | aes256ctr-hmacsha256 |
