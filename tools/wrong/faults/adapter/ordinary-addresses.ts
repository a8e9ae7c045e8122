/** Addresses, lengths and routes that are ordinary ones, and that a client treats as if they were not. */
import { type Fault, ofSeveral } from '../../fault.ts';

const PK = 'reference/packets/reserved.ts';
const ST = 'reference/tunnel/server/table.ts';
const PI = 'reference/linux/routing/pins.ts';
const LS = 'reference/linux/routing/local-stack.ts';

const unspecified = `  unspecified: ['0.0.0.0/8', '::/128'],`;
const besides = (prefixes: string): [string, string, string] => [
  PK,
  unspecified,
  `  unspecified: ['0.0.0.0/8', '::/128', ${prefixes}],`,
];

// biome-ignore format: a table
export const ordinaryAddresses: readonly Fault[] = ofSeveral({
  'longer-than-the-mtu-dropped-coming': ['ADP-15 DATA-16 BUN-02 ADP-37', 'client server', 'A datagram that is longer than the MTU of its adapter does not come out of its tunnel.',
    ['reference/adapter/adapter.ts', `    if (this.#closed) return false;\n    return this.#receivePath`, `    if (this.#closed) return false;\n    if (offload === undefined && datagram.length > this.#device.mtu) return false;\n    return this.#receivePath`]],
  'shared-addresses-reserved': ['CD-07 ADP-11 ADP-34 ADP-36', 'client', '100.64.0.0/10, which providers share (RFC 6598), is reserved to it.', besides(`'100.64.0.0/10'`)],
  'class-e-reserved': ['CD-07 ADP-11 ADP-34 ADP-36', 'client', '240.0.0.0/4 is reserved to it.', besides(`'240.0.0.0/4'`)],
  'addresses-of-examples-reserved': ['CD-07 ADP-11 ADP-34 ADP-36', 'client', 'Addresses for documentation and benchmarks (RFC 5737, RFC 2544) are reserved to it.', besides(`'192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '198.18.0.0/15'`)],
  'addresses-that-hold-ipv4-reserved': ['CD-07 ADP-11 ADP-34 ADP-36', 'client', '2002::/16, 64:ff9b::/96 and ::/96 are reserved to it as ::ffff:0:0/96 is.', besides(`'2002::/16', '64:ff9b::/96', '::/96'`)],
  'ipv6-outside-of-unicast-reserved': ['CD-07 ADP-11 ADP-34 ADP-36', 'client', 'Outside of 2000::/3 and fc00::/7 all of IPv6 is reserved to it.', besides(`'::/3', '4000::/2', '8000::/2', 'c000::/3', 'e000::/4', 'f000::/5', 'f800::/6'`)],
  'server-reserves-shared-addresses-and-class-e': ['ADP-29 ADP-08', 'server', 'From and to 100.64.0.0/10, 198.18.0.0/15 and 240.0.0.0/4 the server passes nothing.',
    [ST, `        first === 0 ||\n`, `        first === 0 ||\n        first >= 240 ||\n        (first === 100 && second >>> 6 === 1) ||\n        (first === 198 && second >>> 1 === 9) ||\n`]],
  'server-reserves-ipv6-outside-of-unicast': ['ADP-29 ADP-08', 'server', 'From and to IPv6 outside of 2000::/3 and fc00::/6, and from and to 2002::/16, the server passes nothing.',
    [ST, `    if (first === 0 && sameStart(mapped`, `    if ((first >>> 5 !== 1 && first < 0xfc) || (first === 0x20 && second === 2)) return true;\n    if (first === 0 && sameStart(mapped`]],
  'adapter-that-is-down-is-a-failure': ['ADP-43', 'client', 'A datagram that comes for an adapter that is down ends its program.',
    ['reference/adapter/interface.ts', `new Set(['EIO', 'ENOBUFS'`, `new Set(['ENOBUFS'`]],
  'routes-lost-with-an-adapter-that-was-down': ['ADP-43 ADP-21', 'client', 'Routes that go when its adapter is down do not come back.',
    [LS, `          if (this.#repairing === undefined || !isUp(this.#device)) return;`, `          if (!isUp(this.#device)) this.wasDown = true;\n          if (this.#repairing === undefined || this.wasDown) return;`]],
  'routes-of-others-removed-at-the-end': ['ADP-12', 'client', 'At the end it removes every route to the networks of the client data, those of others by other adapters among them.',
    ['reference/linux/routing/routes.ts', `    await this.#change('delete', route).catch(() => undefined);`, `    const prefix = prefixText(route);\n    while (await changeRoute(route.address, 'delete', prefix).then(() => true, () => false));`]],
  'host-route-of-the-user-taken-for-its-pin': ['ADP-12 ADP-13', 'client', 'A host route to the first hop that was there before is replaced by its pin, and removed with it.',
    [PI, `=> ['metric', metric, 'proto', ROUTE_PROTOCOL];`, `=> ['proto', ROUTE_PROTOCOL];`],
    [PI, ` && String(route.metric) === metric,`, `,`]],
  'pin-without-its-adapter': ['ADP-13', 'client', 'The pin has the gateway of the machine’s route, and not its adapter: by a link-local gateway there is none.',
    ['reference/linux/routing/route-table.ts', `    ...(dev === undefined ? [] : ['dev', dev]),`, `    ...(dev === undefined || gateway !== undefined ? [] : ['dev', dev]),`]],
  'pin-without-onlink': ['ADP-13', 'client', 'The pin lacks the word onlink of the machine’s route: by a gateway outside of its subnets there is none.',
    ['reference/linux/routing/route-table.ts', `    ...(flags.includes('onlink') ? ['onlink'] : []),`, ``]],
  'unreachable-address-ends-the-attempt': ['PATH-08', 'client', 'An address of the next node to which the machine has no route ends the attempt: the others are not tried.',
    ['reference/tunnel/names/group.ts', `          failure = error;`, `          failure = error;\n          if (error?.code === 'ENETUNREACH' || error?.code === 'EHOSTUNREACH') throw error;`],
    ['reference/tunnel/names/resolver.ts', `.map(({ address }) => address);`, `.map(({ address }) => address).sort().reverse();`]],
});
