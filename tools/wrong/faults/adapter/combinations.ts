/** Initiators that are right about each of several things, and wrong where they meet: families, routes, prefixes, lockdown. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source, not templates
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const client = 'reference/tunnel/client/client.ts';

const routes: readonly Fault[] = [
  ...inModule('reference/linux/routing/routes.ts', ['client'], {
    'routes-inside-others-left-out': [
      'ADP-11',
      'A route that lies inside another of the client data is not laid.',
      'for (const route of [...own, ...routes]) {',
      `const inside = (one, other) => isIpv6(one.address) === isIpv6(other.address) && other.length > 0 && other.length < one.length && contains(other, one);
      for (const route of [...own, ...routes.filter((one) => !routes.some((other) => inside(one, other)))]) {`,
    ],
  }),
  ...inModule('reference/tunnel/client/acceptance.ts', ['client'], {
    'routes-to-one-address-left-out': [
      'ADP-11',
      'A route to a single address is not accepted.',
      '    const { prefixes, defaultRoute } = this.#accept;\n',
      "    const { prefixes, defaultRoute } = this.#accept;\n    if (prefix.length === (prefix.address.includes(':') ? 128 : 32)) return 'a single address';\n",
    ],
    'family-without-accepted-prefixes-open': [
      'ADP-17',
      'Where the user accepts prefixes of one family, every route of the other is installed; so is each where the list is empty.',
      'if (!prefixes.some((outer) => contains(outer, prefix)))',
      `const same = (outer) => outer.address.includes(':') === prefix.address.includes(':');
    if (prefixes.some(same) && !prefixes.some((outer) => contains(outer, prefix)))`,
    ],
    'no-accepted-prefixes-means-all': [
      'ADP-17',
      'Where the list of prefixes that the user accepts is empty, every route is installed.',
      'if (!prefixes.some((outer) => contains(outer, prefix)))',
      'if (prefixes.length > 0 && !prefixes.some((outer) => contains(outer, prefix)))',
    ],
  }),
  ...inModule('reference/wire/network-settings.ts', ['client'], {
    'no-route-no-tunnel': [
      'CD-02 CD-06 ADP-02',
      'Client data without option 121 are a protocol error.',
      '  const stray =',
      "  if (routes.length === 0) throw new Malformed('client data: no route');\n  const stray =",
    ],
  }),
];

const lans: readonly Fault[] = [
  ...inModule('reference/tunnel/client/reception.ts', ['client'], {
    'ends-of-a-lan-of-two-are-nobody': [
      'ADP-34 ADP-36 ADP-25',
      'In a virtual LAN of prefix length 31 both addresses are taken for its ends: nothing from the server reaches the stack.',
      'lan.length > 30 ? []',
      'lan.length > 31 ? []',
    ],
  }),
];

const locked: readonly Fault[] = [
  ...ofSeveral({
    'lockdown-by-what-is-offered': [
      'LOCK-02',
      'client',
      'A lockdown takes a family for carried that its user refuses: the rest of this family stays open.',
      [
        'reference/tunnel/client/client-adapter.ts',
        '    const { accepted, refused } = judge(',
        '    this.offered = toNetworkSettings(clientData);\n    const { accepted, refused } = judge(',
      ],
      [client, 'this.#imposing = this.#impose(settings);', 'this.#imposing = this.#impose(this.#adapter.offered);'],
    ],
    'lockdown-of-the-first-session-alone': [
      'LOCK-01 LOCK-05',
      'client',
      'After End Session and another command to connect there is no lockdown.',
      [
        client,
        'if (lockdown === undefined || this.#lockdown === undefined) return;',
        'if (lockdown === undefined || this.#lockdown === undefined || this.lifted) return;',
      ],
      [client, '    await this.#lockdown?.lift();\n', '    await this.#lockdown?.lift();\n    this.lifted = true;\n'],
    ],
  }),
  ...inModule('reference/linux/lockdown.ts', ['client'], {
    'lockdown-of-default-routes-in-ipv4-alone': [
      'LOCK-01',
      'A lockdown does not hold for a default route in IPv6.',
      'const inside = carried.some(({ address }) => isIpv6(address)) ? carried :',
      'const inside = carried.some(({ address }) => isIpv6(address)) ? carried.filter(({ address, length }) => length > 0 || !isIpv6(address)) :',
    ],
    'lockdown-of-the-families-of-the-first': [
      'LOCK-06 LOCK-02',
      'IPv6 stays open where a former tunnel carried it and the present one does not.',
      'const inside = carried.some(({ address }) => isIpv6(address)) ?',
      'const inside = (this.six ||= carried.some(({ address }) => isIpv6(address))) ?',
    ],
  }),
];

export const combinations: readonly Fault[] = [...routes, ...lans, ...locked];
