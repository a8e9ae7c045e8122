@needs:adapter @needs:routes @needs:lockdown
Feature: Lockdown
  What belongs inside the tunnel leaves the machine by it or not at all, whatever becomes of server, process and adapter.

  # LOCK-01: the destinations in IPv4. LOCK-02: those in IPv6. LOCK-03: the queries. All are looked for on the wire, also
  # from a socket that is bound to the adapter outside.
  @iut:client @LOCK-01 @LOCK-02 @LOCK-03
  Rule: No datagram of either family leaves by another adapter

    Scenario Outline: The tunnel carries <carried>, and <event>
      Given a client under lockdown, to whom the server routes <carried>, with the DNS server 10.9.0.53
      When <event>
      Then of what the client sends to <destinations> and of DNS queries nothing is on the wire outside

      Examples:
        | carried     | event                                   | destinations                              |
        | 0.0.0.0/0   | nothing else happens                    | 10.9.0.7, 10.77.0.2, 192.0.2.1, 2001:db8::1, fd77::2 |
        | 0.0.0.0/0   | the server is killed for good           | 10.9.0.7, 192.0.2.1, 2001:db8::1, fd77::2 |
        | 0.0.0.0/0   | the client is killed                    | 10.9.0.7, 192.0.2.1, 2001:db8::1, fd77::2 |
        | 0.0.0.0/0   | somebody removes the client's adapter   | 10.9.0.7, 192.0.2.1, 2001:db8::1, fd77::2 |
        | 10.9.0.0/24 | the client is killed                    | 10.9.0.7, 10.8.0.99, 2001:db8::1, fd77::2 |
        | 0.0.0.0/0   | the operator of the server ends the session | 10.9.0.7, 192.0.2.1, 2001:db8::1, fd77::2 |

  @iut:client @LOCK-01 @LOCK-03 @needs:ipv6
  Rule: Where the tunnel carries both families, no datagram for what it carries leaves by another adapter

    Scenario Outline: <event>
      Given a client under lockdown, to whom the server routes 10.9.0.0/24 and fd00:9::/64, with the DNS server fd00:9::53
      When <event>
      Then of what the client sends to 10.9.0.7, 10.8.0.99, fd00:9::7, fd00:8:0:a::99 and of DNS queries nothing is on the wire outside

      Examples:
        | event                                 |
        | the server is killed for good         |
        | the client is killed                  |
        | somebody removes the client's adapter |

    Scenario: A default route in IPv6, and the client is killed
      Given a client under lockdown, to whom the server routes 10.9.0.0/24 and ::/0, with the DNS server 10.9.0.53
      When the client is killed
      Then of what the client sends to 10.9.0.7, 2001:db8::1, fd77::2 and of DNS queries nothing is on the wire outside

    # LOCK-02: of IPv6 the tunnel carries nothing, though the server offers it.
    @LOCK-02
    Scenario: A user who refuses IPv6, and the client is killed
      Given a client under lockdown, whose user refuses IPv6, to whom the server routes 10.9.0.0/24 and fd00:9::/64, with the DNS server 10.9.0.53
      When the client is killed
      Then of what the client sends to 10.9.0.7, fd00:9::7, 2001:db8::1, fd77::2 and of DNS queries nothing is on the wire outside

  @iut:client @LOCK-07
  Rule: What the client forwards for others leaves by no other adapter either

    Scenario Outline: A host behind it sends, the tunnel carries <carried>, and <event>
      Given a client under lockdown that is the gateway of 10.20.0.7, to whom the server routes <carried>, with the DNS server 10.9.0.53
      When <event>
      Then of what 10.20.0.7 sends to <destinations> and of DNS queries nothing is on the wire outside

      Examples:
        | carried     | event                                 | destinations                              |
        | 0.0.0.0/0   | the client is killed                  | 10.9.0.7, 192.0.2.1, 2001:db8::1, fd77::2 |
        | 10.9.0.0/24 | somebody removes the client's adapter | 10.9.0.7, 10.8.0.99, 2001:db8::1, fd77::2 |

    # LOCK-04 lets the client's own connection pass, and no other.
    Scenario: A host behind it connects to the first node
      Given a client under lockdown that is the gateway of 10.20.0.7, to whom the server routes 0.0.0.0/0, with the DNS server 10.9.0.53
      Then no segment of 10.20.0.7 for the first node is on the wire outside
      When the client is killed
      Then no segment of 10.20.0.7 for the first node is on the wire outside

    @needs:ipv6
    Scenario: A host behind it sends, the tunnel carries both families, and the client is killed
      Given a client under lockdown that is the gateway of 10.20.0.7, to whom the server routes 10.9.0.0/24 and fd00:9::/64, with the DNS server fd00:9::53
      When the client is killed
      Then of what 10.20.0.7 sends to 10.9.0.7, 10.8.0.99, fd00:9::7, fd00:8:0:a::99 and of DNS queries nothing is on the wire outside

  @iut:client @LOCK-06 @needs:reconnect
  Rule: It holds for what the newest client data carry

    Scenario: The server comes back with another network, and the client is killed
      Given a client under lockdown, to whom the server routes 10.9.0.0/24, with the DNS server 10.9.0.53
      When the server comes back and routes 10.30.0.0/24
      And the client is killed
      Then of what the client sends to 10.30.0.7, 10.8.0.99, 2001:db8::1, fd77::2 and of DNS queries nothing is on the wire outside

    @needs:ipv6
    Scenario: The server comes back with other networks of both families, and the client is killed
      Given a client under lockdown, to whom the server routes 10.9.0.0/24 and fd00:9::/64, with the DNS server fd00:9::53
      When the server comes back and routes 10.30.0.0/24 and fd00:30::/64
      And the client is killed
      Then of what the client sends to 10.30.0.7, 10.8.0.99, fd00:30::7, fd00:8:0:a::99 and of DNS queries nothing is on the wire outside

    # LOCK-03: the queries. LOCK-06: the first client data named no DNS server.
    @LOCK-03
    Scenario: The server comes back with a DNS server, and the client is killed
      Given a client under lockdown, to whom the server routes 10.9.0.0/24
      When the server comes back and routes 10.30.0.0/24, with the DNS server 10.30.0.53
      And the client is killed
      Then of what the client sends to 10.30.0.7 and of DNS queries nothing is on the wire outside

    # LOCK-02: what the client sends in IPv6. LOCK-06: the first client data had IPv6.
    @needs:ipv6 @LOCK-02
    Scenario: The server comes back without IPv6, and the client is killed
      Given a client under lockdown, to whom the server routes 10.9.0.0/24 and fd00:9::/64, with the DNS server 10.9.0.53
      When the server comes back without IPv6 and routes 10.30.0.0/24
      And the client is killed
      Then of what the client sends to 10.30.0.7, 2001:db8::1, fd77::2 and of DNS queries nothing is on the wire outside

  @iut:client @LOCK-01
  Rule: It holds for the next session as for the one before

    Scenario: End Session and a command to connect, and the client is killed
      Given a client under lockdown, to whom the server routes 0.0.0.0/0, with the DNS server 10.9.0.53
      When the user ends the session
      And the adapter is soon gone from the client
      And the user asks for a connection
      And the adapter is up
      And the client is killed
      Then of what the client sends to 10.9.0.7, 192.0.2.1, 2001:db8::1, fd77::2 and of DNS queries nothing is on the wire outside

  @iut:client @ADP-25
  Rule: What it carries passes through the tunnel

    Scenario: DNS queries through the tunnel under a lockdown
      Given a client under lockdown, to whom the server routes 10.9.0.0/24, with the DNS server 10.9.0.53
      Then DNS queries of the client's to 10.9.0.53 leave through the adapter

  @iut:client @LOCK-04
  Rule: The way to the first node stays open, be it a relay or in IPv6

    Scenario: The way to a relay stays open under a lockdown
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "path": ["server.test:3265", "last.test"], "lockdown": {}, "accept": { "defaultRoute": true } }
        """
      When the server authorizes it with
        | routes | 0.0.0.0/0 |
      And the adapter is up
      Then the stack behind the adapter answers a datagram that the server sends

    @needs:ipv6
    Scenario: The way to the first node in IPv6 stays open under a lockdown
      Given a client that reaches every node by a default route in IPv6
      And a tunnel initiator whose server is scripted, configured with
        """
        { "lockdown": {} }
        """
      When the server authorizes it with
        | routes | 10.9.0.0/24 |
      And the adapter is up
      Then the stack behind the adapter answers a datagram that the server sends

  @iut:client @LOCK-04
  Rule: The way to the first node stays open

    Scenario: A client that was killed is started again
      Given a client under lockdown, to whom the server routes 0.0.0.0/0, with the DNS server 10.9.0.53
      When the client is killed and started again
      Then datagrams pass through the tunnel again within 20 s

  @iut:client @LOCK-05
  Rule: The user's end of the tunnel lifts it

    # Of a process that was killed, too: the one that is started anew gets no session.
    Scenario: SIGTERM lifts a lockdown
      Given a client under lockdown, to whom the server routes 0.0.0.0/0, with the DNS server 10.9.0.53
      When the server is killed for good
      And the client is killed and started again, and gets no session
      And the user has ended the session by SIGTERM
      Then the initiator program exits with status 0
      And what the client sends to 10.9.0.7, 192.0.2.1, 2001:db8::1, fd77::2 is on the wire outside

    Scenario: A command lifts a lockdown
      Given a client under lockdown, to whom the server routes 0.0.0.0/0, with the DNS server 10.9.0.53
      When the server is killed for good
      And its session is over
      And the user ends the session
      And the adapter is soon gone from the client
      Then what the client sends to 10.9.0.7, 192.0.2.1, 2001:db8::1, fd77::2 is on the wire outside

    # This shows as well that what the rules above look for would be seen.
    Scenario: SIGTERM lifts a lockdown at a client that forwards
      Given a client under lockdown that is the gateway of 10.20.0.7, to whom the server routes 0.0.0.0/0, with the DNS server 10.9.0.53
      When the user has ended the session by SIGTERM
      Then the initiator program exits with status 0
      And what 10.20.0.7 sends to 10.9.0.7, 192.0.2.1, 2001:db8::1, fd77::2 is on the wire outside
