@needs:adapter
Feature: Datagrams in their order
  [EP] figs. 17 and 18: the tunnel is a wire. TCP inside it takes a datagram for lost that others have overtaken, and sends
  slower from then on.

  @ADP-40 @needs:timers
  Rule: No datagram overtakes another, is lost or comes twice, while keep-alives are due again and again
    Some are to the port of DHCP servers, for one that is no emulator. Frames begin at the end of one segment and end in
    another one that comes after the next keep-alive.

    @iut:client
    Scenario: The order of datagrams at a client
      Given an adapter that nobody configures, whose client sends keep-alives after 50 ms, and a scripted server
      Then 3000 numbered datagrams each way keep their order

    @iut:client @BUN-06 @needs:bundles
    Scenario: The order of datagrams at a client, with bundles
      Given an adapter that nobody configures, whose client bundles and sends keep-alives after 50 ms, and a scripted server
      Then 3000 numbered datagrams each way keep their order

    @iut:server
    Scenario: The order of datagrams at a server with two clients
      Given a tunnel server's adapter with alice and bob authorized, which sends keep-alives after 50 ms
      Then 3000 numbered datagrams each way keep their order

    @iut:server @BUN-06 @needs:bundles
    Scenario: The order of datagrams at a server with two clients, with bundles
      Given a tunnel server's adapter with alice and bob authorized, which bundles and sends keep-alives after 50 ms
      Then 3000 numbered datagrams each way keep their order

    # Where the stack sends more than passes, some are lost on the way to the adapter or before a tunnel that is full.
    @iut:server
    Scenario: At a server with two clients, in a flood
      Given a tunnel server's adapter with alice and bob authorized, which sends keep-alives after 10 ms
      Then of a flood of 40000 datagrams for each client none overtakes another
