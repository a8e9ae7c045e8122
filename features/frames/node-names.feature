Feature: Names of nodes
  [EP] fig. 4, step 74: a node looks for its own name on the tunnel path; fig. 6, 106 to 112: where the names stand.
  The names and paths are those of vectors/names.json.

  @RELAY-05
  Rule: A name is a name whatever other grammars make of it, and nothing else is

    @iut:server
    Scenario: At a server: names of every grammar
      Given a tunnel server
      When the names of names.json come to the server, each in a RELAY frame
      Then each of at least 90 was answered as its vector says

    @iut:relay
    Scenario: At a relay: names of every grammar
      Given a tunnel relay
      When the names of names.json come to the relay, each in a RELAY frame
      Then each of at least 90 was answered as its vector says
      And the next node was connected to 27 times

  # RELAY-07: by its name, ports ignored. RELAY-08: absent. RELAY-09: more than once. RELAY-10 and RELAY-11: the
  # place.
  Rule: A node finds itself on the path once, in the place of its role

    @iut:server @RELAY-07 @RELAY-08 @RELAY-09 @RELAY-10
    Scenario: Servers find themselves on the path
      When the paths of names.json come to servers of their names
      Then each of at least 14 was answered as its vector says

    @iut:relay @RELAY-07 @RELAY-08 @RELAY-09 @RELAY-11
    Scenario: Relays find themselves on the path
      When the paths of names.json come to relays of their names
      Then each of at least 16 was answered as its vector says
