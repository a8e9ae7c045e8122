/** The shape of iut.json. Each fault says what to write instead, as those of the configuration files do. */
import * as v from 'valibot';
import { described, inspect, type Message, strict } from '../../../reference/tunnel/config/shapes.ts';
import { suggestion } from './nearest.ts';

/** Roles of the seed's figs. 11 to 13; `client` is the tunnel initiator with its adapter. */
export const roles = ['client', 'server', 'relay'] as const;

/** Capabilities besides key exchanges and transforms. Scenarios that need one carry the tag `@needs:NAME`. */
export const capabilities = {
  adapter: 'makes a Linux network device that hosts use; without it only what is on the wire is tested',
  dhcp: 'answers DHCP on the device',
  arp: 'answers ARP on the device',
  ipv6: "carries IPv6 and answers neighbour discovery, this also where the node's kernel has IPv6 off",
  routes: 'installs the routes of the client data itself',
  lockdown:
    'at a client: keeps inside the tunnel what belongs there where the configuration says so, also after its end',
  reconnect: 'connects again when a key expires or the network fails',
  timers: 'takes the timers of the configuration, in milliseconds',
  lifetimes: 'takes bounds on frames, octets and seconds of a key from the configuration',
  limits: 'takes limits on half-open connections from the configuration',
  'client-to-client': 'at a server: passes datagrams between tunnel clients where the configuration says so',
  bundles: 'at an end point: asks for DATA option bit 3, or selects it, where the configuration says so',
  offload: 'at an end point: asks for DATA option bits 0 and 1, or selects them, where the configuration says so',
  services: 'at a relay: looks up SRV records for the last node of a path',
  groups:
    "at a server: shares the map of addresses with the other members of its group, and draws its clients' traffic",
  deterministic: 'takes everything random from the configuration',
  keylog: 'writes keys.log into the output folder',
  trace: 'writes trace.ndjson into the output folder',
} as const;
export type Capability = keyof typeof capabilities;

export const suites = ['x25519', 'hybrid'] as const;
export const transforms = ['aes256gcm', 'chacha20poly1305', 'aes256ctr-hmacsha256', 'aes256cbc-hmacsha256'] as const;

const quote = (input: unknown): string => JSON.stringify(input) ?? 'undefined';

/** The value is wrong, or missing, and this is what to write. */
const mustBe =
  (expected: string): Message =>
  ({ input }) =>
    input === undefined ? `is missing: write ${expected}` : `${quote(input)} is not ${expected}`;

/** A word of a list of known ones. */
const word = <const Words extends readonly string[]>(what: string, words: Words) =>
  v.picklist(
    words,
    ({ input }) =>
      `${quote(input)} is no ${what}${suggestion(String(input), words) || `: write one of ${words.join(', ')}`}`,
  );

/** A list of known words without one twice. @param minimum the word that every implementation has */
const words = <const Words extends readonly string[]>(what: string, known: Words, minimum?: Words[number]) =>
  v.pipe(
    v.array(word(what, known), mustBe(`a list of ${what} names, such as ["${minimum ?? known[0]}"]`)),
    inspect<Words[number][]>((list, tell) => {
      const twice = list.find((one, index) => list.indexOf(one) !== index);
      if (twice !== undefined) tell(`names "${twice}" twice: each stands once`);
      if (minimum !== undefined && !list.includes(minimum))
        tell(`lacks "${minimum}", the minimum: every implementation has it`);
    }),
  );

const text = (expected: string) => v.string(mustBe(expected));

const argv = v.pipe(
  v.array(text('a word of the command line'), mustBe('the program and its arguments: ["./acme-tunneld", "{config}"]')),
  v.minLength(1, 'is empty: name the program, then its arguments'),
  inspect<string[]>((list, tell) => {
    if (list.some((one) => one.includes('{config}'))) return undefined;
    const strange = list.flatMap((one) => one.match(/\{\w*\}/g) ?? []).find((one) => suggestion(one, ['{config}']));
    const wrong = strange === undefined ? '' : `, and ${quote(strange)} is not replaced`;
    return tell(`has no "{config}"${wrong}: write it where the path of the configuration belongs`);
  }),
  v.description(
    'Program and arguments; {config}, {output} and {role} are replaced. A relative program counts from the folder of this file.',
  ),
);

const start = strict({
  argv,
  env: v.optional(
    described(
      v.record(v.string(), text('a string'), mustBe('an object of strings: {"ACME_LOG": "debug"}')),
      'Environment besides that of the suite.',
    ),
  ),
});
const startKeys = Object.keys(start.entries);

const shape = strict({
  $schema: v.optional(v.string()),
  name: described(
    v.pipe(text('name and version of the implementation'), v.minLength(1, 'is empty: write name and version')),
    'Name and version, for the report.',
  ),
  revision: described(v.literal(1, mustBe('1, the revision of docs/protocol.md')), 'Revision of docs/protocol.md.'),
  roles: v.pipe(
    strict({ client: v.optional(start), server: v.optional(start), relay: v.optional(start) }),
    v.check(
      (some) => Object.keys(some).length > 0,
      'is empty: declare at least one of client, server, relay, such as {"server": {"argv": ["./acme-tunneld", "{config}"]}}',
    ),
  ),
  suites: v.optional(described(words('suite', suites, 'x25519'), 'Key exchanges; x25519 is the minimum.'), ['x25519']),
  transforms: v.optional(
    described(
      words('transform', transforms, 'chacha20poly1305'),
      'Transforms in order of preference; chacha20poly1305 is the minimum.',
    ),
    ['chacha20poly1305'],
  ),
  capabilities: v.optional(words('capability', Object.keys(capabilities) as [Capability, ...Capability[]]), []),
});

export const declaration = shape;

/** The keys that an object at a place of iut.json may have. */
export const keysAt = ([first, second]: readonly (string | number)[]): readonly string[] =>
  second !== undefined ? startKeys : first === 'roles' ? roles : Object.keys(shape.entries);
