Feature: What a configuration may not say

  @iut:client @SEC-03
  Rule: A configuration with a fault is refused before anything is opened, naming file, key and remedy

    Scenario Outline: <fault>
      When a tunnel initiator is configured with <fault>
      Then it ends with status 2 and names where and how to mend <fault>

      Examples:
        | fault                            |
        | a name with an upper-case letter |
        | a key that nobody knows          |
        | no transform                     |

  @iut:client @SEC-02 @needs:deterministic
  Rule: What is random comes from the configuration only where an environment variable says insecure

    Scenario: The variable is not set
      When a tunnel initiator is configured with what is random, in an environment that does not allow it
      Then it ends with status 2 and names where and how to mend what is random, in an environment that does not allow it

  @iut:client @SEC-01
  Rule: No key is written to a log

    Scenario: A session
      Given a tunnel initiator whose server is scripted
      When the server authorizes it
      And the user ends the session
      Then the initiator answers a keyed CLOSE "end session" and ends the stream
      And no key is in what it wrote to stderr and stdout
