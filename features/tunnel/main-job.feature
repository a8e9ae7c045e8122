Feature: The tunnel carries the traffic of two real stacks
  [EP] figs. 15, 19 and 20: two network namespaces, the end points as processes of their own, udhcpc, the kernel's ARP, ping
  and TCP.

  Background:
    The wire between the two namespaces is captured, and so is the client's adapter.

  @iut:client @DATA-01 @DATA-09 @TRF-01 @TRF-02 @needs:adapter @needs:dhcp @needs:arp
  Rule: Whatever the suite and the transform, datagrams cross whole and unreadable

    # DATA-01: pings and TCP arrive whole. DATA-09: the capture of the wire. TRF-01, TRF-02: both ends seal and
    # open alike.
    # What a suite agrees on are keys: the octets that a transform carries are the same under each.
    Scenario Outline: The main job with suite <suite> and transform <transform>
      Given a tunnel with suite <suite> and transform <transform>, its adapter left to a DHCP client
      And a capture on the client's adapter
      When udhcpc runs on the client's adapter
      Then it was offered the address that the server assigned
      And the kernel has resolved the server to its reserved physical address
      And 3 pings of 56 octets from client to server are answered
      And 3 pings of 8000 octets from server to client are answered
      When a TCP connection from client to server carries known plaintext
      Then the plaintext is found in the capture on the client's adapter
      And the plaintext is nowhere in the capture on the wire
      When <size> MiB go by TCP from client to server and back
      Then every octet arrived: SHA-256 is equal at both ends

      Examples:
        | suite  | transform        | size |
        | x25519 | chacha20poly1305 | 64   |

      @needs:aes256gcm
      Examples:
        | suite  | transform | size |
        | x25519 | aes256gcm | 64   |

      @needs:aes256ctr-hmacsha256
      Examples:
        | suite  | transform            | size |
        | x25519 | aes256ctr-hmacsha256 | 64   |

      @needs:aes256cbc-hmacsha256
      Examples:
        | suite  | transform            | size |
        | x25519 | aes256cbc-hmacsha256 | 64   |

      @needs:hybrid
      Examples:
        | suite  | transform        | size |
        | hybrid | chacha20poly1305 | 16   |

      @needs:hybrid @needs:aes256gcm
      Examples:
        | suite  | transform | size |
        | hybrid | aes256gcm | 16   |

      @needs:hybrid @needs:aes256ctr-hmacsha256
      Examples:
        | suite  | transform            | size |
        | hybrid | aes256ctr-hmacsha256 | 16   |

      @needs:hybrid @needs:aes256cbc-hmacsha256
      Examples:
        | suite  | transform            | size |
        | hybrid | aes256cbc-hmacsha256 | 16   |
