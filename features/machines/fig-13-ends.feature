Feature: What is on its way through a tunnel relay when the tunnel ends
  [EP] fig. 13: Forward 242, and what follows a CLOSE or a network error 243. The reader is slow: the last octets leave the
  sender when most are still to be read. Whoever resets a connection instead of ending it loses what the reader has not
  taken, and the reader goes on sending, which provokes a reset. Where the kernel of the relay holds little to send, the
  relay itself has the rest: nothing but its own care keeps it.

  @iut:relay @RLY-06
  Rule: What was received before a connection ends is passed on, however slow the reader

    Scenario Outline: 1 MiB and the beginning of a frame, then FIN of the <role>, at once and after 2 s, <where>
      Given <relay>
      When an initiator has a tunnel through the relay to a scripted server
      And the <role> sends 1 MiB in frames, half the start of a frame and FIN to a peer that reads slowly and goes on sending
      Then every octet arrived, and then the end
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for 2 s
      And the <role> sends 1 MiB in frames, half the start of a frame and FIN to a peer that reads slowly and goes on sending
      Then every octet arrived, and then the end

      Examples:
        | role      | where              | relay                                                               |
        | initiator | held by the kernel | a tunnel relay                                                      |
        | server    | held by the kernel | a tunnel relay                                                      |
        | initiator | held by the relay  | a tunnel relay whose kernel receives 1 MiB and holds 16 KiB to send |
        | server    | held by the relay  | a tunnel relay whose kernel receives 1 MiB and holds 16 KiB to send |

    Scenario: 1 MiB and FIN, the first that the next node sends
      Given a tunnel relay
      When an initiator sends RELAY to the relay for the path relay-b.test server.test
      Then the next node receives RELAY unchanged
      When the server sends 1 MiB in frames, half the start of a frame and FIN to a peer that reads slowly and goes on sending
      Then every octet arrived, and then the end

  @iut:relay @RLY-05
  Rule: So is what was received before a CLOSE

    Scenario Outline: 1 MiB, then CLOSE of the <role>, at once and after 2 s, <where>
      Given <relay>
      When an initiator has a tunnel through the relay to a scripted server
      And the <role> sends 1 MiB in frames and CLOSE to a peer that reads slowly and goes on sending
      Then every octet arrived, and then the end
      When an initiator has a tunnel through the relay to a scripted server
      And datagrams have passed through the tunnel for 2 s
      And the <role> sends 1 MiB in frames and CLOSE to a peer that reads slowly and goes on sending
      Then every octet arrived, and then the end

      Examples:
        | role      | where              | relay                                                               |
        | initiator | held by the kernel | a tunnel relay                                                      |
        | server    | held by the kernel | a tunnel relay                                                      |
        | initiator | held by the relay  | a tunnel relay whose kernel receives 1 MiB and holds 16 KiB to send |
        | server    | held by the relay  | a tunnel relay whose kernel receives 1 MiB and holds 16 KiB to send |

    Scenario: 1 MiB and CLOSE, the first that the next node sends
      Given a tunnel relay
      When an initiator sends RELAY to the relay for the path relay-b.test server.test
      Then the next node receives RELAY unchanged
      When the server sends 1 MiB in frames and CLOSE to a peer that reads slowly and goes on sending
      Then every octet arrived, and then the end
