/** Servers that let a client reach too much, or too little, where two rules meet (docs/protocol.md, section 11). */
import { type Fault, ofSeveral } from '../../fault.ts';

const SB = 'reference/tunnel/server/switchboard.ts';
const TB = 'reference/tunnel/server/table.ts';
const TS = 'reference/tunnel/server/tables.ts';
const SA = 'reference/tunnel/server/server-adapter.ts';
const AR = 'reference/emulators/arp.ts';

const reachable = "    return location === 'other' ? this.#isInReach(destination) : shared;";
const held = '    if (holder !== undefined) return clientToClient && holder !== session;';
const nobody = "    if (location === 'nobody') return false;\n";

// biome-ignore format: a table, one line for each change
export const reachOfClients: readonly Fault[] = ofSeveral({
  'route-around-the-lan-opens-it': ['ADP-39 ADP-09', 'server', 'Where a route of the client data has the virtual LAN in it, clients reach addresses of it that nobody has.',
    [SB, reachable, "    return this.#isInReach(destination) || (location !== 'other' && shared);"]],
  'networks-behind-the-sender-pass': ['ADP-39', 'server', 'What a client sends to a network behind itself is given to the local stack.',
    [SB, held, `    if (holder === session && location === 'other') return true;\n${held}`]],
  'reserved-between-clients-passes': ['ADP-29', 'server', 'Where the operator lets clients reach each other, so are multicast and broadcast addresses.',
    [SB, nobody, "    if (location === 'nobody') return clientToClient;\n"]],
  'lan-open-where-clients-meet': ['ADP-39 ADP-09', 'server', 'Where the operator lets clients reach each other, they reach addresses of the virtual LAN that nobody has.',
    [SB, reachable, "    return location === 'other' ? this.#isInReach(destination) : shared || clientToClient;"]],
  'sources-free-where-clients-meet': ['ADP-08', 'server', 'Where the operator lets clients reach each other, a client may use the address of another one.',
    [SB, 'if (table === undefined || !table.sendsFrom(session, source)) return false;', 'if (table === undefined) return false;\n    const isOfAnother = this.#rules.clientToClient && table.holder(source) !== undefined;\n    if (!table.sendsFrom(session, source) && !isOfAnother) return false;']],
  'sources-of-a-shared-network-from-one-alone': ['ADP-24', 'server', 'Of several clients with one network behind them, the one that has what is for it alone may send from there.',
    [SB, '!table.sendsFrom(session, source)', 'table.holder(source) !== session']],
  'whole-64-of-the-server-is-its-own': ['ADP-39', 'server', 'Every address of the /64 that the server keeps for itself is taken for its own.',
    [TB, "if (sameStart(own, octets, own.length * 8, offset)) return 'own';", "if (sameStart(own, octets, own.length === 4 ? 32 : 64, offset)) return 'own';"]],
  'link-local-is-169-8': ['ADP-29 ADP-24 ADP-25', 'server', 'It takes 169.0.0.0/8 for link-local.',
    [TB, '(first === 169 && second === 254) ||', 'first === 169 ||']],
  'site-local-is-link-local': ['ADP-29 ADP-25 ADP-28', 'server', 'It takes fe80::/9 for link-local.',
    [TB, '(second & 0xc0) === 0x80', '(second & 0x80) === 0x80']],
  'class-e-is-multicast': ['ADP-29 ADP-24 ADP-25', 'server', 'It takes 224.0.0.0/3 for multicast.',
    [TB, 'first >>> 4 === 14', 'first >>> 5 === 7']],
  'ipv6-below-100-reserved': ['ADP-29 ADP-25 ADP-28', 'server', 'It takes all of ::/8, 64:ff9b::/96 among it, for reserved.',
    [TB, 'if (first === 0 && sameStart(mapped, octets, mappedLength, offset)) return true;', 'if (first === 0) return true;']],
  'last-hop-dropped': ['ADP-15 ADP-25', 'server', 'A datagram whose TTL or hop limit is 1 does not come out of a tunnel.',
    [TS, '      !configuresLink(datagram) &&', '      (datagram[0]! >> 4 === 4 ? datagram[8]! : datagram[7]!) > 1 &&\n      !configuresLink(datagram) &&']],
  'arp-for-networks-behind-clients': ['ARP-11 ARP-05', 'server', 'The server’s adapter answers ARP for addresses in networks behind its clients.',
    [SA, 'this.#four.hasClient(ipv4Octets(address))', 'this.#four.holder(ipv4Octets(address)) !== undefined']],
  'probe-for-a-client-unanswered': ['ARP-08', 'server', 'The server’s adapter does not answer ARP probes, whose sender address is 0.0.0.0, for its clients.',
    [AR, 'const isAboutAnother = senderAddress !== targetAddress &&', 'const isAboutAnother = senderAddress !== unspecifiedIpv4 && senderAddress !== targetAddress &&']],
  'anycast-of-a-64-unanswered': ['ND-13', 'server', 'The server’s adapter answers for no address of a client’s /64 that ends in zeros.',
    [SA, 'this.#six?.holder(address) !== undefined', 'this.#six?.holder(address) !== undefined && address.subarray(8).some((octet) => octet !== 0)']],
  'first-address-of-a-64-nobody': ['ADP-10 ADP-08 ADP-28', 'server', 'The first address of a /64, all zeros behind it, is nobody’s.',
    [TB, '  holder(octets: Uint8Array, offset = 0): Session | undefined {', '  holder(octets: Uint8Array, offset = 0): Session | undefined {\n    if (this.#lan.own.length === 16 && octets.subarray(offset + 8, offset + 16).every((octet) => octet === 0)) return undefined;']],
});
