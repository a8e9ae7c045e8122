@lab
Feature: The laboratory
  Every other scenario relies on what is asserted here. No implementation takes part.

  Rule: The capture holds everything that was on the wire

    Scenario: The last packet before the capture ends
      Given a laboratory
      When 50 Ethernet frames are injected at the client and the capture ends at once
      Then the capture holds all of them in order

    Scenario: Octets of a TCP connection in both directions
      Given a laboratory
      When a scripted initiator sends 200000 octets to a scripted server, which sends them back
      Then both streams of the capture hold exactly these octets, and are ended by both

    Scenario: A connection that is reset
      Given a laboratory
      When a scripted initiator resets its connection to a scripted server
      Then the scripted server and the capture see the reset

  Rule: Nodes are apart from each other and from the machine

    Scenario: Nodes of a path with two relays
      Given a laboratory with both relays
      Then every node reaches every other node
      And no node reaches an address outside the laboratory

    Scenario: Silence of a namespace
      Given a laboratory
      When a ping is answered
      Then the capture holds nothing besides that ping and its ARP

  Rule: Programs are driven by events

    Scenario: A program that ends before it is ready
      Given a laboratory
      When a program is started that ends with status 7 and says why
      Then awaiting its readiness fails at once with what it said
