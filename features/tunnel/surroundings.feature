@needs:adapter @needs:routes @needs:reconnect @needs:timers
Feature: What fails around a tunnel
  The processes, the wire and the adapter belong to a machine on which anything may happen to them. A tunnel comes back, or its
  user is told.

  @iut:client @iut:server @INI-15 @DATA-14
  Rule: What goes through the tunnel goes on when a process has stood still, or the wire was cut
    It lasts longer than the time after which an end point takes the tunnel connection for dead.

    Scenario Outline: <event>
      Given a tunnel that reconnects soon, and a TCP connection through it
      When <event>
      Then the TCP connection has gone on, and every octet came back

      Examples:
        | event                           |
        | the client is suspended for 5 s |
        | the server is suspended for 5 s |
        | the wire is cut for 5 s         |

  @ADP-43
  Rule: An adapter that was down carries datagrams again once it is up

    @iut:client
    Scenario: A client's adapter was down and is up again
      Given a tunnel that reconnects soon, and a TCP connection through it
      When the client's adapter is down for 2 s
      Then the TCP connection has gone on, and every octet came back
      And the client routes 10.9.0.0/24 through the server's adapter again

    @iut:server
    Scenario: A server's adapter was down and is up again
      Given a tunnel that reconnects soon, and a TCP connection through it
      When the server's adapter is down for 2 s
      Then the TCP connection has gone on, and every octet came back

  @ADP-42
  Rule: An end point doesn't go on without its adapter

    @iut:client
    Scenario: Somebody removes a client's adapter
      Given a tunnel that reconnects soon, and a TCP connection through it
      When somebody removes the client's adapter
      Then before long the client has an adapter that carries datagrams, or its program has ended with an error

    @iut:client
    Scenario: Somebody removes the client's while it connects again
      Given a tunnel that reconnects soon, and a TCP connection through it
      When somebody removes the client's adapter while no server is there
      Then before long the client has an adapter that carries datagrams, or its program has ended with an error

    @iut:server
    Scenario: Somebody removes a server's adapter
      Given a tunnel that reconnects soon, and a TCP connection through it
      When somebody removes the server's adapter
      Then before long the server has an adapter that carries datagrams, or its program has ended with an error
