Feature: A node that runs out of file descriptors
  Each connection takes one. A node that may have few keeps what it has, and takes others again as soon as it can.

  @iut:relay @RLY-26
  Rule: A relay refuses newcomers then, and what passes goes on passing
    Tunnels take all that is left but for a few; silent connections take the rest. Each of these then makes way for a
    tunnel, so that one of them gets the last descriptors.

    Scenario Outline: A relay that may have <count> descriptors
      Given a tunnel relay that may have <count> file descriptors, with two tunnels through it
      When strangers take every descriptor that the relay has left
      Then both tunnels carry frames as before
      And the relay rests while nothing happens
      And a newcomer has a tunnel through the relay when the strangers have gone
      And both tunnels carry frames as before

      Examples:
        | count |
        | 64    |
        | 128   |

      @long
      Examples:
        | count |
        | 1024  |

  @iut:server @SRV-33
  Rule: A server refuses newcomers then, and its sessions go on

    Scenario Outline: A server that may have <count> descriptors
      Given a tunnel server that may have <count> file descriptors, with alice authorized
      When strangers take every descriptor that the server has left
      Then alice's session goes on
      And the server rests while nothing happens
      And bob is authorized when the strangers have gone
      And the operator can end alice's session

      Examples:
        | count |
        | 64    |
        | 128   |

      @long
      Examples:
        | count |
        | 1024  |

  @iut:client @INI-15 @needs:reconnect @needs:adapter
  Rule: An initiator that may open no more connects again when it may

    Scenario: An initiator whose connection breaks while it may open no more descriptors
      Given a tunnel initiator that is authorized and may have 64 file descriptors
      When it may open no more of them, and the server breaks the connection off
      Then the initiator still runs after 3 s, and rests
      And it connects again when it may
