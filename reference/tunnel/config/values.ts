/**
 * The values that configuration files share: each with its remedy in the error, and its pattern in the JSON Schema. What
 * they yield is what the program uses: octets, prefixes, numbers of the protocol.
 */
import { decodeKey } from '../../crypto/identity.ts';
import { wordAt } from '../../octets.ts';
import { addressFamily, addressOctets, addressText, ipv4Octets } from '../../packets/addresses.ts';
import { physicalOctets } from '../../packets/physical.ts';
import { bitsOf, type Prefix, parsePrefix } from '../../packets/prefix.ts';
import { Suite, suiteNames, Transform, transformNames } from '../../wire/identifiers.ts';
import type { Endpoint } from '../transport.ts';
import { type Bounds, boolean, listOf, matching, oneOf, type Schema, wholeNumber } from './schema.ts';

/** Quotes what the user wrote, so that an error shows it as it stands. */
const quote = (input: unknown): string => JSON.stringify(input) ?? 'undefined';

/** A fault's message: the value is wrong, and this is what to write instead. */
const mustBe =
  (expected: string) =>
  (input: unknown): string =>
    input === undefined ? `is missing: write ${expected}` : `${quote(input)} is not ${expected}`;

const nameRemedy =
  'names are lower-case letters, digits, hyphens, underscores and dots, 1 to 253 octets, and may end in a port ":1" to ":65535"';

const nameFaults: readonly (readonly [RegExp, string])[] = [
  [/[A-Z]/, 'has an upper-case letter'],
  [/^(:|$)/, 'is empty'],
  [/\.(:|$)/, 'ends in a dot'],
  [/:(?![1-9]\d{0,4}$)/, 'has a port that is not a number from 1 to 65535 without leading zero'],
  [/[^a-z0-9._:-]/, 'has the character'],
  [/^[^:]{254}/, 'is longer than 253 octets'],
  [/^\.|\.\./, 'has an empty label'],
  [/./, 'has a port above 65535'],
];

function faultOfName(input: unknown): string {
  if (input === undefined) return `is missing: ${nameRemedy}`;
  if (typeof input !== 'string') return `${quote(input)} is not a string: ${nameRemedy}`;
  const [pattern, fault] = nameFaults.find(([one]) => one.test(input))!;
  const which = fault.endsWith('character') ? ` ${quote(pattern.exec(input)?.[0])}` : '';
  return `${quote(input)} ${fault}${which}: ${nameRemedy}`;
}

const port = '(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';
const host = '(?=[^:]{1,253}(?::|$))[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*';

/** A node name as the RELAY frame carries it, `host[:port]` ([EP] fig. 6, 112). */
export const nodeName = matching(new RegExp(`^${host}(?::${port})?$`), faultOfName).describe(
  `A node name, optionally with a port: ${nameRemedy}.`,
);

/** A node name without port: what a node is called, as opposed to where it is reached. */
export const bareName = matching(new RegExp(`^${host}$`), (input) =>
  typeof input === 'string' && /:[1-9]\d*$/.test(input)
    ? `${quote(input)} has a port: leave it out, a node finds itself by name alone`
    : faultOfName(input),
).describe('A node name without port.');

/** Who asks for a tunnel, 1 to 255 printable ASCII characters ([EP] fig. 7, 126). */
export const initiatorName = matching(
  /^[\x20-\x7e]{1,255}$/,
  mustBe('the name of a user or a host, 1 to 255 printable ASCII characters, such as "alice"'),
)
  .check(
    (name) => addressFamily(name) === 0,
    (name) => `${quote(name)} is an address: name a user or a host, which stays the same wherever it connects from`,
  )
  .describe('The name of a user or host, 1 to 255 printable ASCII characters, never an address.');

/** Quotes nothing of the input: it may be a private key. */
const keyFault = (remedy: string) => (input: unknown) =>
  `is ${input === undefined ? 'missing' : 'not a key'}: write ${remedy}`;
/** Yields 32 octets. */
const key = (remedy: string) => matching(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, keyFault(remedy)).map(decodeKey);

export const publicKey = key('32 octets in base64 (44 characters), as "pna keygen" prints it').describe(
  'An X25519 public key, 32 octets in base64.',
);
export const privateKey = key('32 octets in base64 (44 characters), as "pna keygen --output FILE" writes it').describe(
  'An X25519 private key, 32 octets in base64. A file of its own (privateKeyFile) keeps it out of copies of this one.',
);

export const suite = oneOf(suiteNames, mustBe('a suite: "hybrid" or "x25519"'))
  .map((name) => Suite[name])
  .describe('The key exchange: "hybrid" is X25519 with ML-KEM-768, "x25519" the former alone.');

const transform = oneOf(transformNames, mustBe(`a transform: one of ${transformNames.join(', ')}`)).map(
  (name) => Transform[name],
);
/** Aes256cbc-hmacsha256 is left out by default: its initialization vector is predictable. */
export const transforms = listOf(transform, mustBe('a list of transforms, such as ["aes256gcm"]'), {
  atLeast: [1, 'is empty: name at least one transform, such as "aes256gcm"'],
})
  .check((list) => new Set(list).size === list.length, 'names a transform twice: each stands once, the preferred first')
  .default(['aes256gcm', 'chacha20poly1305', 'aes256ctr-hmacsha256'])
  .describe('Transforms of DATA frames, the preferred first.');

/** A string of a pattern. */
export const text = (pattern: string, expected: string) => matching(new RegExp(`^${pattern}$`), mustBe(expected));

const ipv4Octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = `${ipv4Octet}(?:\\.${ipv4Octet}){3}`;
const canonical = (address: string): string => addressText(addressOctets(address));

/** Canonical text, as all addresses are once they have been read. */
export const ipv4Address = text(ipv4, 'an IPv4 address, such as "10.8.0.10"');
const anAddress = 'an address, such as "10.9.0.53" or "fd00:9::53"';
export const anyAddress = text('[0-9a-f.:]+', anAddress)
  .check((address) => addressFamily(address) !== 0, mustBe(anAddress))
  .map(canonical);

/** A prefix of one of these families. The pattern is for the JSON Schema; `addressFamily` decides. */
const prefixOf = (families: readonly number[], expected: string) =>
  text('[0-9a-f.:]+/\\d{1,3}', expected)
    .check(
      (prefix) => families.includes(addressFamily(prefix.replace(/\/.*/, ''))) && hasValidLength(parsePrefix(prefix)),
      mustBe(expected),
    )
    .map(canonicalPrefix);
const hasValidLength = ({ address, length }: Prefix): boolean => length <= bitsOf(address);
function canonicalPrefix(prefix: string): Prefix {
  const { address, length } = parsePrefix(prefix);
  return { address: canonical(address), length };
}

export const ipv4Prefix = text(`${ipv4}/(?:3[0-2]|[12]?\\d)`, 'an IPv4 prefix, such as "10.9.0.0/24"').map(parsePrefix);
export const ipv6Prefix = prefixOf([6], 'an IPv6 address with a prefix length, such as "fd00:8::1/48"');
export const anyPrefix = prefixOf([4, 6], 'a prefix, such as "10.9.0.0/24" or "fd00::/64"');

/** The ends of a range of addresses, both in it. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
}
const asNumber = (address: string): number => wordAt(ipv4Octets(address), 0);
export const ipv4Range = text(`${ipv4}-${ipv4}`, 'a range of IPv4 addresses, such as "10.8.0.10-10.8.0.99"')
  .map((range): AddressRange => {
    const [first = '', last = ''] = range.split('-');
    return { first, last };
  })
  .check(
    ({ first, last }) => asNumber(first) <= asNumber(last),
    ({ first, last }) => `"${first}-${last}" ends before it begins: write the lower address first`,
  );

/** Port 0 lets the system choose; the ready line says which. */
export const listen = text(
  `(?:${ipv4}|\\[[0-9a-f:.]+\\]):(?:0|${port})`,
  'an address and a port, such as "0.0.0.0:3265" or "[::]:3265"',
)
  .map((where): Endpoint => {
    const colon = where.lastIndexOf(':');
    return { address: where.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(where.slice(colon + 1)) };
  })
  .describe('Where to accept connections: address and port; port 0 lets the system choose.');

/** Locally administered unicast: the two low bits of the first octet are 10. Yields 6 octets. */
export const physicalAddress = text(
  '[0-9a-f][26ae](?::[0-9a-f]{2}){5}',
  'a locally administered unicast address in lower case, such as "02:50:4e:41:00:01" (the second digit is 2, 6, a or e)',
).map(physicalOctets);

export const interfaceName = text(
  '[A-Za-z0-9_.-]{1,15}',
  'a name for an interface: 1 to 15 letters, digits, "_", "." or "-"',
);

export const count = (lowest: number, highest: number) =>
  wholeNumber(lowest, highest, mustBe(`a whole number from ${lowest} to ${highest}`));

export const flag = boolean(mustBe('true or false'));

/** A list, empty or not unless it has bounds. */
export const list = <Item>(item: Schema<Item>, expected: string, bounds?: Bounds) =>
  listOf(item, mustBe(expected), bounds);
