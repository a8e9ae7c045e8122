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

    @iut:server @needs:ipv6
    Scenario: Segments of a server in IPv6
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"], "adapter": { "address6": "fd00:8::1/48" } }
        """
      Then to a peer with the options 0x0001, TCP that the stack leaves to be cut comes in right segments, in
        | IPv6 |

  @OFF-05 @needs:bundles
  Rule: A checksum that comes to 0 is no missing one

    @iut:client
    Scenario Outline: UDP of an initiator, options <options>
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation", "bundle"] }
        """
      Then to a peer with the options <options>, UDP whose checksum comes to 0 comes with one of ffff, or, where it takes that, a partial one

      Examples:
        | options |
        | 0x0000  |
        | 0x0009  |

    @iut:server
    Scenario Outline: UDP of a server, options <options>
      Given a tunnel server under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation", "bundle"] }
        """
      Then to a peer with the options <options>, UDP whose checksum comes to 0 comes with one of ffff, or, where it takes that, a partial one

      Examples:
        | options |
        | 0x0000  |
        | 0x0009  |
