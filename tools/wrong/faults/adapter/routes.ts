/** Datagrams octet by octet, routes of the local stack, and back-pressure ([EP] fig. 23, 520). */
import type { Fault } from '../../fault.ts';

export const routes: readonly Fault[] = [
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
    file: 'reference/linux/routing/routes.ts',
    change: [
      "const where = ['via', gateway, 'dev', this.#device, 'onlink', 'proto', ROUTE_PROTOCOL];",
      "const where = gateway.includes(':') ? ['via', gateway, 'dev', this.#device, 'onlink', 'proto', ROUTE_PROTOCOL] : ['dev', this.#device, 'proto', ROUTE_PROTOCOL];",
    ],
    more: [
      {
        file: 'reference/linux/routing/routes.ts',
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
    file: 'reference/linux/routing/local-stack.ts',
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
    file: 'reference/linux/routing/pins.ts',
    change: ['for (const six of [false, true]) {\n    const pins =', 'for (const six of [false]) {\n    const pins ='],
  },
  {
    id: 'client-default-route-replaced-ipv4',
    breaks: ['ADP-12'],
    roles: ['client'],
    does: "A default route takes the place of the machine's own in IPv4, which does not come back.",
    file: 'reference/linux/routing/routes.ts',
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
    file: 'reference/linux/routing/routes.ts',
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
    file: 'reference/linux/routing/local-stack.ts',
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
    file: 'reference/linux/routing/local-stack.ts',
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
    file: 'reference/linux/routing/local-stack.ts',
    change: ['covered.some((prefix) => contains(', 'covered.some((prefix) => prefix.length === 0 && contains('],
  },
  {
    id: 'client-pinned-for-own-routes-only',
    breaks: ['ADP-13'],
    roles: ['client'],
    does: 'The route to the first hop is pinned where the application lays the covering route, not where DHCP brings it.',
    file: 'reference/linux/routing/local-stack.ts',
    change: ['const covered = [...routes, ...reachable];', 'const covered = routes;'],
  },
  {
    id: 'client-pinned-too-late',
    breaks: ['ADP-13'],
    roles: ['client'],
    does: 'The route to the first hop is pinned after the route that covers it.',
    file: 'reference/linux/routing/local-stack.ts',
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
    change: ['    this.#paused = true;\n', ''],
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
];
