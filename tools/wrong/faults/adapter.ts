/** The pseudo network adapter ([EP] figs. 14 to 18). */
import type { Fault } from '../fault.ts';

export const adapter: readonly Fault[] = [
  // ADP-01 to ADP-07: the device, and the two paths.
  {
    id: 'adapter-without-ethernet',
    breaks: ['ADP-01'],
    roles: ['client'],
    does: 'The adapter is one of IP datagrams, without physical addresses.',
    file: 'reference/adapter/tap.ts',
    change: ['const IFF_TAP = 0x0002;', 'const IFF_TAP = 0x0001;'],
    more: [
      {
        file: 'reference/adapter/adapter.ts',
        change: ['    this.#device.setPhysicalAddress(activation.localPhysical);\n', ''],
      },
    ],
  },
  {
    id: 'adapter-physical-address-of-the-kernel',
    breaks: ['ADP-02'],
    roles: ['client'],
    does: 'The adapter keeps the physical address that the kernel has drawn.',
    file: 'reference/adapter/adapter.ts',
    change: ['    this.#device.setPhysicalAddress(activation.localPhysical);\n', ''],
  },
  {
    id: 'adapter-made-before-response',
    breaks: ['ADP-02'],
    roles: ['client'],
    does: 'The adapter is made when the initiator connects, before RESPONSE has come.',
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      '      if (this.#open.wanted === undefined) return;',
      `      const { host, tunnel, failed } = this.#ports;
      this.#open.adapter ??= new Adapter({ device: await host.openDevice(this.#config.adapter.name), tunnel, failed });
      if (this.#open.wanted === undefined) return;`,
    ],
    more: [
      {
        file: 'reference/tunnel/client/client-adapter.ts',
        change: ['const fresh = this.#open.adapter === undefined;', 'const fresh = this.#open.settings === undefined;'],
      },
    ],
  },
  {
    id: 'adapter-ethernet-header-kept',
    breaks: ['ADP-03', 'ADP-10'],
    roles: ['client', 'server'],
    does: 'The datagram is sent with its Ethernet header.',
    file: 'reference/adapter/transmit-path.ts',
    change: [
      'ports.tunnel(payload.subarray(0, length))',
      'ports.tunnel(frame.subarray(0, ethernetHeaderLength + length))',
    ],
  },
  {
    id: 'adapter-padding-kept-ipv4',
    breaks: ['ADP-04'],
    roles: ['client', 'server'],
    does: 'Padding behind a short IPv4 datagram is sent as a part of it.',
    file: 'reference/adapter/transmit-path.ts',
    change: ['payload.subarray(0, length)', 'payload.subarray(0, etherType === 0x0800 ? payload.length : length)'],
  },
  {
    id: 'adapter-padding-kept-ipv6',
    breaks: ['ADP-04'],
    roles: ['client', 'server'],
    does: 'Padding behind a short IPv6 datagram is sent as a part of it.',
    file: 'reference/adapter/transmit-path.ts',
    change: ['payload.subarray(0, length)', 'payload.subarray(0, etherType === 0x86dd ? payload.length : length)'],
  },
  {
    id: 'adapter-physical-addresses-swapped',
    breaks: ['ADP-05'],
    roles: ['client', 'server'],
    does: 'The Ethernet packet comes from the adapter itself and goes to the other end.',
    file: 'reference/adapter/receive-path.ts',
    change: [
      'this.#slab.set(local, 0);\n    this.#slab.set(remote, 6);',
      'this.#slab.set(remote, 0);\n    this.#slab.set(local, 6);',
    ],
  },
  {
    id: 'adapter-indicates-broadcast',
    breaks: ['ADP-05'],
    roles: ['client', 'server'],
    does: 'The Ethernet packet goes to the broadcast address.',
    file: 'reference/adapter/receive-path.ts',
    change: ['this.#slab.set(local, 0);', 'this.#slab.fill(0xff, 0, 6);'],
  },
  {
    id: 'adapter-indicates-own-source',
    breaks: ['ADP-05'],
    roles: ['client', 'server'],
    does: 'The Ethernet packet comes from a physical address of its own choice.',
    file: 'reference/adapter/receive-path.ts',
    change: ['this.#slab.set(remote, 6);', 'this.#slab.set([2, 0, 0, 0, 0, 1], 6);'],
  },
  {
    id: 'adapter-ethertype-always-ipv4',
    breaks: ['ADP-05', 'ADP-28'],
    roles: ['client', 'server'],
    does: 'IPv6 datagrams are indicated with the EtherType of IPv4.',
    file: 'reference/adapter/receive-path.ts',
    change: [
      'this.#slab[12] = etherType >> 8;\n    this.#slab[13] = etherType & 0xff;',
      'this.#slab[12] = 8;\n    this.#slab[13] = 0;',
    ],
  },
  {
    id: 'adapter-ethertype-unread',
    breaks: ['ADP-06'],
    roles: ['client', 'server'],
    does: 'A packet of any EtherType whose payload looks like a datagram is sent.',
    file: 'reference/adapter/transmit-path.ts',
    change: ['if (etherType !== etherTypeFor(payload)) {', 'if (etherTypeFor(payload) === undefined) {'],
  },
  {
    id: 'adapter-version-unread',
    breaks: ['ADP-06', 'ADP-30'],
    roles: ['client', 'server'],
    does: 'A packet of EtherType 0800 is sent as a datagram of IPv6 where its first nibble is 6, and the other way round.',
    file: 'reference/adapter/transmit-path.ts',
    change: [
      'if (etherType !== etherTypeFor(payload)) {',
      'if (etherTypeFor(payload) === undefined || (etherType !== 0x0800 && etherType !== 0x86dd)) {',
    ],
  },
  {
    id: 'adapter-sends-what-is-not-whole',
    breaks: ['ADP-30'],
    roles: ['client', 'server'],
    does: 'A datagram that is cut, or whose lengths contradict each other, is sent as it is.',
    file: 'reference/adapter/transmit-path.ts',
    change: [
      '  const length = datagramLength(payload);\n  if (length === undefined) {',
      '  const length = datagramLength(payload) ?? payload.length;\n  if (length === 0) {',
    ],
  },
  {
    id: 'adapter-dhcp-enters-the-tunnel',
    breaks: ['ADP-07', 'DHCP-15'],
    roles: ['client'],
    does: 'A DHCP message is answered, and enters the tunnel besides.',
    file: 'reference/adapter/transmit-path.ts',
    change: [
      '    else dropped.unanswered += 1;\n    return;',
      "    else dropped.unanswered += 1;\n    if (name !== 'dhcp') return;",
    ],
  },
  {
    id: 'adapter-unanswered-dhcp-enters-the-tunnel',
    breaks: ['DHCP-15', 'DHCP-06'],
    roles: ['client'],
    does: 'A DHCP message that is not answered enters the tunnel.',
    file: 'reference/adapter/transmit-path.ts',
    change: [
      '    else dropped.unanswered += 1;\n    return;',
      "    else dropped.unanswered += 1;\n    if (reply || name !== 'dhcp') return;",
    ],
  },
  {
    id: 'adapter-discovery-enters-the-tunnel',
    breaks: ['ADP-07', 'ND-03'],
    roles: ['client', 'server'],
    does: 'Neighbour discovery is answered, and enters the tunnel besides.',
    file: 'reference/adapter/transmit-path.ts',
    change: [
      '    else dropped.unanswered += 1;\n    return;',
      "    else dropped.unanswered += 1;\n    if (name !== 'neighbour') return;",
    ],
  },
  {
    id: 'adapter-arp-enters-the-tunnel',
    breaks: ['ARP-09'],
    roles: ['client', 'server'],
    does: 'An ARP packet that is not answered enters the tunnel.',
    file: 'reference/adapter/transmit-path.ts',
    change: [
      '    if (reply && ports.indicate(reply))',
      "    if (name === 'arp' && !reply) ports.tunnel(frame.subarray(ethernetHeaderLength));\n    if (reply && ports.indicate(reply))",
    ],
    more: [
      {
        file: 'reference/wire/data.ts',
        change: [
          'datagram.length === 0 ? noDatagram : etherTypeFor(datagram)',
          'datagram.length === 0 ? noDatagram : datagram[0] === 0 ? 0x0806 : etherTypeFor(datagram)',
        ],
      },
      {
        file: 'reference/tunnel/server/server-adapter.ts',
        change: [
          'const client = this.#switchboard.destination(datagram);',
          'const client = datagram[0] === 0 ? [...this.#clients.values()][0] : this.#switchboard.destination(datagram);',
        ],
      },
    ],
  },
  // ADP-08 to ADP-10, ADP-29, ADP-31: what a server passes on.
  {
    id: 'server-any-source-ipv4',
    breaks: ['ADP-08'],
    roles: ['server'],
    does: 'The server takes every IPv4 source address from a client.',
    file: 'reference/tunnel/server/switchboard.ts',
    change: ['table.holder(source) !== session', '(source.length === 16 && table.holder(source) !== session)'],
  },
  {
    id: 'server-any-source-ipv6',
    breaks: ['ADP-08'],
    roles: ['server'],
    does: 'The server takes every IPv6 source address from a client.',
    file: 'reference/tunnel/server/switchboard.ts',
    change: ['table.holder(source) !== session', '(source.length === 4 && table.holder(source) !== session)'],
  },
  {
    id: 'server-source-of-another-client',
    breaks: ['ADP-08'],
    roles: ['server'],
    does: 'The server takes the address of any client from every client.',
    file: 'reference/tunnel/server/switchboard.ts',
    change: ['table.holder(source) !== session', 'table.holder(source) === undefined'],
  },
  {
    id: 'server-source-in-the-virtual-lan',
    breaks: ['ADP-08'],
    roles: ['server'],
    does: 'The server takes from a client every source address of the virtual LAN that no client has.',
    file: 'reference/tunnel/server/switchboard.ts',
    change: [
      'table.holder(source) !== session',
      "(table.holder(source) !== session && !(table.locate(source) === 'lan' && table.holder(source) === undefined))",
    ],
  },
  {
    id: 'server-source-in-nobodys-network',
    breaks: ['ADP-08'],
    roles: ['server'],
    does: 'The server takes from a client every source address outside the virtual LAN that is behind nobody.',
    file: 'reference/tunnel/server/switchboard.ts',
    change: [
      'table.holder(source) !== session',
      "(table.holder(source) !== session && !(table.locate(source) === 'other' && table.holder(source) === undefined))",
    ],
  },
  {
    id: 'server-source-own-address',
    breaks: ['ADP-08'],
    roles: ['server'],
    does: "The server takes its own adapter's address as a source from a client.",
    file: 'reference/tunnel/server/switchboard.ts',
    change: [
      'table.holder(source) !== session',
      "(table.holder(source) !== session && table.locate(source) !== 'own')",
    ],
  },
  {
    id: 'server-compares-56-bits-of-a-64',
    breaks: ['ADP-10', 'ADP-08', 'ADP-09'],
    roles: ['server'],
    does: 'The server reads 56 of the 64 bits by which the /64s of clients differ.',
    file: 'reference/tunnel/lan.ts',
    change: ['8 * index < this.#bits; index', '8 * index < (this.#bits === 64 ? 56 : 32); index'],
  },
  {
    id: 'server-client-to-client-ipv4',
    breaks: ['ADP-09'],
    roles: ['server'],
    does: 'The server passes IPv4 datagrams between clients though the operator does not allow it.',
    file: 'reference/tunnel/server/switchboard.ts',
    change: [
      'return clientToClient && holder !== session',
      'return (clientToClient || source.length === 4) && holder !== session',
    ],
  },
  {
    id: 'server-client-to-client-ipv6',
    breaks: ['ADP-09'],
    roles: ['server'],
    does: 'The server passes IPv6 datagrams between clients though the operator does not allow it.',
    file: 'reference/tunnel/server/switchboard.ts',
    change: [
      'return clientToClient && holder !== session',
      'return (clientToClient || source.length === 16) && holder !== session',
    ],
  },
  {
    id: 'server-never-client-to-client',
    breaks: ['ADP-09', 'ADP-28'],
    roles: ['server'],
    does: 'The server passes no datagrams between clients though the operator allows it.',
    file: 'reference/tunnel/server/switchboard.ts',
    change: ['return clientToClient && holder !== session', 'return false'],
  },
  {
    id: 'server-network-behind-another-client',
    breaks: ['ADP-09'],
    roles: ['server'],
    does: 'The server keeps clients from each other, but not from the networks behind each other.',
    file: 'reference/tunnel/server/switchboard.ts',
    change: [
      'const holder = table.holder(destination);',
      'const holder = table.hasClient(destination) ? table.holder(destination) : undefined;',
    ],
  },
  {
    id: 'server-nobodys-ipv4-to-the-first',
    breaks: ['ADP-10'],
    roles: ['server'],
    does: 'The server sends an IPv4 datagram for an address of nobody to the client that came first.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: [
      'const client = this.#switchboard.destination(datagram);',
      'const client = this.#switchboard.destination(datagram) ?? (datagram[0] === 0x45 ? [...this.#clients.values()][0] : undefined);',
    ],
  },
  {
    id: 'server-nobodys-ipv6-to-the-first',
    breaks: ['ADP-10'],
    roles: ['server'],
    does: 'The server sends an IPv6 datagram for an address of nobody to the client that came first.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: [
      'const client = this.#switchboard.destination(datagram);',
      'const client = this.#switchboard.destination(datagram) ?? (datagram[0] >> 4 === 6 ? [...this.#clients.values()][0] : undefined);',
    ],
  },
  {
    id: 'server-datagram-to-every-client',
    breaks: ['ADP-10'],
    roles: ['server'],
    does: 'The server sends the datagram for one client to the others as well.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: [
      '    this.#ports.send(client.tunnel, datagram);',
      '    for (const tunnel of this.#clients.keys()) this.#ports.send(tunnel, datagram);',
    ],
  },
  {
    id: 'server-subnet-goes-before-the-client',
    breaks: ['ADP-31'],
    roles: ['server'],
    does: "A subnet behind one client draws the datagrams for another client's own address.",
    file: 'reference/tunnel/server/table.ts',
    change: [
      '    if (client !== undefined) return client;\n    for (const { network, session } of this.#networks) if (network.has(octets, offset)) return session;\n    return undefined;',
      '    for (const { network, session } of this.#networks) if (network.has(octets, offset)) return session;\n    return client;',
    ],
  },
  {
    id: 'server-shortest-prefix-first',
    breaks: ['ADP-31'],
    roles: ['server'],
    does: 'Of the subnets behind clients that have an address, the server takes the widest.',
    file: 'reference/tunnel/server/table.ts',
    change: ['other.network.length - one.network.length', 'one.network.length - other.network.length'],
  },
  {
    id: 'server-first-prefix-first',
    breaks: ['ADP-31'],
    roles: ['server'],
    does: 'Of the subnets behind clients that have an address, the server takes the one whose client came last.',
    file: 'reference/tunnel/server/table.ts',
    change: ['.sort((one, other) => other.network.length - one.network.length)', ''],
  },
  {
    id: 'server-network-behind-unlisted',
    breaks: ['ADP-24'],
    roles: ['server'],
    does: 'The server has no route to the network behind a client.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: ['routes,\n    });', 'routes: [],\n    });'],
  },
  {
    id: 'server-ipv6-network-behind-unlisted',
    breaks: ['ADP-24'],
    roles: ['server'],
    does: 'The server has no route to an IPv6 network behind a client.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: ['routes,\n    });', "routes: routes.filter(({ gateway }) => !gateway.includes(':')),\n    });"],
  },
  {
    id: 'server-passes-nothing-on',
    breaks: ['ADP-25'],
    roles: ['server'],
    does: 'The server takes from a client what is for its own adapter, and nothing else.',
    file: 'reference/tunnel/server/switchboard.ts',
    change: ["location === 'other';", 'false;'],
  },
  {
    id: 'server-passes-no-ipv6-on',
    breaks: ['ADP-28', 'ADP-08'],
    roles: ['server'],
    does: 'The server takes from a client IPv6 for its own adapter, and nothing else.',
    file: 'reference/tunnel/server/switchboard.ts',
    change: ["location === 'other';", "location === 'other' && source.length === 4;"],
  },
  {
    id: 'server-reserved-ipv4-passes',
    breaks: ['ADP-29'],
    roles: ['server'],
    does: 'Reserved addresses are like any other in IPv4.',
    file: 'reference/tunnel/server/table.ts',
    change: [
      'if (this.#lan.own.length === 4)\n',
      'if (this.#lan.own.length === 4) return false;\n    if (this.#lan.own.length === 5)\n',
    ],
  },
  ...(
    [
      ['unspecified', 'first === 0 ||', 'first === 256 ||'],
      ['loopback', 'first === 127 ||', ''],
      ['link-local', '(first === 169 && second === 254) ||', ''],
      ['multicast', 'first >>> 4 === 14 ||', ''],
      ['half-the-multicast', 'first >>> 4 === 14 ||', 'first === 224 ||'],
      ['broadcast', 'wordAt(octets, offset) === broadcast', 'wordAt(octets, offset) === 0'],
    ] as const
  ).map(
    ([kind, from, to]): Fault => ({
      id: `server-${kind}-ipv4-passes`,
      breaks: ['ADP-29'],
      roles: ['server'],
      does: `The server passes IPv4 datagrams with ${kind} addresses.`,
      file: 'reference/tunnel/server/table.ts',
      change: [from, to],
    }),
  ),
  ...(
    [
      ['multicast', 'first === 0xff ||', ''],
      ['link-local', '(first === 0xfe && (second & 0xc0) === 0x80)', 'false'],
      ['half-the-link-local', '(second & 0xc0) === 0x80', 'second === 0x80'],
      ['unspecified-and-loopback', 'return first === 0 && sameStart', 'return first === 256 && sameStart'],
    ] as const
  ).map(
    ([kind, from, to]): Fault => ({
      id: `server-${kind}-ipv6-passes`,
      breaks: ['ADP-29'],
      roles: ['server'],
      does: `The server passes IPv6 datagrams with ${kind} addresses.`,
      file: 'reference/tunnel/server/table.ts',
      change: [from, to],
    }),
  ),
  {
    id: 'server-reserved-source-enters-ipv4',
    breaks: ['ADP-29'],
    roles: ['server'],
    does: "The server's stack may send into a tunnel from reserved IPv4 addresses.",
    file: 'reference/tunnel/server/switchboard.ts',
    change: [
      "table?.locate(datagram, source) === 'nobody'",
      "source === source6 && table?.locate(datagram, source) === 'nobody'",
    ],
  },
  {
    id: 'server-reserved-source-enters-ipv6',
    breaks: ['ADP-29'],
    roles: ['server'],
    does: "The server's stack may send into a tunnel from reserved IPv6 addresses.",
    file: 'reference/tunnel/server/switchboard.ts',
    change: [
      "table?.locate(datagram, source) === 'nobody'",
      "source === source4 && table?.locate(datagram, source) === 'nobody'",
    ],
  },
  {
    id: 'server-reserved-destination-comes-out',
    breaks: ['ADP-29'],
    roles: ['server'],
    does: 'The server passes to its kernel what a client sends to reserved addresses.',
    file: 'reference/tunnel/server/switchboard.ts',
    change: ["if (location === 'nobody') return false;", ''],
    more: [
      { file: 'reference/tunnel/server/switchboard.ts', change: ["location === 'other';", "location !== 'lan';"] },
    ],
  },
  // ADP-15: octet by octet.
  {
    id: 'adapter-ttl-decremented-going',
    breaks: ['ADP-15'],
    roles: ['client', 'server'],
    does: 'The adapter counts as a router: it takes one from the TTL of what the stack sends, and mends the checksum.',
    file: 'reference/adapter/transmit-path.ts',
    change: [
      '  // 334, 336, 338: sealed',
      `  if (etherType === 0x0800 && payload[8] > 1) {
    payload[8] -= 1;
    const sum = ((payload[10] << 8) | payload[11]) + 0x100;
    const folded = (sum & 0xffff) + (sum >> 16);
    payload[10] = folded >> 8;
    payload[11] = folded & 0xff;
  }
  // 334, 336, 338: sealed`,
    ],
  },
  {
    id: 'adapter-hop-limit-decremented-going',
    breaks: ['ADP-15'],
    roles: ['client', 'server'],
    does: 'The adapter takes one from the hop limit of what the stack sends.',
    file: 'reference/adapter/transmit-path.ts',
    change: ['  // 334, 336, 338: sealed', '  if (etherType === 0x86dd) payload[7] -= 1;\n  // 334, 336, 338: sealed'],
  },
  {
    id: 'adapter-ttl-decremented-coming',
    breaks: ['ADP-15'],
    roles: ['client', 'server'],
    does: 'The adapter counts as a router: it takes one from the TTL of what comes out of the tunnel, and mends the checksum.',
    file: 'reference/adapter/receive-path.ts',
    change: [
      '    // 358: the packet is indicated',
      `    const slab = this.#slab;
    if (etherType === 0x0800 && slab[22] > 1) {
      slab[22] -= 1;
      const sum = ((slab[24] << 8) | slab[25]) + 0x100;
      const folded = (sum & 0xffff) + (sum >> 16);
      slab[24] = folded >> 8;
      slab[25] = folded & 0xff;
    }
    // 358: the packet is indicated`,
    ],
  },
  {
    id: 'adapter-hop-limit-decremented-coming',
    breaks: ['ADP-15'],
    roles: ['client', 'server'],
    does: 'The adapter takes one from the hop limit of what comes out of the tunnel.',
    file: 'reference/adapter/receive-path.ts',
    change: [
      '    // 358: the packet is indicated',
      '    if (etherType === 0x86dd) this.#slab[21] -= 1;\n    // 358: the packet is indicated',
    ],
  },
  {
    id: 'adapter-service-class-cleared',
    breaks: ['ADP-15'],
    roles: ['client', 'server'],
    does: 'The adapter clears the type of service of IPv4, and mends the checksum.',
    file: 'reference/adapter/transmit-path.ts',
    change: [
      '  // 334, 336, 338: sealed',
      `  if (etherType === 0x0800) {
    const sum = ((payload[10] << 8) | payload[11]) + payload[1];
    const folded = (sum & 0xffff) + (sum >> 16);
    payload[1] = 0;
    payload[10] = folded >> 8;
    payload[11] = folded & 0xff;
  }
  // 334, 336, 338: sealed`,
    ],
  },
  {
    id: 'adapter-takes-no-ipv6-from-the-tunnel',
    breaks: ['ADP-28'],
    roles: ['client', 'server'],
    does: 'IPv6 that comes out of the tunnel is dropped.',
    file: 'reference/adapter/receive-path.ts',
    change: ['if (etherType === undefined ||', 'if (etherType === undefined || etherType === 0x86dd ||'],
  },
  {
    id: 'adapter-sends-no-ipv6',
    breaks: ['ADP-28'],
    roles: ['client', 'server'],
    does: 'IPv6 of the local stack does not enter the tunnel.',
    file: 'reference/adapter/transmit-path.ts',
    change: [
      'if (etherType !== etherTypeFor(payload)) {',
      'if (etherType !== etherTypeFor(payload) || etherType === 0x86dd) {',
    ],
  },
  {
    id: 'adapter-deaf-after-multicast',
    breaks: ['ADP-23'],
    roles: ['client'],
    does: 'An adapter that hears IPv6 multicast before any ARP or DHCP answers nobody and sends nothing.',
    file: 'reference/adapter/transmit-path.ts',
    change: [
      '  for (const name of emulatorNames) {',
      `  const first = counters.answered.arp + counters.answered.dhcp === 0;
  if (frame[0] === 0x33 && first) counters.deaf = true;
  if (counters.deaf) return;
  for (const name of emulatorNames) {`,
    ],
  },
  // ADP-11 to ADP-13: routes, and what is left of them.
  {
    id: 'client-lays-no-route',
    breaks: ['ADP-11'],
    roles: ['client'],
    does: 'The tunnel application installs no route to the networks of the client data.',
    file: 'reference/tunnel/client/client-adapter.ts',
    change: ['routes: routes ? routesOf(settings) : [],', 'routes: [],'],
  },
  {
    id: 'client-lays-the-first-route-only',
    breaks: ['ADP-11'],
    roles: ['client'],
    does: 'Of the networks of the client data the tunnel application routes the first.',
    file: 'reference/tunnel/client/stack-settings.ts',
    change: ['return [...routes, ...(ipv6', 'return [...routes.slice(0, 1), ...(ipv6'],
  },
  {
    id: 'client-lays-no-ipv6-route',
    breaks: ['ADP-11', 'ADP-28'],
    roles: ['client'],
    does: 'The tunnel application installs no IPv6 route.',
    file: 'reference/tunnel/client/stack-settings.ts',
    change: ['(ipv6?.routes ?? []).map', '([] as typeof routes).map'],
  },
  {
    id: 'client-route-without-gateway',
    breaks: ['ADP-11'],
    roles: ['client'],
    does: "The routes lead to the adapter without the server's adapter as gateway.",
    file: 'reference/linux/routes.ts',
    change: [
      "const where = ['via', gateway, 'dev', this.#device, 'onlink', 'proto', ROUTE_PROTOCOL];",
      "const where = gateway.includes(':') ? ['via', gateway, 'dev', this.#device, 'onlink', 'proto', ROUTE_PROTOCOL] : ['dev', this.#device, 'proto', ROUTE_PROTOCOL];",
    ],
    more: [
      {
        file: 'reference/linux/routes.ts',
        change: ['  if (gateway === undefined) return false;', '  if (gateway === undefined) return true;'],
      },
    ],
  },
  {
    id: 'client-adapter-outlives-the-session',
    breaks: ['ADP-12'],
    roles: ['client'],
    does: 'The adapter stays, with its address and routes, until the program ends.',
    file: 'reference/tunnel/client/client-adapter.ts',
    change: ['      await stack?.close();\n      await adapter?.close();', '      void stack;\n      void adapter;'],
  },
  {
    id: 'client-pins-left-behind',
    breaks: ['ADP-12'],
    roles: ['client'],
    does: 'The routes to the first hop stay when the session is over.',
    file: 'reference/linux/local-stack.ts',
    change: ['      await this.#pins.remove();\n', ''],
  },
  {
    id: 'client-leftovers-of-the-killed-stay',
    breaks: ['ADP-12'],
    roles: ['client'],
    does: 'What a killed process has left behind is not removed by the next one.',
    file: 'reference/tunnel/client/client.ts',
    change: ['    await this.#host.removeLeftovers?.(this.#config.adapter.name).catch(complain);\n', ''],
  },
  {
    id: 'client-ipv6-leftovers-of-the-killed-stay',
    breaks: ['ADP-12'],
    roles: ['client'],
    does: 'What a killed process has left behind in IPv6 is not removed by the next one.',
    file: 'reference/linux/pins.ts',
    change: [
      'for (const six of [false, true]) {\n    for (const route of await showRoutes(six)) {',
      'for (const six of [false]) {\n    for (const route of await showRoutes(six)) {',
    ],
  },
  {
    id: 'client-default-route-replaced-ipv4',
    breaks: ['ADP-12'],
    roles: ['client'],
    does: "A default route takes the place of the machine's own in IPv4, which does not come back.",
    file: 'reference/linux/routes.ts',
    change: [
      'if (route.length > 0) return [route];',
      "if (route.length > 0 || !route.address.includes(':')) return [route];",
    ],
  },
  {
    id: 'client-default-route-replaced-ipv6',
    breaks: ['ADP-12'],
    roles: ['client'],
    does: "A default route takes the place of the machine's own in IPv6, which does not come back.",
    file: 'reference/linux/routes.ts',
    change: [
      'if (route.length > 0) return [route];',
      "if (route.length > 0 || route.address.includes(':')) return [route];",
    ],
  },
  {
    id: 'server-route-outlives-the-session',
    breaks: ['ADP-12'],
    roles: ['server'],
    does: 'The route to the network behind a client stays when the client has gone.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: [
      '    this.#traffic?.remove(tunnel, addresses.address);\n    if (addresses.networks.length > 0) await this.#configure();',
      '    this.#traffic?.remove(tunnel, addresses.address);',
    ],
  },
  {
    id: 'client-first-hop-not-pinned-ipv4',
    breaks: ['ADP-13'],
    roles: ['client'],
    does: 'The IPv4 route to the first hop is not pinned.',
    file: 'reference/linux/local-stack.ts',
    change: [
      'const hops = [...new Set(firstHops)].filter((hop) =>',
      "const hops = [...new Set(firstHops)].filter((hop) => hop.includes(':') &&",
    ],
  },
  {
    id: 'client-first-hop-not-pinned-ipv6',
    breaks: ['ADP-13'],
    roles: ['client'],
    does: 'The IPv6 route to the first hop is not pinned.',
    file: 'reference/linux/local-stack.ts',
    change: [
      'const hops = [...new Set(firstHops)].filter((hop) =>',
      "const hops = [...new Set(firstHops)].filter((hop) => !hop.includes(':') &&",
    ],
  },
  {
    id: 'client-pinned-for-default-routes-only',
    breaks: ['ADP-13'],
    roles: ['client'],
    does: 'The route to the first hop is pinned for a default route, but not for a network in which the hop is.',
    file: 'reference/linux/local-stack.ts',
    change: ['covered.some((prefix) => contains(', 'covered.some((prefix) => prefix.length === 0 && contains('],
  },
  {
    id: 'client-pinned-for-own-routes-only',
    breaks: ['ADP-13'],
    roles: ['client'],
    does: 'The route to the first hop is pinned where the application lays the covering route, not where DHCP brings it.',
    file: 'reference/linux/local-stack.ts',
    change: ['const covered = [...routes, ...reachable];', 'const covered = routes;'],
  },
  {
    id: 'client-pinned-too-late',
    breaks: ['ADP-13'],
    roles: ['client'],
    does: 'The route to the first hop is pinned after the route that covers it.',
    file: 'reference/linux/local-stack.ts',
    change: ['      await this.#pins.set([...new Set([...this.#hops, ...hops])]);\n', ''],
    more: [
      {
        file: 'reference/tunnel/client/client-adapter.ts',
        change: ['    await this.#prepare(name, settings, firstHops);', '    await this.#prepare(name, settings, []);'],
      },
    ],
  },
  // ADP-14: back-pressure.
  {
    id: 'adapter-read-while-full',
    breaks: ['ADP-14'],
    roles: ['client', 'server'],
    does: 'The adapter is read on while the tunnel connection is full.',
    file: 'reference/adapter/adapter.ts',
    change: ['    if (this.#resumed) return;\n    this.#resumed', '    if (this.counters) return;\n    this.#resumed'],
  },
  {
    id: 'adapter-never-read-again',
    breaks: ['ADP-14'],
    roles: ['client', 'server'],
    does: 'An adapter that was not read while the tunnel was full is never read again.',
    file: 'reference/adapter/adapter.ts',
    change: ['  resume(): void {\n', '  resume(): void {\n    if (!this.#closed) return;\n'],
  },
  {
    id: 'server-queues-for-the-full-one',
    breaks: ['ADP-14'],
    roles: ['server'],
    does: 'A server with several clients queues without bound what is for the one that reads nothing.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: ['if (this.#clients.size > 1 && this.#ports.isFull(client.tunnel)) {', 'if (this.#clients.size === 0) {'],
  },
  {
    id: 'server-holds-up-the-others',
    breaks: ['ADP-32'],
    roles: ['server'],
    does: 'A server with several clients waits for the one that reads nothing.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: ['if (full && this.#clients.size === 1) this.#adapter?.pause();', 'if (full) this.#adapter?.pause();'],
    more: [
      {
        file: 'reference/tunnel/server/server-adapter.ts',
        change: [
          'if (this.#clients.size > 1 && this.#ports.isFull(client.tunnel)) {',
          'if (this.#clients.size === 0) {',
        ],
      },
    ],
  },
  // ADP-16 to ADP-20: what the user accepts.
  {
    id: 'client-mtu-ignored',
    breaks: ['ADP-16'],
    roles: ['client'],
    does: 'The MTU of the client data is ignored.',
    file: 'reference/adapter/adapter.ts',
    change: ['if (activation.mtu !== undefined) this.#device.setMtu(activation.mtu);', ''],
  },
  {
    id: 'client-mtu-less-overhead',
    breaks: ['ADP-16'],
    roles: ['client'],
    does: 'The adapter takes the MTU of the client data less the octets of an Ethernet header.',
    file: 'reference/adapter/adapter.ts',
    change: ['this.#device.setMtu(activation.mtu);', 'this.#device.setMtu(activation.mtu - 14);'],
  },
  {
    id: 'client-mtu-of-before-stays',
    breaks: ['ADP-22'],
    roles: ['client'],
    does: 'Reconnect that brings another MTU leaves that of the adapter as it is.',
    file: 'reference/adapter/adapter.ts',
    change: ['if (activation.mtu !== undefined) this', 'if (activation.mtu !== undefined && !renew) this'],
  },
  {
    id: 'client-accepts-any-prefix-ipv4',
    breaks: ['ADP-17'],
    roles: ['client'],
    does: 'IPv4 routes outside the prefixes that the user accepts are installed.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['if (!prefixes.some(', "if (prefix.address.includes(':') && !prefixes.some("],
  },
  {
    id: 'client-accepts-any-prefix-ipv6',
    breaks: ['ADP-17'],
    roles: ['client'],
    does: 'IPv6 routes outside the prefixes that the user accepts are installed.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['if (!prefixes.some(', "if (!prefix.address.includes(':') && !prefixes.some("],
  },
  {
    id: 'client-accepts-wider-routes',
    breaks: ['ADP-17'],
    roles: ['client'],
    does: 'A route that is wider than a prefix that the user accepts is installed.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: [
      'prefixes.some((outer) => contains(outer, prefix))',
      'prefixes.some((outer) => contains(outer, prefix) || contains(prefix, outer))',
    ],
  },
  {
    id: 'client-accepts-exact-prefixes-only',
    breaks: ['ADP-11', 'ADP-17'],
    roles: ['client'],
    does: 'Only routes that equal a prefix that the user accepts are installed.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: [
      'prefixes.some((outer) => contains(outer, prefix))',
      'prefixes.some((outer) => outer.length === 0 || prefixText(outer) === prefixText(prefix))',
    ],
  },
  {
    id: 'client-dhcp-hands-out-refused-routes',
    breaks: ['ADP-17'],
    roles: ['client'],
    does: 'Routes that the user does not accept are not installed, but handed out by DHCP.',
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      'if (accepted !== undefined) return accepted;',
      'if (accepted !== undefined) this.offered = toNetworkSettings(clientData);\n    if (accepted !== undefined) return accepted;',
    ],
    more: [
      {
        file: 'reference/tunnel/client/client-adapter.ts',
        change: [
          'clientActivation(this.#withMtu(settings)',
          'clientActivation(this.#withMtu({ ...settings, routes: this.offered.routes.filter(({ length }) => length > 0) })',
        ],
      },
    ],
  },
  {
    id: 'client-dhcp-hands-out-the-refused-default-route',
    breaks: ['ADP-18'],
    roles: ['client'],
    does: 'A default route that the user does not accept is not installed, but handed out by DHCP.',
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      'if (accepted !== undefined) return accepted;',
      'if (accepted !== undefined) this.offered = toNetworkSettings(clientData);\n    if (accepted !== undefined) return accepted;',
    ],
    more: [
      {
        file: 'reference/tunnel/client/client-adapter.ts',
        change: [
          'clientActivation(this.#withMtu(settings)',
          'clientActivation(this.#withMtu({ ...settings, routes: [...settings.routes, ...this.offered.routes.filter(({ length }) => length === 0)] })',
        ],
      },
    ],
  },
  {
    id: 'client-default-route-unasked-ipv4',
    breaks: ['ADP-18'],
    roles: ['client'],
    does: 'An IPv4 default route is installed though the user accepts none.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['return defaultRoute ? undefined', "return defaultRoute || !prefix.address.includes(':') ? undefined"],
  },
  {
    id: 'client-default-route-unasked-ipv6',
    breaks: ['ADP-18'],
    roles: ['client'],
    does: 'An IPv6 default route is installed though the user accepts none.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['return defaultRoute ? undefined', "return defaultRoute || prefix.address.includes(':') ? undefined"],
  },
  {
    id: 'client-default-route-never',
    breaks: ['ADP-11', 'ADP-13'],
    roles: ['client'],
    does: 'A default route is refused though the user accepts one.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['return defaultRoute ? undefined', 'return defaultRoute && !prefixes ? undefined'],
  },
  {
    id: 'client-dns-unasked',
    breaks: ['ADP-19'],
    roles: ['client'],
    does: 'IPv4 DNS servers are handed out though the user accepts none.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['this.#accept.dns ? faultOfHost', "this.#accept.dns || !server.includes(':') ? faultOfHost"],
  },
  {
    id: 'client-dns6-unasked',
    breaks: ['ND-09'],
    roles: ['client'],
    does: 'IPv6 DNS servers are advertised though the user accepts none.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['this.#accept.dns ? faultOfHost', "this.#accept.dns || server.includes(':') ? faultOfHost"],
  },
  {
    id: 'client-takes-any-address',
    breaks: ['ADP-20'],
    roles: ['client'],
    does: 'The address for the client is not judged.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ["judgement.passes('address (50)', judgement.faultOfOwn(lan)),", ''],
  },
  {
    id: 'client-takes-a-reserved-address',
    breaks: ['ADP-20'],
    roles: ['client'],
    does: 'An address for the client that is loopback or link-local is taken, where the subnet is no obstacle.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: [
      "judgement.passes('address (50)', judgement.faultOfOwn(lan)),",
      "judgement.passes('address (50)', faultOfSubnet(lan, connected)),",
    ],
  },
  {
    id: 'client-takes-a-connected-subnet',
    breaks: ['ADP-20'],
    roles: ['client'],
    does: 'A virtual LAN that is a subnet of the machine is taken.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: [
      "judgement.passes('address (50)', judgement.faultOfOwn(lan)),",
      "judgement.passes('address (50)', faultOfHost(address)),",
    ],
  },
  {
    id: 'client-takes-any-server-address',
    breaks: ['ADP-20'],
    roles: ['client'],
    does: "The server's own address is not judged.",
    file: 'reference/tunnel/client/acceptance.ts',
    change: ["judgement.passes('server address (54)', faultOfHost(serverAddress) ?? outside(serverAddress, lan)),", ''],
  },
  {
    id: 'client-takes-a-server-outside-the-lan',
    breaks: ['ADP-20'],
    roles: ['client'],
    does: "A server's own address outside the virtual LAN is taken.",
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['faultOfHost(serverAddress) ?? outside(serverAddress, lan)', 'faultOfHost(serverAddress)'],
  },
  {
    id: 'client-stays-without-adapter',
    breaks: ['ADP-20'],
    roles: ['client'],
    does: 'Client data that makes no adapter does not end the session.',
    file: 'reference/tunnel/client/client.ts',
    change: [
      "      this.#error(error);\n      this.command('end session');\n      return;",
      '      this.#error(error);\n      return;',
    ],
  },
  {
    id: 'client-adapter-for-a-moment',
    breaks: ['ADP-20', 'RESP-10'],
    roles: ['client'],
    does: 'Client data that is refused makes an adapter for a moment.',
    file: 'reference/tunnel/client/client.ts',
    change: [
      '      this.#refused = true;',
      `      const device = await this.#host.openDevice(this.#config.adapter.name);
      device.setUp(true);
      setTimeout(() => void device.close(), 300);
      this.#refused = true;`,
    ],
  },
  // ADP-21, ADP-22, ADP-27: the routes during the session.
  {
    id: 'client-repairs-nothing',
    breaks: ['ADP-21'],
    roles: ['client'],
    does: 'A route that somebody removes stays away.',
    file: 'reference/linux/local-stack.ts',
    change: ['          await this.#routes.repair(admit);\n', ''],
  },
  {
    id: 'client-repairs-no-ipv6',
    breaks: ['ADP-21'],
    roles: ['client'],
    does: 'An IPv6 route that somebody removes stays away.',
    file: 'reference/linux/routes.ts',
    change: ['for (const six of [false, true]) {', 'for (const six of [false]) {'],
  },
  {
    id: 'client-repairs-once',
    breaks: ['ADP-21'],
    roles: ['client'],
    does: 'A route that somebody removes is put back once.',
    file: 'reference/linux/repair-limit.ts',
    change: ['const limit = 5;', 'const limit = 1;'],
  },
  {
    id: 'client-repairs-for-ever',
    breaks: ['ADP-27'],
    roles: ['client'],
    does: 'A route that somebody removes again and again is put back for ever.',
    file: 'reference/linux/repair-limit.ts',
    change: ['if (recent.length < limit) {', 'if (recent.length >= 0) {'],
  },
  {
    id: 'client-tells-nobody-of-the-contest',
    breaks: ['ADP-27'],
    roles: ['client'],
    does: 'The user is not told which route is left alone.',
    file: 'reference/linux/repair-limit.ts',
    change: ['    this.#contested(object);\n', ''],
  },
  {
    id: 'client-carrier-stays-on',
    breaks: ['ADP-22'],
    roles: ['client'],
    does: "Other client data does not toggle the adapter's carrier.",
    file: 'reference/adapter/adapter.ts',
    change: ['    if (renew) this.#device.setCarrier(false);\n', ''],
    more: [{ file: 'reference/adapter/adapter.ts', change: ['    if (renew) this.#device.setCarrier(true);\n', ''] }],
  },
  {
    id: 'client-routes-of-before-stay',
    breaks: ['ADP-22'],
    roles: ['client'],
    does: 'The routes of former client data stay beside those of the new.',
    file: 'reference/linux/routes.ts',
    change: [
      '        if (!wanted.some((entry) => prefixText(entry) === prefixText(old))) await this.#remove(old);',
      '        void old;',
    ],
  },
  {
    id: 'client-new-routes-left-out',
    breaks: ['ADP-22'],
    roles: ['client'],
    does: 'The routes of other client data are not installed.',
    file: 'reference/linux/local-stack.ts',
    change: [
      'if (!isDeepStrictEqual(routes, this.#installed?.routes))',
      'if (this.#installed === undefined || routes.length === 0 || this.#installed.routes.length === 0)',
    ],
  },
  {
    id: 'client-address-of-before-stays',
    breaks: ['ADP-22', 'CD-10'],
    roles: ['client'],
    does: 'The IPv4 address of former client data stays.',
    file: 'reference/linux/local-stack.ts',
    change: [
      'if (!addresses.some((wanted) => prefixText(wanted) === prefixText(old)))',
      "if (old.address.includes(':') && !addresses.some((wanted) => prefixText(wanted) === prefixText(old)))",
    ],
  },
  {
    id: 'client-ipv6-address-of-before-stays',
    breaks: ['ADP-22', 'CD-10'],
    roles: ['client'],
    does: 'The IPv6 address of former client data stays.',
    file: 'reference/linux/local-stack.ts',
    change: [
      'if (!addresses.some((wanted) => prefixText(wanted) === prefixText(old)))',
      "if (!old.address.includes(':') && !addresses.some((wanted) => prefixText(wanted) === prefixText(old)))",
    ],
    equivalent:
      'the former /64 is advertised with lifetimes of 0, so that the kernel prefers its address no more; a deprecated address may stay (RFC 4862 §5.5.4)',
  },
  {
    id: 'client-reconnect-makes-the-adapter-anew',
    breaks: ['INI-10', 'INI-22'],
    roles: ['client'],
    does: 'Each connection makes the adapter anew.',
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      '    const { name: wanted } = this.#config.adapter;',
      `    const former = this.#open;
    this.#open = {};
    await former.stack?.close();
    await former.adapter?.close();
    const { name: wanted } = this.#config.adapter;`,
    ],
  },
  {
    id: 'client-reconnect-takes-the-routes-away',
    breaks: ['INI-10', 'INI-22'],
    roles: ['client'],
    does: 'While there is no connection the routes of the tunnel are gone.',
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      '      this.#open.wanted = { ...this.#open.wanted, firstHops };\n      await this.#open.stack?.configure(this.#open.wanted);',
      '      await this.#open.stack?.configure({ ...this.#open.wanted, routes: [], firstHops });',
    ],
  },
];
