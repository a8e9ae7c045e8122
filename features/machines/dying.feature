Feature: How a node is done with a connection
  [EP] fig. 11, Dying 208; fig. 12, Close 228 and Dying 230; fig. 13, Dying 244: what ends them before their timer does. The
  timers that would end them are set so high that none of them can be what ended them.

  @iut:client @CLOSE-08 @INI-06 @needs:timers
  Rule: An initiator is done as soon as its server is

    # CLOSE-08: the end of the server's stream, and a reset; INI-06: that it disconnects then.
    # fig. 11 Dying: end of stream, network error, disconnected
    Scenario: The server ends its stream, or resets the connection
      Given a tunnel initiator whose server is scripted, configured with
        """
        { "timers": { "dying": 30000 } }
        """
      Then after End Session the program ends long before that when the server
        | ends its stream       |
        | resets the connection |

  @iut:server @CLOSE-08 @SRV-15 @needs:timers
  Rule: A server is done as soon as its initiator is

    # SRV-15: before Authorized; CLOSE-08: behind its CLOSE.
    # fig. 12 Receive Relay: network error
    # fig. 12 Connect Wait: network error
    # fig. 12 Authorized: network error
    # fig. 12 Close: network error
    # fig. 12 Dying: end of stream, network error, disconnected
    Scenario: A server in every state
      Given a tunnel server configured with
        """
        { "timers": { "receiveRelay": 30000, "connectWait": 30000,
          "confirmation": 30000, "refusalDelay": 30000, "dying": 30000 } }
        """
      Then a connection has its sockets until it is over, and not longer
        | in            | the initiator         |
        | Receive Relay | ends its stream       |
        | Receive Relay | resets the connection |
        | Connect Wait  | ends its stream       |
        | Connect Wait  | resets the connection |
        | Authorized    | ends its stream       |
        | Authorized    | resets the connection |
        | Close         | resets the connection |
        | Dying         | ends its stream       |
        | Dying         | resets the connection |

  @iut:relay @CLOSE-08 @RLY-06 @needs:timers
  Rule: A relay is done as soon as both of its peers are

    # RLY-06: before there is a tunnel, and in Forward; CLOSE-08: in Dying.
    # fig. 13 Receive Relay: network error
    # fig. 13 Forward: network error
    # fig. 13 Dying: end of stream, network error, disconnected
    Scenario: A relay in every state
      Given a tunnel relay configured with
        """
        { "timers": { "receiveRelay": 30000, "dying": 30000 } }
        """
      Then a connection has its sockets until it is over, and not longer
        | in            | the initiator         |
        | Receive Relay | ends its stream       |
        | Receive Relay | resets the connection |
        | Forward       | ends its stream       |
        | Forward       | resets the connection |
        | Dying         | ends its stream       |
        | Dying         | resets the connection |
