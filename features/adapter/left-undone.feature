@needs:offload @needs:adapter
Feature: What a local stack seldom leaves to its adapter
  Section 7.7: a local stack leaves checksums and the cutting of TCP to its adapter. Most of that is ordinary TCP; this is not.

  # OFF-04: frames with flags. OFF-05: whole datagrams. ADP-40: nothing is lost.
  @iut:client @ADP-40 @OFF-04 @OFF-05
  Rule: Whatever a local stack has left undone, the peer gets it in a right form

    Scenario Outline: At an initiator, options <options>
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      Then of TCP with CWR, FIN and PSH that its stack has not cut, the peer gets every octet in right frames, with the options <options>

      Examples:
        | options |
        | 0x0000  |
        | 0x0001  |
        | 0x0003  |

    # INI-10: the adapter takes it meanwhile. ADP-40, OFF-04, OFF-05: what comes, as above. Whether it waits is the queue's affair.
    @INI-10 @needs:reconnect
    Scenario: At an initiator, what its stack has not cut waits for connections of other options
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"], "reconnect": true }
        """
      Then of TCP that waits for connections with the options 0x0000, 0x0003, 0x0001, what comes is in right frames

    @needs:ipv6
    Scenario: At an initiator, a checksum behind other headers
      Given a tunnel initiator under attack with transform chacha20poly1305, configured with
        """
        { "dataOptions": ["checksum", "segmentation"] }
        """
      Then a checksum behind destination options that its stack has not completed is complete

  @iut:client @needs:ipv6 @OFF-01
  Rule: A peer may leave as much undone in IPv6 as in IPv4

    # It may come out as it is, or done.
    Scenario: At an initiator, out of the tunnel
      Given a client of both families that takes flags 0 and 1, and a scripted server
      Then of IPv6 the stack gets each datagram that lacks this
        | the checksum of UDP                |
        | the checksum of TCP                |
        | to be cut into segments of 1000    |
        | to be cut into segments of 256     |
