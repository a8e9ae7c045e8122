/** The adapter as the local stack sees it ([EP] figs. 15 to 18). */
import type { Fault } from '../../fault.ts';

export const adapter: readonly Fault[] = [
  // ADP-01 to ADP-07: the device, and the two paths.
  {
    id: 'adapter-without-ethernet',
    breaks: ['ADP-01'],
    roles: ['client'],
    does: 'The adapter is one of IP datagrams, without physical addresses.',
    file: 'reference/adapter/driver.ts',
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
      'enter(ports, payload.subarray(0, length), left)',
      'enter(ports, frame.subarray(0, ethernetHeaderLength + length), left)',
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
];
