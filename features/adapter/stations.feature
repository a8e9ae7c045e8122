@needs:adapter
Feature: Whose packets a tunnel client takes from its local stack
  [EP] fig. 17, 322: the Ethernet header is removed. Neither the stations in it nor the source of the datagram decide whether
  it is sent (334 to 338): the local stack may be a bridge, or a router for others. Each row is sent before a datagram that
  surely passes.

  # ADP-03: the datagram, without its header. ADP-40: each enters the tunnel once.
  @iut:client @ADP-03 @ADP-40
  Rule: A datagram enters the tunnel from and to whichever stations its packet is

    Scenario: In IPv4
      Given an adapter that nobody configures, and a scripted server
      Then datagrams of the stack enter the tunnel, octet by octet, that are
        | from      | to        | in a packet from  | in a packet to       |
        | 10.8.0.10 | 10.9.0.5  | its own station   | the server's adapter |
        | 10.8.0.10 | 10.9.0.5  | its own station   | another station      |
        | 10.8.0.10 | 10.9.0.5  | its own station   | all stations         |
        | 10.8.0.10 | 10.9.0.5  | another station   | the server's adapter |
        | 10.8.0.10 | 10.9.0.5  | another station   | another station      |
        | 10.8.0.77 | 10.9.0.5  | another station   | the server's adapter |
        | 10.20.0.7 | 10.9.0.5  | its own station   | the server's adapter |
        | 192.0.2.9 | 10.8.0.1  | its own station   | the server's adapter |
        | 10.8.0.10 | 192.0.2.9 | its own station   | the server's adapter |
        | 10.8.0.10 | 10.8.0.10 | its own station   | the server's adapter |

    @needs:ipv6 @ADP-28
    Scenario: In IPv6
      Given an adapter configured by nobody, of a tunnel whose client data offers every option in IPv6
      Then datagrams of the stack enter the tunnel, octet by octet, that are
        | from          | to            | in a packet from  | in a packet to       |
        | fd00:8:0:a::1 | fd00:9::5     | its own station   | another station      |
        | fd00:8:0:a::1 | fd00:9::5     | another station   | the server's adapter |
        | fd00:8:0:b::1 | fd00:9::5     | its own station   | the server's adapter |
        | fd00:20::7    | fd00:9::5     | another station   | the server's adapter |
        | 2001:db8::9   | fd00:9::5     | its own station   | the server's adapter |
        | fd00:8:0:a::1 | 2001:db8::9   | its own station   | the server's adapter |
