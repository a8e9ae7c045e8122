Feature: How a tunnel server ends what it ends itself
  [EP] fig. 12, Close 228 and Dying 230: whatever the reason, CLOSE is sent, and the initiator has 2 s for the end of its stream.

  @iut:server @CLOSE-08
  Rule: Having sent CLOSE a server takes what comes for 2 s, whatever the reason

    # CLOSE-08: that it reads on. By row, SRV-18: the newer session; SRV-20: the key; SRV-17: the DATA that did not come; SRV-14:
    # the RELAY and REQUEST that did not; SRV-05: the REQUEST that is refused.
    @SRV-05 @SRV-14 @SRV-17 @SRV-18 @SRV-20 @needs:timers
    Scenario: Sessions and connections
      Given a tunnel server configured with
        """
        { "timers": { "receiveRelay": 600, "connectWait": 600, "confirmation": 600, "expiryGrace": 100 } }
        """
      Then after its CLOSE the server takes what these send for 1700 ms
        | who                                   | CLOSE          |
        | a session that a newer one supersedes | superseded     |
        | a session whose key is used up        | key expired    |
        | a session that is not confirmed       | timeout        |
        | a connection without REQUEST          | timeout        |
        | a connection without RELAY            | timeout        |
        | a REQUEST that is refused             | not authorized |

    # SRV-11: the CLOSE.
    @SRV-11
    Scenario: The end of the program
      Given a tunnel server
      Then at the end of its program the server takes what an initiator sends for 1700 ms after its CLOSE
