Feature: Names of nodes
  [EP] fig. 6, 112; fig. 4, 74: the grammar of names, and how a node finds itself on the tunnel path.
  Names and paths: vectors/names.json.

  @RELAY-05
  Rule: A RELAY frame with a name outside the grammar is refused, wherever in it the name stands, and with one inside it is not

    @iut:server
    Scenario Outline: As <place>, at a server
      Given a tunnel server
      When RELAY frames with the names of names.json as <place> are sent to the server
      Then each of at least 80 was answered as its vector says

      Examples:
        | place          |
        | origin         |
        | the first node |
        | the last node  |

    @iut:relay
    Scenario Outline: As <place>, at a relay
      Given a tunnel relay
      When RELAY frames with the names of names.json as <place> are sent to the relay
      Then each of at least 80 was answered as its vector says
      And nobody was connected to

      Examples:
        | place         |
        | the next node |
        | the last node |

  # Absent decides RELAY-08, twice RELAY-09, in the place of the other role RELAY-10 and RELAY-11, ports RELAY-07.
  Rule: A node finds itself once, ports ignored, where its role stands

    @iut:server @RELAY-07 @RELAY-08 @RELAY-09 @RELAY-10
    Scenario: Paths, at a server
      Given a tunnel server
      When RELAY frames with the paths of names.json are sent to the server
      Then each of at least 5 was answered as its vector says

    @iut:relay @RELAY-07 @RELAY-09 @RELAY-11
    Scenario: Paths, at a relay
      Given a tunnel relay
      When RELAY frames with the paths of names.json are sent to the relay
      Then each of at least 3 was answered as its vector says
      And nobody was connected to
