/** What a client carries from one session, or from one message, to the next: settings, addresses, names, datagrams. */
import { type Fault, ofSeveral } from '../../fault.ts';

const CA = 'reference/tunnel/client/client-adapter.ts';
const CL = 'reference/tunnel/client/client.ts';
const CN = 'reference/nodes/conversation.ts';
const CT = 'reference/tunnel/connection.ts';
const DH = 'reference/emulators/dhcp.ts';
const RE = 'reference/tunnel/client/reception.ts';
const RO = 'reference/emulators/router.ts';
const PI = 'reference/linux/routing/pins.ts';

const accepted = `    if (accepted !== undefined) return accepted;`;
const merged = (settings: string): string =>
  `    if (accepted !== undefined) {\n      const before = globalThis.settingsOfBefore ?? accepted;\n      globalThis.settingsOfBefore = ${settings};\n      return globalThis.settingsOfBefore;\n    }`;
const answered = `  const { request } = received;\n`;
const bound = (who: string): string =>
  `${answered}  const who = ${who};\n  if (globalThis.leasedTo !== undefined && globalThis.leasedTo !== who) return undefined;\n  if (request.options.get(53)?.[0] === 3) globalThis.leasedTo = who;\n`;

// biome-ignore format: a table
export const carriedOver: readonly Fault[] = ofSeveral({
  'names-stay-where-later-client-data-has-none': ['ADP-22 DHCP-09 DHCP-18', 'client', 'DNS servers, domain and search list of former client data are handed out on where later ones have none.',
    [CA, accepted, merged(`{ ...(before.domain && { domain: before.domain }), ...accepted, dns: accepted.dns.length > 0 ? accepted.dns : before.dns, search: accepted.search.length > 0 ? accepted.search : before.search }`)]],
  'mtu-stays-where-later-client-data-has-none': ['ADP-22 DHCP-09', 'client', 'The MTU of former client data is handed out on where later ones have none.',
    [CA, accepted, merged(`{ ...(before.mtu && { mtu: before.mtu }), ...accepted }`)]],
  'ipv6-stays-where-later-client-data-has-none': ['ADP-22 ND-15 ND-07', 'client', 'The IPv6 part of former client data holds on where later ones have none.',
    [CA, accepted, merged(`{ ...(before.ipv6 && { ipv6: before.ipv6 }), ...accepted }`)]],
  'ipv6-names-stay-where-later-client-data-has-none': ['ADP-22 ND-06', 'client', 'DNS servers and search list of a former n6 are advertised on where a later one has none.',
    [CA, accepted, merged(`accepted.ipv6 && before.ipv6 ? { ...accepted, ipv6: { ...accepted.ipv6, dns: accepted.ipv6.dns.length > 0 ? accepted.ipv6.dns : before.ipv6.dns, search: accepted.ipv6.search.length > 0 ? accepted.ipv6.search : before.ipv6.search } } : accepted`)]],
  'own-addresses-add-up': ['ADP-33 ADP-22', 'client', 'Datagrams come in for the addresses of former client data, too.',
    [RE, `        here: longestFirst(local),`, `        here: longestFirst([...(globalThis.formerOwn = [...(globalThis.formerOwn ?? []), ...own]), ...networks]),`]],
  'accepted-sources-add-up': ['ADP-34 ADP-22', 'client', 'Datagrams come in from the networks of former client data, too.',
    [RE, `        there: longestFirst(reachableBy(settings)),`, `        there: longestFirst((globalThis.formerThere = [...(globalThis.formerThere ?? []), ...reachableBy(settings)])),`]],
  'arp-former-own-addresses-unanswered': ['ARP-02 ADP-22', 'client', 'ARP requests for an address that was its own with former client data go unanswered.',
    ['reference/emulators/resolution.ts', `  const unanswered = [address, networkOf`, `  globalThis.formerOwn = [...(globalThis.formerOwn ?? []), address];\n  const unanswered = [...globalThis.formerOwn, networkOf`]],
  'dhcp-former-addresses-acknowledged': ['DHCP-03 ADP-22', 'client', 'A DHCPREQUEST for an address of former client data is acknowledged.',
    ['reference/emulators/dhcp-decision.ts', `      return wanted === address ? 'ACK' : 'NAK';`, `      return wanted === address || globalThis.formerOwn?.includes(wanted) ? 'ACK' : 'NAK';`],
    ['reference/emulators/resolution.ts', `  const unanswered = [address, networkOf`, `  globalThis.formerOwn = [...(globalThis.formerOwn ?? []), address];\n  const unanswered = [address, networkOf`]],
  'nd-prefix-that-returns-withdrawn': ['ND-15', 'client', 'All /64s that it ever had are advertised with lifetimes of 0, the present one as well where it returns.',
    [RO, `  if (formerPrefix !== undefined && formerPrefix !== settings.prefix)\n    options.splice(1, 0, withdrawnPrefix(formerPrefix));`, `  if (formerPrefix !== undefined && formerPrefix !== settings.prefix) (globalThis.formers ??= new Set()).add(formerPrefix);\n  for (const former of globalThis.formers ?? []) options.splice(1, 0, withdrawnPrefix(former));`]],
  'nd-default-router-for-good': ['ND-08 ND-11', 'client', 'Once a route to ::/0 was accepted, its advertisements say that it is a default router.',
    [RO, `  const isDefault = settings.routes.some(({ length }) => length === 0);`, `  const isDefault = (globalThis.isDefault ||= settings.routes.some(({ length }) => length === 0));`]],
  'adapter-stays-where-later-client-data-is-refused': ['ADP-12 ADP-20', 'client', 'Where later client data is refused and ends the session, the adapter of before stays.',
    [CL, `      this.#refused = true;\n`, `      this.#refused = true;\n      this.stays = true;\n`],
    [CL, `    this.#adapter.close().catch(`, `    if (!this.stays) this.#adapter.close().catch(`]],
  'adapter-goes-where-later-client-data-cannot-be-read': ['INI-22 CD-06', 'client', 'Where a later RESPONSE is refused, the adapter is given up, though it is to connect again.',
    [CL, `      if (!retry) this.#over(asItShould ? 'done' : 'failed');`, `      if (!retry) this.#over(asItShould ? 'done' : 'failed');\n      else if (cause.by === 'self' && cause.status === Status.protocolError && !wasKeyed) this.#adapter.close();`]],
  'pins-of-former-hops-left-behind': ['ADP-12 ADP-13', 'client', 'When the first hop has another address, the route to the former one is forgotten, and never removed.',
    [PI, `if (!hosts.includes(host)) await this.#remove(host);`, `if (!hosts.includes(host)) this.#laid.delete(host);`]],
  'waiting-datagrams-stay-unfinished': ['OFF-05 INI-10', 'client', 'A checksum that the local stack has left is not completed where the datagram waits for a connection.',
    [CN, `    if (offload !== undefined && !(this.#machine.sends && this.#session?.takes(offload))) {`, `    if (offload !== undefined && this.#machine.sends && !this.#session?.takes(offload)) {`]],
  'bundled-datagrams-stay-unfinished': ['OFF-05 BUN-06 BUN-02', 'client', 'A checksum that the local stack has left is not completed where the datagram shares a frame.',
    [CT, `(offload === undefined ? [datagram.slice()] : finish(datagram, offload))`, `[datagram.slice()]`]],
  'queue-filled-once': ['ADP-14 ADP-45 INI-10', 'client', 'Once so many datagrams have waited as its queue holds, in all, no other waits any more.',
    ['reference/nodes/queue.ts', `    if (this.#waiting.length >= this.#limit) {`, `    this.total = (this.total ?? 0) + 1;\n    if (this.total > this.#limit) {\n      this.#dropped += 1;\n      return;\n    }\n    if (this.#waiting.length >= this.#limit) {`]],
  'freshness-anew-with-each-order': ['REQ-18', 'client', 'With each order to connect of its user it forgets the last value of freshness.',
    ['reference/nodes/initiator.ts', `    this.#wanted = command === 'connect';`, `    if (command === 'connect') globalThis.freshOrder = true;\n    this.#wanted = command === 'connect';`],
    ['reference/tunnel/client/freshness.ts', `    const time = now();`, `    if (globalThis.freshOrder) last = -1n;\n    globalThis.freshOrder = false;\n    const time = now();`]],
  'unsent-octets-of-a-broken-connection-first': ['RELAY-01 INI-22', 'client', 'What waited for the socket of a connection that broke is sent first on the next one.',
    ['reference/tunnel/transport-connection.ts', `    socket.setNoDelay(true);`, `    socket.setNoDelay(true);\n    if (globalThis.unsent !== undefined) socket.write(globalThis.unsent);\n    globalThis.unsent = undefined;`],
    ['reference/tunnel/transport-connection.ts', `    socket.on('error', (error) => {`, `    socket.on('error', (error) => {\n      if (socket.writableLength > 0) globalThis.unsent = globalThis.lastSent;`],
    ['reference/tunnel/transport-connection.ts', `    return socket.write(octets);`, `    globalThis.lastSent = octets;\n    return socket.write(octets);`]],
  'dhcp-identifier-of-the-message-before': ['DHCP-08', 'client', 'A message without a client identifier gets that of the message before.',
    [DH, `  const identifier = options.get(DhcpOptionCode.clientIdentifier);`, `  const identifier = options.get(DhcpOptionCode.clientIdentifier) ?? globalThis.lastIdentifier;\n  globalThis.lastIdentifier = identifier;`]],
  'dhcp-leased-to-one-identifier': ['DHCP-01 DHCP-02', 'client', 'Once its address is leased to a client identifier, messages with another one, or without, go unanswered.',
    [DH, answered, bound(`request.options.get(DhcpOptionCode.clientIdentifier)?.toHex() ?? request.clientHardware.toHex()`)]],
  'dhcp-leased-to-one-physical-address': ['DHCP-01 DHCP-02', 'client', 'Once its address is leased to a physical address, messages from another one go unanswered.',
    [DH, answered, bound(`request.clientHardware.toHex()`)]],
  'dhcp-broadcast-flag-of-the-first-message': ['DHCP-11', 'client', 'The broadcast flag of its first message decides how all replies travel.',
    [DH, `  const wantsBroadcast = (flags & broadcastFlag) !== 0;`, `  const wantsBroadcast = (globalThis.wantsBroadcast ??= (flags & broadcastFlag) !== 0);`]],
  'dhcp-size-of-a-message-before': ['DHCP-19', 'client', 'Option 57 of a message holds for later ones that have none.',
    [DH, `  const longestDatagram = value?.length === 2 ? viewOf(value).getUint16(0) : 0;`, `  const longestDatagram = value?.length === 2 ? viewOf(value).getUint16(0) : (globalThis.longest ?? 0);\n  globalThis.longest = longestDatagram;`]],
  'dhcp-message-above-576-unanswered': ['DHCP-01 DHCP-16', 'client', 'A message whose datagram has more than 576 octets goes unanswered.',
    [DH, `  const request = decodeDhcp(udp.payload);`, `  if (udp.payload.length > 548) return undefined;\n  const request = decodeDhcp(udp.payload);`]],
  'dhcp-options-beyond-308-unread': ['DHCP-02 DHCP-03', 'client', 'Of the options of a message it reads the first 308 octets.',
    ['reference/packets/dhcp.ts', `  const options = readField(octets.subarray(dhcpFixedLength));`, `  const options = readField(octets.subarray(dhcpFixedLength, dhcpFixedLength + 308));`]],
  'nd-router-solicited-by-unicast-unanswered': ['ND-06', 'client', 'A router solicitation to the router’s own address goes unanswered.',
    ['reference/emulators/neighbour.ts', `  if (request?.type === Icmpv6Type.routerSolicitation && router)`, `  if (request?.type === Icmpv6Type.routerSolicitation && router && frame[38] === 0xff)`]],
});
