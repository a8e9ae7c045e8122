@needs:adapter @iut:server @ADP-37
Feature: Packets of a link at a tunnel server
  Section 11: a tunnel client does not configure the server's machine, nor the hosts of the network behind it. Each row is
  followed by a datagram that surely passes.

  Rule: Nothing comes out of a tunnel by which the nodes of a link configure each other

    Scenario: Packets that configure a link come out of no tunnel in IPv4
      Given a tunnel server's adapter with alice authorized
      Then of these packets of alice none reaches the server's stack
        | from      | to       | what                          |
        | 10.8.0.10 | 10.8.0.1 | ICMP 5                        |
        | 10.8.0.10 | 10.8.0.1 | ICMP 9                        |
        | 10.8.0.10 | 10.8.0.1 | ICMP 10                       |
        | 10.8.0.10 | 10.8.0.1 | UDP to 68                     |
        | 10.8.0.10 | 10.9.0.5 | UDP to 68                     |
        | 10.8.0.10 | 10.9.0.5 | UDP to 68 behind options      |
        | 10.8.0.10 | 10.9.0.5 | UDP to 68 in a first fragment |
        | 10.8.0.10 | 10.8.0.1 | ICMP 5 behind options         |
        | 10.8.0.10 | 10.8.0.1 | ICMP 9 in a first fragment    |
      And of these packets of alice each reaches the server's stack
        | from      | to       | what       |
        | 10.8.0.10 | 10.9.0.5 | ICMP 4     |
        | 10.8.0.10 | 10.9.0.5 | ICMP 11    |
        | 10.8.0.10 | 10.9.0.5 | UDP to 67  |
        | 10.8.0.10 | 10.9.0.5 | UDP to 324 |
        | 10.8.0.10 | 10.9.0.5 | UDP to 546 |
        | 10.8.0.10 | 10.9.0.5 | UDP from 68 |
        | 10.8.0.10 | 10.9.0.5 | TCP to 68 |
        | 10.8.0.10 | 10.9.0.5 | ICMP 3 with a code of 9 |
        | 10.8.0.10 | 10.9.0.5 | UDP to 67 in 9000 octets |

    @needs:ipv6
    Scenario: Packets that configure a link come out of no tunnel in IPv6
      Given a tunnel server's adapter of both families with alice authorized
      Then of these packets of alice none reaches the server's stack
        | from          | to        | what                                       |
        | fd00:8:0:a::1 | fd00:8::1 | ICMPv6 133                                 |
        | fd00:8:0:a::1 | fd00:8::1 | ICMPv6 134                                 |
        | fd00:8:0:a::1 | fd00:8::1 | ICMPv6 135                                 |
        | fd00:8:0:a::1 | fd00:8::1 | ICMPv6 136                                 |
        | fd00:8:0:a::1 | fd00:8::1 | ICMPv6 137                                 |
        | fd00:8:0:a::1 | fd00:8::1 | ICMPv6 135 behind hop-by-hop options       |
        | fd00:8:0:a::1 | fd00:8::1 | ICMPv6 136 behind destination options      |
        | fd00:8:0:a::1 | fd00:8::1 | ICMPv6 135 in a first fragment             |
        | fd00:8:0:a::1 | fd00:8::1 | ICMPv6 136 behind a routing header         |
        | fd00:8:0:a::1 | fd00:8::1 | ICMPv6 137 behind an authentication header |
        | fd00:8:0:a::1 | fd00:8::1 | ICMPv6 134 behind two extension headers    |
        | fd00:8:0:a::1 | fd00:8::1 | ICMPv6 133 behind three extension headers  |
        | fd00:8:0:a::1 | fd00:9::5 | UDP to 546                                 |
        | fd00:8:0:a::1 | fd00:9::5 | UDP to 546 behind destination options      |
        | fd00:8:0:a::1 | fd00:9::5 | UDP to 546 in a first fragment             |
      And of these packets of alice each reaches the server's stack
        | from          | to        | what                                  |
        | fd00:8:0:a::1 | fd00:9::5 | ICMPv6 132                            |
        | fd00:8:0:a::1 | fd00:9::5 | ICMPv6 138                            |
        | fd00:8:0:a::1 | fd00:9::5 | ICMPv6 129 behind destination options |
        | fd00:8:0:a::1 | fd00:9::5 | UDP to 545                            |
        | fd00:8:0:a::1 | fd00:9::5 | UDP to 34                             |
        | fd00:8:0:a::1 | fd00:9::5 | UDP from 546 |
        | fd00:8:0:a::1 | fd00:9::5 | TCP to 546 |
        | fd00:8:0:a::1 | fd00:9::5 | UDP to 545 in 9000 octets |
