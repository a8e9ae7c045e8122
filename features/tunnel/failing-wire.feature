@iut:client @iut:server @needs:adapter @needs:routes @needs:reconnect @needs:timers
Feature: A wire that fails
  Between initiator and server stands a wire that does what it is told to do at one octet of one frame of a tunnel
  connection. Whatever it is, traffic goes on soon, whole and in order, and never in clear.

  @FRAME-01 @FRAME-05
  Rule: However late octets come, and in whatever pieces, it is one tunnel connection

    Scenario Outline: <manner>
      Given a tunnel that reconnects and a TCP connection through it, over a wire that passes octets <manner>
      Then the TCP connection has gone on, and every octet came back
      And there was one tunnel connection
      And no datagram of the virtual LAN is on the wire in clear

      Examples:
        | manner     |
        | singly     |
        | late       |
        | late forth |
        | late back  |

  @INI-15 @INI-22 @INI-27
  Rule: A tunnel connection that ends or falls silent is followed by another one, and what goes through the tunnel goes on
    Where the end of the stream comes in the middle of a frame, where nothing comes any more, and where only one way is cut.

    Scenario: It ends in the handshake
      Given a tunnel that reconnects and a TCP connection through it, over a wire that does this to one connection after the other
        | does        | octet | frame    |
        | is reset    | 5     | RELAY    |
        | ends        | 40    | REQUEST  |
        | is reset    | 40    | RESPONSE |
        | half-closes | 40    | RESPONSE |
      Then the TCP connection has gone on, and every octet came back
      And each of these tunnel connections was followed by another one
      And no datagram of the virtual LAN is on the wire in clear

    Scenario: It falls silent in the handshake
      Given a tunnel that reconnects and a TCP connection through it, over a wire that does this to one connection after the other
        | does                   | octet | frame    |
        | falls silent both ways | 40    | REQUEST  |
        | falls silent one way   | 0     | RESPONSE |
      Then the TCP connection has gone on, and every octet came back
      And each of these tunnel connections was followed by another one
      And no datagram of the virtual LAN is on the wire in clear

    Scenario: It ends among datagrams
      Given a tunnel that reconnects and a TCP connection through it, over a wire that does this to one connection after the other
        | does        | octet | frame         |
        | is reset    | 9     | DATA 40 forth |
        | ends        | 0     | DATA 40 back  |
        | half-closes | 9     | DATA 40 forth |
        | half-closes | 9     | DATA 40 back  |
      Then the TCP connection has gone on, and every octet came back
      And each of these tunnel connections was followed by another one
      And no datagram of the virtual LAN is on the wire in clear

    @long
    Scenario: It falls silent among datagrams
      Given a tunnel that reconnects and a TCP connection through it, over a wire that does this to one connection after the other
        | does                   | octet | frame         |
        | falls silent one way   | 9     | DATA 40 forth |
        | falls silent one way   | 9     | DATA 40 back  |
        | falls silent both ways | 0     | DATA 40 back  |
      Then the TCP connection has gone on, and every octet came back
      And each of these tunnel connections was followed by another one
      And no datagram of the virtual LAN is on the wire in clear

    @long
    Scenario: It stands still among datagrams
      Given a tunnel that reconnects and a TCP connection through it, over a wire that does this to one connection after the other
        | does                 | octet | frame         |
        | stands still for 4 s | 9     | DATA 40 forth |
        | stands still for 4 s | 0     | DATA 40 back  |
      Then the TCP connection has gone on, and every octet came back
      And each of these tunnel connections was followed by another one
      And no datagram of the virtual LAN is on the wire in clear

  @DATA-10 @INI-26 @INI-27
  Rule: Octets that were altered on the way end the tunnel connection, and none of them is delivered

    Scenario: An altered RESPONSE
      Given a tunnel that reconnects and a TCP connection through it, over a wire that does this to one connection after the other
        | does           | octet | frame    |
        | flips a bit    | 60    | RESPONSE |
        | loses an octet | 60    | RESPONSE |
      Then the TCP connection has gone on, and every octet came back
      And each of these tunnel connections was followed by another one
      And no datagram of the virtual LAN is on the wire in clear

    @long
    Scenario: A bit of a DATA frame is another one
      Given a tunnel that reconnects and a TCP connection through it, over a wire that does this to one connection after the other
        | does        | octet | frame         |
        | flips a bit | 1     | DATA 40 forth |
        | flips a bit | 3     | DATA 40 back  |
        | flips a bit | 4     | DATA 40 forth |
        | flips a bit | 15    | DATA 40 back  |
        | flips a bit | 60    | DATA 40 forth |
      Then the TCP connection has gone on, and every octet came back
      And each of these tunnel connections was followed by another one
      And no datagram of the virtual LAN is on the wire in clear

    Scenario: A DATA frame has an octet less, or twice
      Given a tunnel that reconnects and a TCP connection through it, over a wire that does this to one connection after the other
        | does             | octet | frame         |
        | loses an octet   | 60    | DATA 40 forth |
        | repeats an octet | 60    | DATA 40 back  |
      Then the TCP connection has gone on, and every octet came back
      And each of these tunnel connections was followed by another one
      And no datagram of the virtual LAN is on the wire in clear

  @INI-20
  Rule: Where nothing is keyed yet, an altered octet costs the attempt alone

    Scenario: An altered RELAY, and an altered REQUEST
      Given a tunnel that reconnects and a TCP connection through it, over a wire that does this to one connection after the other
        | does        | octet | frame   |
        | flips a bit | 3     | RELAY   |
        | flips a bit | 40    | RELAY   |
        | flips a bit | 60    | REQUEST |
      Then the TCP connection has gone on, and every octet came back
      And each of these tunnel connections was followed by another one
      And no datagram of the virtual LAN is on the wire in clear
