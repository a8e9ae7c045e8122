/**
 * The values that configuration files share: each with its remedy in the error, and its pattern in the JSON Schema. What
 * they yield is what the program uses: octets, prefixes, numbers of the protocol.
 */
import * as v from 'valibot';
import { decodeKey } from '../../crypto/identity.ts';
import { wordAt } from '../../octets.ts';
import { addressFamily, addressOctets, addressText, ipv4Octets } from '../../packets/addresses.ts';
import { physicalOctets } from '../../packets/physical.ts';
import { bitsOf, type Prefix, parsePrefix } from '../../packets/prefix.ts';
import { Suite, suiteNames, Transform, transformNames } from '../../wire/identifiers.ts';
import type { Endpoint } from '../transport.ts';
import { described, matching } from './shapes.ts';

/** Quotes what the user wrote, so that an error shows it as it stands. */
const quote = (input: unknown): string => JSON.stringify(input) ?? 'undefined';

/** A fault's message: the value is wrong, and this is what to write instead. */
const mustBe =
  (expected: string) =>
  ({ input }: { readonly input: unknown }): string =>
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

function faultOfName({ input }: { readonly input: unknown }): string {
  if (input === undefined) return `is missing: ${nameRemedy}`;
  if (typeof input !== 'string') return `${quote(input)} is not a string: ${nameRemedy}`;
  const [pattern, fault] = nameFaults.find(([one]) => one.test(input))!;
  const which = fault.endsWith('character') ? ` ${quote(pattern.exec(input)?.[0])}` : '';
  return `${quote(input)} ${fault}${which}: ${nameRemedy}`;
}

const port = '(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';
const host = '(?=[^:]{1,253}(?::|$))[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*';

/** A node name as the RELAY frame carries it, `host[:port]` ([EP] fig. 6, 112). */
export const nodeName = described(
  matching(new RegExp(`^${host}(?::${port})?$`), faultOfName),
  `A node name, optionally with a port: ${nameRemedy}.`,
);

/** A node name without port: what a node is called, as opposed to where it is reached. */
export const bareName = described(
  matching(new RegExp(`^${host}$`), ({ input }) =>
    typeof input === 'string' && /:[1-9]\d*$/.test(input)
      ? `${quote(input)} has a port: leave it out, a node finds itself by name alone`
      : faultOfName({ input }),
  ),
  'A node name without port.',
);

/** Who asks for a tunnel, 1 to 255 printable ASCII characters ([EP] fig. 7, 126). */
export const initiatorName = v.pipe(
  matching(
    /^[\x20-\x7e]{1,255}$/,
    mustBe('the name of a user or a host, 1 to 255 printable ASCII characters, such as "alice"'),
  ),
  v.check(
    (name) => addressFamily(name) === 0,
    ({ input }) =>
      `${quote(input)} is an address: name a user or a host, which stays the same wherever it connects from`,
  ),
  v.description('The name of a user or host, 1 to 255 printable ASCII characters, never an address.'),
);

/** Quotes nothing of the input: it may be a private key. */
const keyFault =
  (remedy: string) =>
  ({ input }: { readonly input: unknown }): string =>
    `is ${input === undefined ? 'missing' : 'not a key'}: write ${remedy}`;
/** Yields 32 octets. */
const key = (remedy: string, description: string) =>
  v.pipe(
    matching(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, keyFault(remedy)),
    v.description(description),
    v.transform(decodeKey),
  );

export const publicKey = key(
  '32 octets in base64 (44 characters), as "pna keygen" prints it',
  'An X25519 public key, 32 octets in base64.',
);
export const privateKey = key(
  '32 octets in base64 (44 characters), as "pna keygen --output FILE" writes it',
  'An X25519 private key, 32 octets in base64. A file of its own (privateKeyFile) keeps it out of copies of this one.',
);

export const suite = v.pipe(
  v.picklist(suiteNames, mustBe('a suite: "hybrid" or "x25519"')),
  v.description('The key exchange: "hybrid" is X25519 with ML-KEM-768, "x25519" the former alone.'),
  v.transform((name) => Suite[name]),
);

const transform = v.pipe(
  v.picklist(transformNames, mustBe(`a transform: one of ${transformNames.join(', ')}`)),
  v.transform((name) => Transform[name]),
);
/** Left out by default are those of a digest that is of the plaintext and travels in the clear: aes256…-hmacsha256. */
export const transforms = v.optional(
  v.pipe(
    v.array(transform, mustBe('a list of transforms, such as ["aes256gcm"]')),
    v.minLength(1, 'is empty: name at least one transform, such as "aes256gcm"'),
    v.check(
      (list) => new Set(list).size === list.length,
      'names a transform twice: each stands once, the preferred first',
    ),
    v.description('Transforms of DATA frames, the preferred first.'),
  ),
  ['aes256gcm', 'chacha20poly1305'],
);

/** A string of a pattern. */
export const text = (pattern: string, expected: string) => matching(new RegExp(`^${pattern}$`), mustBe(expected));

const ipv4Octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = `${ipv4Octet}(?:\\.${ipv4Octet}){3}`;
const canonical = (address: string): string => addressText(addressOctets(address));

/** Canonical text, as all addresses are once they have been read. */
export const ipv4Address = text(ipv4, 'an IPv4 address, such as "10.8.0.10"');
const anAddress = 'an address, such as "10.9.0.53" or "fd00:9::53"';
export const anyAddress = v.pipe(
  text('[0-9a-f.:]+', anAddress),
  v.check((address) => addressFamily(address) !== 0, mustBe(anAddress)),
  v.transform(canonical),
);

/** A prefix of one of these families. The pattern is for the JSON Schema; `addressFamily` decides. */
const prefixOf = (families: readonly number[], expected: string) =>
  v.pipe(
    text('[0-9a-f.:]+/\\d{1,3}', expected),
    v.check(
      (prefix) => families.includes(addressFamily(prefix.replace(/\/.*/, ''))) && hasValidLength(parsePrefix(prefix)),
      mustBe(expected),
    ),
    v.transform(canonicalPrefix),
  );
const hasValidLength = ({ address, length }: Prefix): boolean => length <= bitsOf(address);
function canonicalPrefix(prefix: string): Prefix {
  const { address, length } = parsePrefix(prefix);
  return { address: canonical(address), length };
}

export const ipv4Prefix = v.pipe(
  text(`${ipv4}/(?:3[0-2]|[12]?\\d)`, 'an IPv4 prefix, such as "10.9.0.0/24"'),
  v.transform(parsePrefix),
);
export const ipv6Prefix = prefixOf([6], 'an IPv6 address with a prefix length, such as "fd00:8::1/48"');
export const anyPrefix = prefixOf([4, 6], 'a prefix, such as "10.9.0.0/24" or "fd00::/64"');

/** The ends of a range of addresses, both in it. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
}
const asNumber = (address: string): number => wordAt(ipv4Octets(address), 0);
export const ipv4Range = v.pipe(
  text(`${ipv4}-${ipv4}`, 'a range of IPv4 addresses, such as "10.8.0.10-10.8.0.99"'),
  v.transform((range): AddressRange => {
    const [first = '', last = ''] = range.split('-');
    return { first, last };
  }),
  v.check(
    ({ first, last }) => asNumber(first) <= asNumber(last),
    ({ input: { first, last } }) => `"${first}-${last}" ends before it begins: write the lower address first`,
  ),
);

/** Port 0 lets the system choose; the ready line says which. */
export const listen = v.pipe(
  text(`(?:${ipv4}|\\[[0-9a-f:.]+\\]):(?:0|${port})`, 'an address and a port, such as "0.0.0.0:3265" or "[::]:3265"'),
  v.description('Where to accept connections: address and port; port 0 lets the system choose.'),
  v.transform((where): Endpoint => {
    const colon = where.lastIndexOf(':');
    return { address: where.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(where.slice(colon + 1)) };
  }),
);

/** Locally administered unicast: the two low bits of the first octet are 10. Yields 6 octets. */
export const physicalAddress = v.pipe(
  text(
    '[0-9a-f][26ae](?::[0-9a-f]{2}){5}',
    'a locally administered unicast address in lower case, such as "02:50:4e:41:00:01" (the second digit is 2, 6, a or e)',
  ),
  v.transform(physicalOctets),
);

export const interfaceName = text(
  '[A-Za-z0-9_.-]{1,15}',
  'a name for an interface: 1 to 15 letters, digits, "_", "." or "-"',
);

/** A whole number, both bounds included. Its error names them. */
export function count(lowest: number, highest: number) {
  const message = mustBe(`a whole number from ${lowest} to ${highest}`);
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(lowest, message), v.maxValue(highest, message));
}

export const flag = v.boolean(mustBe('true or false'));

/** A list, empty or not. */
export const list = <const Item extends v.GenericSchema>(item: Item, expected: string) =>
  v.array(item, mustBe(expected));
