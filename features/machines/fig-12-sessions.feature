Feature: Sessions of a tunnel server
  [EP] fig. 12, Authorized 225: who is confirmed, whose address it is, and when a session ends for another.

  @iut:server @SRV-16 @needs:adapter
  Rule: Until an initiator has proven that it opened RESPONSE, nothing is sent to it

    # fig. 12 Authorized: data
    Scenario: Datagrams for an address before and after the first DATA frame
      Given a tunnel server
      When an initiator has opened RESPONSE
      Then a ping from the server to 10.8.0.10 makes no DATA frame
      And after the first DATA frame of the initiator it does

    @needs:routes
    Scenario: Routes to a network behind an initiator
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}", "address": "10.8.0.10", "networks": ["10.20.0.0/24"] }] }
        """
      When an initiator has opened RESPONSE
      Then for 500 ms the server has no route to 10.20.0.0/24
      And after the first DATA frame of the initiator it has one

  @iut:server @SRV-18
  Rule: A newer confirmed session of the same name supersedes the older

    # fig. 12 Authorized: superseded
    Scenario: A newer session of the name is confirmed
      Given a tunnel server
      When an initiator is authorized
      And another initiator of the same name is authorized
      Then the server answers a keyed CLOSE "superseded" and ends the stream

    Scenario: A newer session of the name is over as soon as it is confirmed
      Given a tunnel server
      When an initiator is authorized
      And another initiator of the same name confirms its session and ends it in one segment
      Then the server answers a keyed CLOSE "superseded" and ends the stream

    @needs:adapter
    Scenario: What is for the name goes to its newer session
      Given a tunnel server
      When an initiator is authorized
      Then a ping from the server to 10.8.0.10 makes a DATA frame for the initiator
      When another initiator of the same name is authorized, and the older one is gone
      Then a ping from the server to 10.8.0.10 makes a DATA frame for the initiator

    # SRV-18: the newer session; ADP-28: in IPv6.
    @ADP-28 @needs:adapter @needs:ipv6
    Scenario: What is for the /64 of the name goes to its newer session
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        { "adapter": { "address6": "fd00:8::1/48" } }
        """
      When an initiator is authorized
      And another initiator of the same name is authorized, and the older one is gone
      Then a ping from the server to fd00:8:0:a::1 makes a DATA frame for the initiator

    Scenario: A third session of the name
      Given a tunnel server
      When an initiator is authorized
      And another initiator of the same name is authorized, and the older one is gone
      And another initiator of the same name is authorized
      Then the server answers a keyed CLOSE "superseded" and ends the stream

    @ADP-24 @needs:adapter @needs:routes
    Scenario: What is for a network behind the name goes to its newer session
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}", "address": "10.8.0.10", "networks": ["10.20.0.0/24"] }] }
        """
      When an initiator is authorized
      And another initiator of the same name is authorized, and the older one is gone
      Then a ping from the server to 10.20.0.7 makes a DATA frame for the initiator

    Scenario: A newer session of the name is not confirmed
      Given a tunnel server
      When an initiator is authorized
      And another initiator of the same name has opened RESPONSE
      Then the session goes on until the initiator ends it

  @iut:server @ADP-24 @needs:adapter @needs:routes
  Rule: The networks behind several initiators are reached at once

    Scenario: Networks behind several initiators in IPv4
      Given a tunnel server configured with
        """
        { "initiators": [
          { "name": "alice", "publicKey": "{alice}", "address": "10.8.0.10", "networks": ["10.20.0.0/24"] },
          { "name": "bob", "publicKey": "{bob}", "address": "10.8.0.11", "networks": ["10.30.0.0/24", "10.31.0.0/24"] }
        ] }
        """
      When alice and bob are authorized
      Then pings from the server make DATA frames for whom they are for
        | 10.20.0.7 | alice |
        | 10.30.0.7 | bob   |
        | 10.31.0.7 | bob   |
      When the session of alice is over
      Then pings from the server make DATA frames for whom they are for
        | 10.30.0.7 | bob |

    @needs:ipv6
    Scenario: Networks behind several initiators in IPv6
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        { "adapter": { "address6": "fd00:8::1/48" }, "initiators": [
          { "name": "alice", "publicKey": "{alice}", "address": "10.8.0.10", "networks": ["fd00:20::/64"] },
          { "name": "bob", "publicKey": "{bob}", "address": "10.8.0.11", "networks": ["fd00:30::/64", "fd00:31::/64"] }
        ] }
        """
      When alice and bob are authorized
      Then pings from the server make DATA frames for whom they are for
        | fd00:20::7 | alice |
        | fd00:30::7 | bob   |
        | fd00:31::7 | bob   |
      When the session of alice is over
      Then pings from the server make DATA frames for whom they are for
        | fd00:30::7 | bob |

    Scenario Outline: One network behind two of them, of whom <gone> goes
      Given a tunnel server configured with
        """
        { "initiators": [
          { "name": "alice", "publicKey": "{alice}", "address": "10.8.0.10", "networks": ["10.20.0.0/24"] },
          { "name": "bob", "publicKey": "{bob}", "address": "10.8.0.11", "networks": ["10.20.0.0/24"] }
        ] }
        """
      When alice and bob are authorized
      And the session of <gone> is over
      Then pings from the server make DATA frames for whom they are for
        | 10.20.0.7 | <left> |

      Examples:
        | gone  | left  |
        | alice | bob   |
        | bob   | alice |

    # ADP-24: while the session is there, the first one and the next; ADP-12: afterwards.
    @ADP-12 @needs:ipv6
    Scenario: Networks of both families behind an initiator whose sessions come and go
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        { "adapter": { "address6": "fd00:8::1/48" }, "initiators": [
          { "name": "alice", "publicKey": "{alice}", "address": "10.8.0.10", "networks": ["10.20.0.0/24", "fd00:20::/64"] }
        ] }
        """
      When an initiator is authorized
      Then soon the server has routes to 10.20.0.0/24 and fd00:20::/64
      When the initiator sends a keyed CLOSE "end session"
      Then soon the server has no routes to 10.20.0.0/24 and fd00:20::/64
      When an initiator is authorized
      Then soon the server has routes to 10.20.0.0/24 and fd00:20::/64

  @iut:server @SRV-19
  Rule: An address belongs to a name

    Scenario: The address of a name that connects again, another between
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}" }] }
        """
      When alice, bob, alice, bob connect one after the other
      Then each name has one address, and no two the same

    Scenario: A replayed REQUEST uses up no address
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}" }],
          "clientData": { "pool": "10.8.0.9-10.8.0.10" } }
        """
      When the same REQUEST is sent on 2 connections
      And bob connects one after the other
      Then each name has one address, and no two the same

    Scenario: An address of the pool that the operator has given to another name
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "bob", "publicKey": "{bob}" },
                         { "name": "alice", "publicKey": "{alice}", "address": "10.8.0.10" }],
          "clientData": { "pool": "10.8.0.10-10.8.0.11" } }
        """
      When bob, alice, bob connect one after the other
      Then each name has one address, and no two the same

    @CD-15
    Scenario Outline: A pool that holds <what>
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}" }],
          "adapter": { "address": "<own>" }, "clientData": { "pool": "<pool>", "routes": [] } }
        """
      When alice, bob, alice connect one after the other
      Then each name has one address, and no two the same
      And each of these addresses is one of <left>

      Examples:
        | what                               | own           | pool                  | left                   |
        | the first address, and the server's | 10.8.0.1/24   | 10.8.0.0-10.8.0.3     | 10.8.0.2, 10.8.0.3     |
        | the server's address, and the last  | 10.8.0.254/24 | 10.8.0.252-10.8.0.255 | 10.8.0.252, 10.8.0.253 |

    @CD-15 @needs:groups
    Scenario: A map of addresses, and a pool that holds what is not free
      Given a tunnel server with a map of addresses, configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}" },
                         { "name": "carol", "publicKey": "{carol}", "address": "10.8.0.2" }],
          "clientData": { "pool": "10.8.0.0-10.8.0.4" } }
        """
      When alice, bob, alice connect one after the other
      Then each name has one address, and no two the same
      And each of these addresses is one of 10.8.0.3, 10.8.0.4

    @PATH-14 @needs:groups
    Scenario: A map of addresses that cannot be used for a while
      Given a tunnel server with a map of addresses, configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}" },
                         { "name": "carol", "publicKey": "{carol}" }] }
        """
      When the map of addresses cannot be used for a while, and alice, bob and carol connect
      Then whoever was given an address meanwhile is given the same one afterwards

    @CD-10 @needs:ipv6
    Scenario: Two names whose addresses end alike
      Given nodes that speak IPv6
      And a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}", "address": "10.8.0.10" },
                         { "name": "bob", "publicKey": "{bob}", "address": "10.8.1.10" }],
          "adapter": { "address": "10.8.0.1/16", "address6": "fd00:8::1/48" } }
        """
      When alice, bob, alice, bob connect one after the other
      Then each name has one address, and no two the same

    @ADP-10 @needs:adapter
    Scenario: A virtual LAN of more than 256 addresses
      Given a tunnel server configured with
        """
        { "adapter": { "address": "10.8.0.1/16" } }
        """
      When an initiator is authorized
      Then a ping from the server to 10.8.1.10 brings the initiator no datagram

  @iut:server @SRV-20 @needs:timers @needs:lifetimes
  Rule: A key is not used long beyond its bound

    Scenario: A session is closed after its key's bound in seconds
      Given a tunnel server configured with
        """
        { "timers": { "expiryGrace": 100 } }
        """
      When an initiator is authorized with a key that lasts 1 second
      Then the server answers a keyed CLOSE "key expired" and ends the stream
      And not before 1100 ms

    Scenario: A session is closed after its key's bound in frames
      Given a tunnel server configured with
        """
        { "timers": { "expiryGrace": 100 } }
        """
      When an initiator is authorized with a key that lasts 2 frames
      And the initiator sends 2 datagrams
      Then the server answers a keyed CLOSE "key expired" and ends the stream
      And not before 100 ms

    Scenario: A session is closed after its key's bound in frames, which the server's keep-alives reach
      Given a tunnel server configured with
        """
        { "timers": { "expiryGrace": 100, "keepAlive": 100 } }
        """
      When an initiator is authorized with a key that lasts 4 frames
      Then the server answers a keyed CLOSE "key expired" and ends the stream

    Scenario Outline: A bound of <seconds> seconds is far away
      Given a tunnel server configured with
        """
        { "timers": { "expiryGrace": 100 }, "lifetime": { "seconds": <seconds> } }
        """
      When an initiator is authorized with a key that lasts <seconds> seconds
      Then no CLOSE comes for 1500 ms

      # The second is 704 ms more than 32 bits hold in milliseconds.
      Examples:
        | seconds    |
        | 4294967295 |
        | 4294968    |

  @iut:server @SRV-10 @SRV-15 @SRV-18 @SRV-24
  Rule: What happens to one session happens to no other

    # SRV-10: End Session of one name; SRV-15: connections that break before Authorized; SRV-18: a session that gives way;
    # SRV-24: frames that are refused.
    Scenario: Bob's session while others come to grief
      Given a tunnel server configured with
        """
        { "initiators": [{ "name": "alice", "publicKey": "{alice}" }, { "name": "bob", "publicKey": "{bob}" },
                         { "name": "bobby", "publicKey": "{bob}" }] }
        """
      When bob has a session
      Then it outlives each of these
        | End Session of alice, who has no session |
        | a spoilt DATA frame of alice             |
        | an unknown frame of alice                |
        | an unkeyed CLOSE of alice                |
        | a connection of alice that is reset      |
        | a newer session of alice                 |
        | a session of bobby with the key of bob   |
        | End Session of alice by the operator     |
        | End Session of bo by the operator        |
        | a REQUEST of a stranger                  |
        | a REQUEST in the name of bob             |
        | a REQUEST of bob's that is replayed      |
        | a connection that is reset before RELAY  |
        | a connection that ends before REQUEST    |
        | a malformed RELAY                        |
