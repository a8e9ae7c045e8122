/** Places of the text that allow either, or say nothing: the other thing than the reference does. */
import type { Right } from '../right.ts';

export const otherReadings: readonly Right[] = [
  {
    id: 'events-say-little',
    // There would be no reason.
    apart: ['other-reasons'],
    roles: ['client', 'server', 'relay'],
    does: 'Events have no key but their name, and what docs/iut.md asks of `ready`: what an implementation says decides nothing.',
    touches: ['CLOSE', 'INI', 'SRV-09', 'SRV-10', 'SRV-11', 'DATA-07', 'DATA-14', 'ADP-12', 'ADP-22', 'PATH-14'],
    file: 'reference/cli/output.ts',
    change: [
      `process.stdout.write(\`\${JSON.stringify(line)}\\n\`);`,
      `const little = ['authorized', 'adapter', 'ended', 'error'].includes(line.event) ? { event: line.event } : line;
  process.stdout.write(\`\${JSON.stringify(little)}\\n\`);`,
    ],
  },
  {
    id: 'datagram-length-unread',
    roles: ['client', 'server'],
    does: "The receive path passes on a datagram whose length field isn't its length: it may be dropped (section 11).",
    touches: ['DATA-15', 'DATA-16', 'ADP-05', 'ADP-08', 'ADP-15'],
    file: 'reference/adapter/receive-path.ts',
    change: [
      'etherType === undefined || datagramLength(datagram) !== datagram.length',
      'etherType === undefined || datagram.length < Math.min(datagramLength(datagram) ?? 40, 40)',
    ],
  },
  {
    id: 'route-bits-zeroed',
    roles: ['client'],
    does: 'Bits of a destination of option 121 beyond its prefix are taken as zeros (section 6, RFC 3442).',
    touches: ['CD', 'ADP-11', 'ADP-24', 'DHCP-18'],
    file: 'reference/packets/classless-routes.ts',
    change: [
      "if (hasBitsBeyond(prefix)) throw new Malformed('bits beyond the prefix');",
      'Object.assign(prefix, networkOf(prefix));',
    ],
  },
  {
    id: 'transform-before-key-limit',
    roles: ['server'],
    does: 'Of what an authorised initiator may learn, *no common transform* is said before *resource limit* (section 10.2).',
    touches: ['SRV-07', 'SRV-08', 'SRV-26'],
    file: 'reference/tunnel/server/policy.ts',
    change: [
      `    const take = this.#unconfirmed.placeFor(key, request.freshness);
    if (connected === undefined || take === undefined) return refusal('resource limit');
    const offered: readonly number[] = this.#config.transforms;
    const transform = request.transforms.find((wanted) => offered.includes(wanted));
    if (transform === undefined) return refusal('no common transform');
`,
      `    const offered: readonly number[] = this.#config.transforms;
    const transform = request.transforms.find((wanted) => offered.includes(wanted));
    if (transform === undefined) return refusal('no common transform');
    const take = this.#unconfirmed.placeFor(key, request.freshness);
    if (connected === undefined || take === undefined) return refusal('resource limit');
`,
    ],
  },
  {
    id: 'oldest-of-the-block-gives-way',
    roles: ['server', 'relay'],
    does: 'Within a network block it is the oldest that gives way: any one may (section 10.3).',
    touches: ['SRV-27', 'SRV-28', 'SRV-29', 'SRV-31', 'RLY-22', 'RLY-23'],
    file: 'reference/tunnel/admission.ts',
    change: [`return fullest[this.#random(fullest.length)];`, `return fullest[0];`],
  },
  {
    id: 'freshness-of-another-unit',
    roles: ['client'],
    does: 'Freshness counts quarters of a microsecond: only its order means something (section 5.2).',
    touches: ['REQ-18', 'REQ-19'],
    file: 'reference/tunnel/client/freshness.ts',
    change: [`BigInt(Date.now()) * 1_000n`, `BigInt(Date.now()) * 4_000n`],
  },
  {
    id: 'dns-servers-on-connected-subnets-refused',
    roles: ['client'],
    does: 'A DNS server on a subnet to which its machine is connected is refused: either is allowed (section 11).',
    touches: ['CD-17', 'ADP-19', 'ND-06', 'ND-09', 'DHCP-09', 'DHCP-18'],
    file: 'reference/tunnel/client/acceptance.ts',
    change: [
      'return faultOfHost(server);',
      'return faultOfHost(server) ?? faultOfSubnet(hostPrefix(server), this.#connected);',
    ],
  },
  {
    id: 'lockdown-of-former-client-data-too',
    roles: ['client'],
    does: 'Its lockdown goes on holding for what former client data named (section 11.1).',
    touches: ['LOCK'],
    file: 'reference/tunnel/client/client.ts',
    change: [
      'carried: reachableBy(settings),',
      // In a family in which the tunnel carries nothing any more, everything stays closed (LOCK-02).
      `carried: (globalThis.carried = [...(globalThis.carried ?? []), ...reachableBy(settings)]).filter((one) =>
        reachableBy(settings).some((other) => one.address.includes(':') === other.address.includes(':')),
      ),`,
    ],
  },
];
