/** Tunnel paths and groups: which address a relay connects to ([EP] fig. 4; fig. 13, 239). */
import { type Fault, inModule } from '../../fault.ts';

const unreachable = 'The kernel refuses to connect there (in IPv6: without a zone), so that nothing ever leaves.';

const policy = inModule('reference/tunnel/relay/forwarding.ts', ['relay'], {
  'path-any-port': [
    'PATH-02',
    "Only the name of the next node is looked up in the operator's list.",
    `port: (port) => entries.some(`,
    `port: (port) => port > 0 || entries.some(`,
  ],
  'path-any-name-within': [
    'PATH-02',
    "A name that ends in one of the operator's list is allowed.",
    `allowed.name === host)`,
    `host.endsWith(allowed.name))`,
  ],
  'path-any-name': [
    'PATH-02',
    'Any name is allowed with the ports of the first one.',
    `allowed.name === host);`,
    `allowed.name === host);\n    if (entries.length === 0) entries.push(policy.allow[0]!);`,
  ],
  'path-any-address': [
    'PATH-03',
    'Addresses that a name resolves to are not judged.',
    `return allowed && !isOwn(endpoint);`,
    `return (allowed || kind !== 'ordinary') && !isOwn(endpoint);`,
  ],
  'path-allowed-address-refused': [
    'PATH-03',
    'An address that the operator allows is refused.',
    `kind === 'ordinary' || policy.allowAddresses.some((allowedKind) => allowedKind === kind);`,
    `kind === 'ordinary';`,
  ],
  'path-allowed-address-allows-all': [
    'PATH-03',
    'An operator who allows one kind of addresses allows them all.',
    `policy.allowAddresses.some((allowedKind) => allowedKind === kind);`,
    `policy.allowAddresses.some((allowedKind) => allowedKind !== undefined);`,
  ],
  'path-to-itself': [
    'PATH-09',
    'A relay connects to itself.',
    `return allowed && !isOwn(endpoint);`,
    `return allowed || isOwn(endpoint);`,
  ],
});

const reserved = inModule('reference/packets/reserved.ts', ['relay'], {
  'path-loopback': ['PATH-03', 'Loopback addresses are connected to.', `['127.0.0.0/8', '::1/128']`, `['::1/128']`],
  'path-loopback-one': [
    'PATH-03',
    'Of the loopback addresses only 127.0.0.1 is refused.',
    `['127.0.0.0/8', '::1/128']`,
    `['127.0.0.1/32', '::1/128']`,
  ],
  'path-loopback-ipv6': ['PATH-03', '::1 is connected to.', `['127.0.0.0/8', '::1/128']`, `['127.0.0.0/8']`],
  'path-link-local': ['PATH-03', 'Link-local addresses are connected to.', `['169.254.0.0/16', `, `[`],
  'path-link-local-ipv6': [
    'PATH-03',
    'Link-local addresses of IPv6 are connected to.',
    `'169.254.0.0/16', 'fe80::/10'`,
    `'169.254.0.0/16'`,
  ],
  'path-unspecified': ['PATH-03', '0.0.0.0 is connected to.', `['0.0.0.0/8', '::/128']`, `['::/128']`],
  'path-unspecified-ipv6': ['PATH-03', ':: is connected to.', `['0.0.0.0/8', '::/128']`, `['0.0.0.0/8']`],
  'path-mapped': [
    'PATH-03',
    'A loopback address inside IPv6 is connected to.',
    `const host = hostPrefix(plainAddress(address));`,
    `if (/^::ffff:/i.test(address)) return 'ordinary';\n  const host = hostPrefix(plainAddress(address));`,
  ],
}).concat(
  inModule('reference/packets/reserved.ts', ['relay'], {
    'path-multicast': ['PATH-03', 'Multicast addresses are connected to.', `['224.0.0.0/4', 'ff00::/8']`, `[]`],
    'path-link-local-of-16-bits': [
      'PATH-03',
      'Of the link-local addresses of IPv6, fe80::/10, it knows fe80::/16.',
      `'fe80::/10'`,
      `'fe80::/16'`,
    ],
  }).map((fault) => ({ ...fault, equivalent: unreachable })),
);

const own = inModule('reference/tunnel/relay/relay.ts', ['relay'], {
  'path-own-loopback-only': [
    'PATH-09',
    'Only by a loopback address does a relay know itself.',
    `port === this.#port && isOwnAddress(address)`,
    `port === this.#port && isOwnAddress(address) && address.startsWith('127.')`,
  ],
  'path-own-loopback-127-0-0-1': [
    'PATH-09',
    'Of the loopback addresses a relay knows itself by 127.0.0.1 alone.',
    `port === this.#port && isOwnAddress(address)`,
    `port === this.#port && isOwnAddress(address) && !/^127\\.(?!0\\.0\\.1$)/.test(address)`,
  ],
  'path-own-address-any-port': [
    'PATH-09',
    'A next node at another port of the same machine is taken for the relay itself.',
    `port === this.#port && isOwnAddress(address)`,
    `port > 0 && isOwnAddress(address)`,
  ],
  'path-second-look-up': [
    'PATH-04',
    'The name is resolved again for the connection.',
    `this.#forwarding.open(next, group, connect, signal);`,
    `this.#forwarding.open(
            next,
            group,
            (endpoint, attempt) => connect({ ...endpoint, address: next.replace(/:.*/, '') }, attempt),
            signal,
          );`,
  ],
});

const resolver = inModule('reference/tunnel/names/resolver.ts', ['relay'], {
  'path-names-remembered': [
    'PATH-06 PATH-04',
    'A name is resolved once, and its addresses are kept.',
    `return (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);`,
    `const kept = ((globalThis as unknown as { kept?: Map<string, string[]> }).kept ??= new Map<string, string[]>());
      if (!kept.has(host)) kept.set(host, (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address));
      return kept.get(host) as string[];`,
  ],
  'path-first-address-only': [
    'PATH-08',
    'Only the first address of a name is tried.',
    `.map(({ address }) => address);`,
    `.map(({ address }) => address).slice(0, 1);`,
  ],
  'path-two-addresses-only': [
    'PATH-08',
    'Only the first two addresses of a name are tried.',
    `.map(({ address }) => address);`,
    `.map(({ address }) => address).slice(0, 2);`,
  ],
  'group-servfail-is-none': [
    'PATH-13',
    'A look-up that DNS refuses counts as one without records.',
    `if (code === NODATA || code === NOTFOUND) return true;`,
    `if (code === NODATA || code === NOTFOUND || code === 'EREFUSED') return true;`,
  ],
  'group-failure-is-none': [
    'PATH-13',
    'A look-up that fails at the name server (SERVFAIL) counts as one without records.',
    `if (code === NODATA || code === NOTFOUND) return true;`,
    `if (code === NODATA || code === NOTFOUND || code === 'ESERVFAIL') return true;`,
  ],
  'group-silence-is-none': [
    'PATH-13',
    'A look-up that is not answered counts as one without records.',
    `if (code === NODATA || code === NOTFOUND) return true;`,
    `if (code === NODATA || code === NOTFOUND || code === 'ETIMEOUT') return true;`,
  ],
  'group-root-is-none': [
    'PATH-13',
    'A record whose target is the root counts as none.',
    `    throw new NoService(`,
    `    return [];
    throw new NoService(`,
  ],
});

const group = inModule('reference/tunnel/names/group.ts', ['relay'], {
  'path-only-the-first-address-judged': [
    'PATH-03',
    'Of several addresses only the first is judged.',
    `endpoints.filter((endpoint) => admits.endpoint?.(endpoint) ?? true)`,
    `endpoints.filter((_, index) => index > 0 || (admits.endpoint?.(endpoints[0] as Endpoint) ?? true))`,
  ],
  'path-one-address-permits-all': [
    'PATH-03',
    'If one of several addresses may be connected to, so may the others.',
    `endpoints.filter((endpoint) => admits.endpoint?.(endpoint) ?? true)`,
    `endpoints.filter(() => endpoints.some((endpoint) => admits.endpoint?.(endpoint) ?? true))`,
  ],
  'path-first-address-takes-all-the-time': [
    'PATH-08',
    'An address that does not answer takes the time of all others.',
    `AbortSignal.timeout(share)`,
    `AbortSignal.timeout(share === 0 ? share : patience)`,
  ],
  'group-despite-port': [
    'PATH-10',
    'A name with a port is looked up as a group.',
    `last && port === undefined && !isIPv4(host)`,
    `last && !isIPv4(host)`,
  ],
  'group-in-the-middle': [
    'PATH-10',
    'A name that is not the last on the path is looked up as a group.',
    `last && port === undefined && !isIPv4(host)`,
    `port === undefined && !isIPv4(host)`,
  ],
  'group-priority-ignored': [
    'PATH-11',
    'Priorities are not looked at.',
    `      one.priority - other.priority ||\n`,
    ``,
  ],
  'group-highest-priority': [
    'PATH-11',
    'The highest priority is chosen.',
    `one.priority - other.priority ||`,
    `other.priority - one.priority ||`,
  ],
  'group-use-ignored': [
    'PATH-11',
    'How many connections a member has does not matter.',
    `this.#open.of(key(one)) - this.#open.of(key(other));`,
    `0 * this.#open.of(key(one));`,
  ],
  'group-use-never-ends': [
    'PATH-11',
    'Connections that have ended count as open ones of a member.',
    `return () => this.#open.remove(key(member));`,
    `return () => {};`,
  ],
  'group-weights-ignored': [
    'PATH-11',
    'Among equals the draw is even.',
    `(total === 0 ? 1 / equals.length : member.weight / total);`,
    `(total === -1 ? member.weight : 1 / equals.length);`,
  ],
  'group-first-of-equals': [
    'PATH-11',
    'Among equals the first is chosen.',
    `let left = this.#random();`,
    `let left = 0 * this.#random();`,
  ],
  'group-does-not-go-on': [
    'PATH-12',
    'When a member does not accept, no other is tried.',
    `      this.#fail(member);\n`,
    `      this.#fail(member);
      throw failure;\n`,
  ],
  'group-failed-first-again': [
    'PATH-12',
    'A member that did not accept is the first again at once.',
    `const restingTime = 30_000;`,
    `const restingTime = 0;`,
  ],
  'group-failed-rests-short': [
    'PATH-12',
    'A member that did not accept is the first again after 20 s.',
    `const restingTime = 30_000;`,
    `const restingTime = 20_000;`,
  ],
  'group-failed-rests-for-ever': [
    'PATH-12',
    'A member that did not accept is never the first again.',
    `const restingTime = 30_000;`,
    `const restingTime = 30_000_000;`,
  ],
  'group-failed-not-tried': [
    'PATH-12',
    'A member that did not accept is not tried at all for 30 s.',
    `const untried = [...members];`,
    `const awake = members.filter((member) => !this.#rests(member));
    const untried = awake.length > 0 ? awake : [...members.slice(0, 0), members[0] as Reachable].filter(() => false);
    if (untried.length === 0) throw new Error('no member is there');`,
  ],
  'group-one-without-address': [
    'PATH-12',
    'A member whose name has no address makes the group unreachable.',
    `if (allowed.length === 1) throw error;`,
    `if (allowed.length >= 1) throw error;`,
  ],
});

const members: readonly Fault[] = [
  {
    id: 'group-first-member-judged',
    breaks: ['PATH-03'],
    roles: ['relay'],
    does: 'Of the members of a group the addresses of the first alone are judged.',
    file: 'reference/tunnel/names/group.ts',
    change: [`allowed.map(async (member) => {`, `allowed.map(async (member, index) => {`],
    more: [
      {
        file: 'reference/tunnel/names/group.ts',
        change: [`admits.endpoint?.(endpoint) ?? true)`, `index > 0 || (admits.endpoint?.(endpoint) ?? true))`],
      },
    ],
  },
  ...inModule('reference/tunnel/server/traffic.ts', ['server'], {
    'group-arp-none': [
      'PATH-15',
      'ARP is not answered for tunnel clients.',
      `    this.#ports.arp?.add(address);\n`,
      ``,
    ],
    'group-arp-after-the-end': [
      'PATH-15',
      'ARP is answered for a tunnel client that is gone.',
      `    this.#ports.arp?.remove(address);\n`,
      ``,
    ],
    'group-neighbours-none': [
      'PATH-16',
      'Neighbour solicitations are not answered for tunnel clients.',
      `    if (prefix !== undefined) this.#ports.neighbours?.add(prefix);\n`,
      ``,
    ],
    'group-neighbours-after-the-end': [
      'PATH-16',
      'Neighbour solicitations are answered for a tunnel client that is gone.',
      `    if (addresses.prefix !== undefined) this.#ports.neighbours?.remove(addresses.prefix);\n`,
      ``,
    ],
  }),
  ...inModule('reference/linux/proxies/proxy-arp.ts', ['server'], {
    'group-arp-for-all': [
      'PATH-15',
      'ARP is answered for whatever is asked once there is a tunnel client.',
      `(this.#addresses.has(asked) ? physical : undefined)`,
      `(this.#addresses.size > 0 || asked === '' ? physical : undefined)`,
    ],
    'group-arp-not-announced': [
      'PATH-15',
      'The address of a tunnel client is not announced.',
      `    this.#socket.announce(announcements, ending.signal, (physical) => announcement(address, physical));\n`,
      ``,
    ],
  }),
  ...inModule('reference/linux/proxies/proxy-neighbour.ts', ['server'], {
    'group-neighbours-own-address-only': [
      'PATH-16',
      'Of a /64 only the first address is answered for.',
      `if (own === undefined || equalOctets(physical.source, this.#socket.physical)) return;`,
      `if (own === undefined || equalOctets(physical.source, this.#socket.physical) || target[15] !== 0) return;`,
    ],
  }),
  ...inModule('reference/tunnel/server/server.ts', ['server'], {
    'group-arp-before-confirmed': [
      'PATH-15 PATH-16 SRV-16',
      'ARP and neighbour solicitations are answered for a session that is not confirmed.',
      `      tunnel.session = effect.session;\n`,
      `      tunnel.session = effect.session;
      const early = this.#policy.addressesOf(effect.session);
      if (early) this.#adapter.add(tunnel, effect.session.name, early).catch((error: unknown) => this.#error(error));\n`,
    ],
  }),
];

export const paths: readonly Fault[] = [...policy, ...reserved, ...own, ...resolver, ...group, ...members];
