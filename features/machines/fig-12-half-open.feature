Feature: Half-open connections of a tunnel server
  [EP] fig. 12, 218 to 225: where all places are taken, one that is there gives way to a newcomer.

  @iut:server @needs:limits @needs:timers
  Rule: Who has shown least gives way first, and never who has shown a key of its own

    # SRV-27: how many are there; SRV-28: which of them gives way; SRV-30: which do not.
    # fig. 12 Receive Relay: gives way, resource limit
    # fig. 12 Connect Wait: gives way
    # fig. 12 Close: gives way
    # fig. 12 Dying: gives way
    @SRV-27 @SRV-28 @SRV-30
    Scenario Outline: <limit>: <what>
      Given a tunnel server among several nodes, configured with
        """
        { "limits": { "<limit>": 3, "halfOpenPerKey": 100 }, "timers": { "refusalDelay": 60000, "dying": 60000 } }
        """
      Then connections that come one after the other have these places: <places>

      Examples:
        | limit             | what                           | places                                                                          |
        | halfOpenPerSource | one of many that are silent    | silent, silent, silent, silent displaces silent, silent displaces silent        |
        | halfOpen          | one of many that are silent    | silent, silent, silent, silent displaces silent, silent displaces silent        |
        | halfOpenPerSource | who is refused before others   | fresh, silent, refused, silent displaces refused                                |
        | halfOpen          | who is refused before others   | stale, RELAY, refused, silent displaces refused                                 |
        | halfOpen          | who is over before others      | stale, silent, over, silent displaces over                                      |
        | halfOpenPerSource | who is not whole before others | fresh, stale, RELAY, silent displaces RELAY, silent displaces silent            |
        | halfOpen          | who is not whole before others | fresh, stale, half, silent displaces half, silent displaces silent              |
        | halfOpenPerSource | who may be a replay after them | fresh, fresh, stale, silent displaces stale                                     |
        | halfOpen          | who may be a replay after them | fresh, fresh, stale, silent displaces stale                                     |
        | halfOpenPerSource | who is fresh never             | fresh, fresh, fresh, silent is refused, silent is refused                       |
        | halfOpen          | who is fresh never             | fresh, fresh, fresh, silent is refused, silent is refused                       |
        | halfOpenPerSource | elsewhere is room              | fresh, fresh, silent, silent elsewhere                                          |
        | halfOpen          | elsewhere is none              | fresh, fresh, silent, silent elsewhere displaces silent                         |
        | halfOpen          | a session that is confirmed    | confirmed, silent, silent, fresh, silent displaces silent, confirmed leaves, silent displaces silent |

  @iut:server @SRV-27
  Rule: Without configuration the limit is that of the text

    Scenario: 17 half-open connections from one source, without configuration
      Given a tunnel server among several nodes
      Then of 17 silent connections from one address 16 stay
      And one from another address has a place beside them

  @iut:server @SRV-27 @needs:limits
  Rule: A place is given back when a connection has ended

    Scenario: Places of fresh connections, which never give way, are given back
      Given a tunnel server among several nodes, configured with
        """
        { "limits": { "halfOpenPerSource": 3, "halfOpenPerKey": 100 } }
        """
      Then 3 fresh connections have places again and again, after the former ones
        | have been confirmed         |
        | have ended their streams    |
        | have reset the connection   |
        | have sent CLOSE             |

  @iut:server @SRV-31 @needs:limits
  Rule: Who had a session lately keeps a share

    @SHOULD
    Scenario: Two silent connections from where a session came, and a crowd
      Given a tunnel server among several nodes, configured with
        """
        { "limits": { "halfOpen": 8, "halfOpenPerSource": 100 } }
        """
      When a session from there was confirmed, and is over
      And 2 connections from there are silent, and 40 more come from several other network blocks
      Then both are still there

  # SRV-27: the newcomer has a place; SRV-28: whose.
  @iut:server @SRV-27 @SRV-28 @needs:limits
  Rule: Who had a session lately does not keep all places

    Scenario: Four silent connections from where a session came, and a stranger
      Given a tunnel server among several nodes, configured with
        """
        { "limits": { "halfOpen": 4, "halfOpenPerSource": 100 } }
        """
      When a session from there was confirmed, and is over
      Then connections that come one after the other have these places: silent, silent, silent, silent, silent elsewhere displaces silent

  @iut:server @needs:limits @needs:timers
  Rule: The share is a quarter, of sources from which sessions were confirmed, and not of what is refused

    @SHOULD @SRV-31
    Scenario Outline: <what>
      Given a tunnel server among several nodes, configured with
        """
        { "limits": { "halfOpen": 4, "halfOpenPerSource": 100, "halfOpenPerKey": 100 },
          "timers": { "refusalDelay": 60000, "confirmation": 60000, "receiveRelay": 60000 } }
        """
      Then connections that come one after the other have these places: <places>

      Examples:
        | what                                   | places |
        | As many as a quarter keep their places | confirmed, confirmed leaves, silent, fresh elsewhere, fresh elsewhere, stale elsewhere, silent elsewhere displaces stale |
        | The source before the last one has it  | confirmed, confirmed leaves, confirmed elsewhere, confirmed leaves, silent, fresh beyond, fresh beyond, stale beyond, silent beyond displaces stale |

    # SRV-27: a newcomer has a place; SRV-28: whose.
    @SRV-27 @SRV-28
    Scenario Outline: <what>
      Given a tunnel server among several nodes, configured with
        """
        { "limits": { "halfOpen": 4, "halfOpenPerSource": <own>, "halfOpenPerKey": 100 },
          "timers": { "refusalDelay": 60000, "confirmation": 60000, "receiveRelay": 60000 } }
        """
      Then connections that come one after the other have these places: <places>

      Examples:
        | what                               | own | places |
        | Those beyond a quarter do not      | 100 | confirmed, confirmed leaves, silent, silent, fresh elsewhere, stale elsewhere, silent elsewhere displaces silent |
        | What is refused does not           | 100 | confirmed, confirmed leaves, refused, fresh elsewhere, fresh elsewhere, silent elsewhere, silent elsewhere displaces refused |
        | A session that was never confirmed | 100 | fresh, fresh leaves, silent, fresh elsewhere, fresh elsewhere, stale elsewhere, silent elsewhere displaces silent |
        | Newcomers from there itself        | 1   | confirmed, confirmed leaves, silent, silent displaces silent |

  @iut:server @SRV-32 @needs:limits
  Rule: A relay that the operator names has places of its own

    Scenario: Five places for a relay, two for others
      Given a tunnel server among several nodes, configured with
        """
        { "limits": { "halfOpenPerSource": 2, "relays": ["10.77.0.1"], "halfOpenPerRelay": 5 } }
        """
      Then of 7 silent connections from one address 5 stay
      And of 4 silent connections from another address 2 stay

    Scenario: Two relays
      Given a tunnel server among several nodes, configured with
        """
        { "limits": { "halfOpenPerSource": 2, "relays": ["10.77.0.1", "10.77.0.21"], "halfOpenPerRelay": 4 } }
        """
      Then of 6 silent connections from one address 4 stay
      And of 6 silent connections from another address 4 stay
      And those that stayed are still there

  @iut:server @SRV-27 @needs:limits
  Rule: What comes through a relay that the operator names is among all that are half-open

    Scenario: Ten places for a relay, four for all
      Given a tunnel server among several nodes, configured with
        """
        { "limits": { "halfOpen": 4, "halfOpenPerSource": 2, "relays": ["10.77.0.1"], "halfOpenPerRelay": 10 } }
        """
      Then of 7 silent connections from one address 4 stay

  # SRV-27: how many are half-open. CLOSE-08: what is over otherwise has its 2 s.
  @iut:server @SRV-27 @CLOSE-08 @needs:limits @needs:timers
  Rule: A session that was confirmed is no more half-open when it ends

    Scenario: Two sessions that are over, and as many newcomers as there are places
      Given a tunnel server among several nodes, configured with
        """
        { "limits": { "halfOpenPerSource": 3 }, "timers": { "dying": 60000 } }
        """
      When 2 sessions are over, and their initiators send on
      Then of 3 silent connections from one address 3 stay
      And what these initiators send is still taken
