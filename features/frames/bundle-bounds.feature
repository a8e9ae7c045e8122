@needs:bundles @needs:adapter
Feature: Bundles at the bounds of a frame
  [EP] fig. 9 with flag 3, section 7.6: the only bound on the number of datagrams is that of the frame, 131,072 octets.

  @BUN-01 @FRAME-07
  Rule: An end point takes as many datagrams as a frame can hold

    @iut:server
    Scenario: At a server: a bundle of the most datagrams there can be
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then a bundle of 6552 datagrams of 20 octets, the longest frame there is, is taken

    @iut:server
    Scenario: At a server: the longest datagrams there can be
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then what is behind the longest datagrams of a bundle arrives
        | IPv4 | 65535 |
        | IPv6 | 65535 |
        | IPv6 | 65536 |
        | IPv6 | 65575 |

    @iut:client
    Scenario: At an initiator: a bundle of the most datagrams there can be
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then a bundle of 6552 datagrams of 20 octets, the longest frame there is, is taken

    @iut:client
    Scenario: At an initiator: the longest datagrams there can be
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"] }
        """
      Then what is behind the longest datagrams of a bundle arrives
        | IPv4 | 65535 |
        | IPv6 | 65535 |
        | IPv6 | 65536 |
        | IPv6 | 65575 |

  @needs:lifetimes @BUN-08 @INI-09
  Rule: A bundle that is sent is one frame of the lifetime of its key

    @iut:client
    Scenario: At an initiator: a key of 40 frames, and bursts of its stack
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["bundle"], "lifetime": { "frames": 40 } }
        """
      Then bursts of the stack use the key up at 36 frames, bundles or not, and not before
