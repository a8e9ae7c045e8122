@needs:offload @needs:adapter
Feature: What a local stack leaves to its adapter
  [EP] fig. 17, 334 to 338, with section 7.7: TCP in one piece, and partial checksums, that come to a peer which did not ask for
  them in this form. The kernel is told of them by a packet socket, as a program's TCP tells it.

  @OFF-05
  Rule: To a peer that does not want it so, TCP is cut as the text says
    The sequence number and the identification of IPv4 pass their highest values. FIN, PSH and CWR are set in the whole.

    @iut:client
    Scenario: Segments of an initiator
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      Then to a peer with the options 0x0001, TCP that the stack leaves to be cut comes in right segments, in
        | IPv4 |
        | IPv6 |

    @iut:server
    Scenario: Segments of a server
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      Then to a peer with the options 0x0001, TCP that the stack leaves to be cut comes in right segments, in
        | IPv4 |

  @OFF-05 @needs:bundles
  Rule: A checksum that comes to 0 is no missing one

    @iut:client
    Scenario: UDP of an initiator
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation", "bundle"] }
        """
      Then to a peer with the options 0x0009, UDP whose checksum comes to 0 comes with one of ffff, or a partial one
