/** Whose addresses and networks a tunnel server knows, when, and in which family ([EP] figs. 3 and 14). */
import { type Fault, ofSeveral } from '../../fault.ts';

const SV = 'reference/tunnel/server/server.ts';
const SA = 'reference/tunnel/server/server-adapter.ts';
const SB = 'reference/tunnel/server/switchboard.ts';
const TB = 'reference/tunnel/server/table.ts';
const NS = 'reference/wire/network-settings.ts';

// biome-ignore format: a table, one line for each change
export const serverNetworks: readonly Fault[] = ofSeveral({
  'routes-of-the-first-session-alone': ['ADP-24', 'server', 'It makes routes to the networks behind a name for the first session of that name, and for no later one.',
    [SA, "    if (addresses.networks.length > 0) await this.#configure();\n  }\n\n  async remove", "    if (addresses.networks.length > 0 && !this.known.has(name)) await this.#configure();\n    this.known.add(name);\n  }\n\n  async remove"],
    [SA, '  #stack: Stack | undefined;', '  #stack: Stack | undefined;\n  readonly known = new Set<string>();']],
  'ipv6-routes-outlive-the-session': ['ADP-12 ADP-24 ADP-10', 'server', 'Routes to IPv6 networks behind a client stay when it has gone.',
    [SA, '    const networks = [...this.#clients.values()].flatMap(({ addresses }) => addresses.networks);', '    const present = [...this.#clients.values()].flatMap(({ addresses }) => addresses.networks);\n    for (const one of present) if (isIpv6(one.address)) this.ever.set(prefixText(one), one);\n    const networks = [...present.filter(({ address }) => !isIpv6(address)), ...this.ever.values()];'],
    [SA, '  #stack: Stack | undefined;', '  #stack: Stack | undefined;\n  readonly ever = new Map<string, Prefix>();']],
  'subnet-inside-the-lan-unknown': ['ADP-31 ADP-24 ADP-08', 'server', 'An address of the virtual LAN is a client’s own or nobody’s: a subnet of it behind a client is not known.',
    [TB, '    if (client !== undefined) return client;', '    if (number !== undefined) return client;']],
  'ipv6-without-ipv6-comes-out': ['ADP-08', 'server', 'A server that offers no IPv6 gives its stack what IPv6 comes out of a tunnel.',
    [SB, 'if (table === undefined || !table.sendsFrom', 'if (table === undefined) return true;\n    if (!table.sendsFrom']],
  'ipv6-without-ipv6-enters': ['ADP-10 ADP-29', 'server', 'A server that offers no IPv6 sends what IPv6 its stack sends to the client that came first.',
    [SB, '    if (version === 6 && datagram.length >= header6) return', '    if (version === 6 && this.#six === undefined) return this.#four.any;\n    if (version === 6 && datagram.length >= header6) return'],
    [TB, '  /** Whether an address is that of a tunnel client itself. */', '  get any() {\n    return [...this.#clients.values()][0];\n  }\n\n  /** Whether an address is that of a tunnel client itself. */']],
  'clients-of-other-members-reached': ['ADP-09', 'server', 'A member of a group passes on what its clients send to clients of other members.',
    [SB, '    if (shared && table.isOfGroup(destination)) return clientToClient;\n', '']],
  'networks-of-other-members-reached': ['ADP-09', 'server', 'A member of a group passes on what its clients send to networks behind clients of other members.',
    [TB, '    return this.#group.networks.some((network) => network.has(octets, offset));', '    return false;']],
  'neighbour-solicitations-for-unconfirmed': ['ND-13 SRV-16', 'server', 'The server’s adapter answers neighbour solicitations for a /64 from RESPONSE on.',
    [SA, 'isBehindClient: (address) => this.#six?.holder(address) !== undefined', 'isBehindClient: (address) => this.told.has(ipv6Text(Uint8Array.of(...address.subarray(0, 8), 0, 0, 0, 0, 0, 0, 0, 0))) || this.#six?.holder(address) !== undefined'],
    [SA, '  #stack: Stack | undefined;', '  #stack: Stack | undefined;\n  readonly told = new Set<string>();'],
    [SA, '    this.#switchboard.add(client, addresses);', "    this.told.delete(addresses.prefix?.address ?? '');\n    this.#switchboard.add(client, addresses);"],
    [SV, '      tunnel.session = effect.session;', "      tunnel.session = effect.session;\n      this.#adapter.told.add(this.#policy.addressesOf(effect.session)?.prefix?.address ?? '');"]],
  'ipv4-inside-ipv6-passes': ['ADP-29', 'server', 'IPv4 addresses inside IPv6 are like any other of IPv6.',
    [TB, '    if (first === 0 && sameStart(mapped, octets, mappedLength, offset)) return true;\n', '']],
  'ipv4-inside-ipv6-is-ordinary': ['ADP-36 CD-07', 'client', 'IPv4 addresses inside IPv6 are like any other of IPv6, in routes and in datagrams.',
    ['reference/packets/reserved.ts', "  'an IPv4 address inside IPv6': ['::ffff:0:0/96'],\n", '']],
  'sessions-numbered-in-8-bits': ['ADP-10 ADP-08 SRV-24', 'server', 'The thread knows sessions by the low 8 bits of their numbers.',
    [SV, '      number: this.#numbers,', '      number: this.#numbers & 0xff,']],
  'option-121-without-a-route': ['CD-13 CD-03', 'server', 'Where there are no IPv4 routes option 121 is sent empty.',
    [NS, '[DhcpOptionCode.classlessRoutes, joined(routes.map(encodeClasslessRoute))]', '[DhcpOptionCode.classlessRoutes, concat(...routes.map(encodeClasslessRoute))]']],
}).map((fault) => (fault.id === 'sessions-numbered-in-8-bits' ? { ...fault, dataPath: 'fast' } : fault));
