@needs:offload @needs:adapter @needs:ipv6
Feature: Partial checksums and segmentation in IPv6
  [EP] fig. 9 with flags 0 and 1, section 7.7: both families have them. The stack gets what is lacking, or knows that it is.

  @OFF-01
  Rule: Datagrams of IPv6 come out that lack something, each once and in their order

    @iut:server
    Scenario: At a server: datagrams of IPv6 that lack something
      Given a tunnel server whose adapter takes datagrams of both families that lack something
      Then datagrams of IPv6 come out of the tunnel that lack the rest of
        | UDP                       |
        | UDP of an odd length      |
        | TCP                       |
        | TCP, two segments         |
        | TCP, three segments       |
        | TCP, two long segments    |
        | UDP, padded               |
        | TCP, two segments, padded |

    @iut:client
    Scenario: At an initiator: datagrams of IPv6 that lack something
      Given a tunnel initiator whose adapter takes datagrams of both families that lack something
      Then datagrams of IPv6 come out of the tunnel that lack the rest of
        | UDP                       |
        | UDP of an odd length      |
        | TCP                       |
        | TCP, two segments         |
        | TCP, three segments       |
        | TCP, two long segments    |
        | UDP, padded               |
        | TCP, two segments, padded |
