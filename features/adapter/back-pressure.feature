@needs:adapter @needs:routes
Feature: Back-pressure
  TCP inside TCP suffers from long queues: what the tunnel connection does not take stays in the local stack's own queue,
  which holds its senders back, or drops.

  @iut:client @ADP-14
  Rule: When the tunnel connection is full the adapter is not read, and the queue between is bounded

    Scenario: A server that does not read for a while
      Given an adapter that the tunnel application configures, and a scripted server
      When the server stops reading, and the stack sends up to 60 MiB of datagrams
      Then no more than 24 MiB of them were taken from the adapter
      And the resident memory of the client has grown by less than 24 MiB
      And one more datagram of the stack arrives after the others when the server reads again
