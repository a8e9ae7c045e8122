@needs:adapter @needs:reconnect @needs:lifetimes
Feature: Keys that expire while the tunnel is in use
  [EP] fig. 11, 211 to 214: a key that is worn is replaced by connecting again, and the adapter knows nothing of it.

  @iut:client @INI-09 @INI-10 @KEY-02
  Rule: Reconnect renews the keys, and what goes through the tunnel goes on

    @long
    Scenario: Traffic while keys of 5 s are renewed for a minute
      Given a tunnel whose keys live 5 s, and a steady stream of octets through it
      When 60 s have passed
      Then the keys were renewed 13 times, one more or less
      And the adapter and its addresses are those of before
      And every octet arrived: SHA-256 is equal at both ends
