Feature: What is on its way through a tunnel relay when the tunnel ends
  [EP] fig. 13: Forward 242, and what follows a CLOSE or a network error 243. The reader is slow: the kernels on the way hold
  less than was sent, and the last octets leave the sender when the first are still to be read. Whoever resets a connection
  instead of ending it loses what the reader has not taken, and the reader goes on sending, which provokes a reset.

  @iut:relay @RLY-06
  Rule: What was received before a connection ends is passed on, however slow the reader

    Scenario Outline: 4 MiB and the beginning of a frame, then FIN of the <role>
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And the <role> sends 4 MiB in frames, half the start of a frame and FIN to a peer that reads slowly and goes on sending
      Then every octet arrived, and then the end

      Examples:
        | role      |
        | initiator |
        | server    |

    Scenario: 4 MiB and FIN, the first that the next node sends
      Given a tunnel relay
      When an initiator sends RELAY to the relay for the path relay-b.test server.test
      Then the next node receives RELAY unchanged
      When the server sends 4 MiB in frames, half the start of a frame and FIN to a peer that reads slowly and goes on sending
      Then every octet arrived, and then the end

  @iut:relay @RLY-05
  Rule: So is what was received before a CLOSE

    Scenario Outline: 4 MiB, then CLOSE of the <role>
      Given a tunnel relay
      When an initiator has a tunnel through the relay to a scripted server
      And the <role> sends 4 MiB in frames and CLOSE to a peer that reads slowly and goes on sending
      Then every octet arrived, and then the end

      Examples:
        | role      |
        | initiator |
        | server    |

    # Most of what it has received it then holds itself: nothing but its own care keeps it.
    Scenario Outline: 4 MiB, then CLOSE of the <role>, of which the relay's kernel takes little
      Given a tunnel relay whose kernel receives 1 MiB and holds 16 KiB to send
      When an initiator has a tunnel through the relay to a scripted server
      And the <role> sends 4 MiB in frames and CLOSE to a peer that reads slowly and goes on sending
      Then every octet arrived, and then the end

      Examples:
        | role      |
        | initiator |
        | server    |

    Scenario: 4 MiB and CLOSE, the first that the next node sends
      Given a tunnel relay
      When an initiator sends RELAY to the relay for the path relay-b.test server.test
      Then the next node receives RELAY unchanged
      When the server sends 4 MiB in frames and CLOSE to a peer that reads slowly and goes on sending
      Then every octet arrived, and then the end
