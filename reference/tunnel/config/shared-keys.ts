/** The keys that the configuration files of several roles have in common. */
import * as v from 'valibot';
import { defaultTimers, type TimerName, type Timers } from '../../machines/timers.ts';
import { DataOption, dataOptionNames } from '../../wire/identifiers.ts';
import { described, inspect, strict } from './shapes.ts';
import { count, list, privateKey, text } from './values.ts';

/** Other timers of 0 would run out again and again at once. A server may refuse, or end a key, without delay. */
const mayBeZero: readonly string[] = ['refusalDelay', 'expiryGrace'] satisfies TimerName[];
const timer = (name: string) => v.exactOptional(count(mayBeZero.includes(name) ? 0 : 1, 86_400_000));
type TimerKeys = Record<TimerName, ReturnType<typeof timer>>;

/** Yields all timers: those that the file does not name have their defaults. */
export const timers = v.pipe(
  v.optional(
    described(
      strict(Object.fromEntries(Object.keys(defaultTimers).map((name) => [name, timer(name)])) as TimerKeys),
      'Milliseconds; each has a default.',
    ),
    {},
  ),
  v.transform((given): Timers => ({ ...defaultTimers, ...given })),
  inspect(({ backOffMin, backOffMax }, tell) => {
    const message = `${backOffMax} is below backOffMin, which is ${backOffMin}: raise the one or lower the other`;
    if (backOffMax < backOffMin) tell(message, ['backOffMax']);
  }),
);

export const dataPath = v.optional(
  described(
    v.picklist(['auto', 'fast', 'readable'], 'is not "auto", "fast" or "readable"'),
    'fast: a thread seals and opens datagrams, as far as the transform allows it; readable: each by itself; auto: fast where the runtime can.',
  ),
  'auto',
);

/** Yields their bits. */
export const dataOptions = v.pipe(
  v.optional(
    described(
      list(
        v.picklist(dataOptionNames, `is not ${dataOptionNames.map((name) => `"${name}"`).join(' or ')}`),
        'a list of options, such as ["bundle"]',
      ),
      'What DATA frames may have besides lone datagrams, if the other end point wants it too. bundle: datagrams that wait together share a frame. checksum: checksums of TCP and UDP may be left to the other end point; segmentation, beside checksum: so may the cutting of TCP into segments. By default all of them; []: none.',
    ),
    [...dataOptionNames],
  ),
  inspect((names, tell) => {
    if (names.includes('segmentation') && !names.includes('checksum'))
      tell('"segmentation" needs "checksum": name both, or neither', []);
  }),
  v.transform((names) => names.reduce((bits, name) => bits | DataOption[name], 0)),
);

/** Whether an adapter is made that the local stack may leave work to. */
export const offloads = (bits = 0): boolean => (bits & DataOption.checksum) !== 0;

const asBigInt = v.transform((number: number) => BigInt(number));
/**
 * Hard bounds of a key whatever the file says: 2^32 frames, 2^40 octets. An initiator renews a key at 90 % of its bound:
 * with fewer than 10 frames, or less than the longest datagram, it would do nothing else.
 */
export const lifetime = v.optional(
  described(
    strict({
      seconds: v.optional(count(1, 0xffff_ffff), 3600),
      frames: v.optional(v.pipe(count(10, 2 ** 32), asBigInt), 2 ** 32),
      octets: v.optional(v.pipe(count(65_536, 2 ** 40), asBigInt), 2 ** 40),
    }),
    'How long a session key may be used; the lower of both end points counts.',
  ),
  {},
);

const hexadecimal = (pattern: string, expected: string) =>
  v.pipe(
    text(pattern, `${expected} in lower-case hexadecimal`),
    v.transform((hex) => Uint8Array.fromHex(hex)),
  );
const octets = (length: number) => hexadecimal(`[0-9a-f]{${length * 2}}`, `${length} octets`);
const identifier = v.pipe(
  octets(2),
  v.transform(([high = 0, low = 0]) => (high << 8) | low),
);
/** Of values of so many octets each. */
const listOf = (length: number, expected: string) =>
  v.exactOptional(v.pipe(list(octets(length), expected), v.minLength(1, 'is empty: leave it out, or give one')));
export const deterministic = v.exactOptional(
  described(
    strict({
      x25519: listOf(32, 'a list of private keys'),
      kemSeed: listOf(64, 'a list of seeds'),
      kemMessage: listOf(32, 'a list of messages'),
      grease: v.exactOptional(
        strict({
          transform: v.exactOptional(strict({ id: identifier, index: count(0, 15) })),
          tlv: v.exactOptional(strict({ id: identifier, value: hexadecimal('(?:[0-9a-f]{2})*', 'octets') })),
        }),
      ),
      padding: v.exactOptional(count(0, 255)),
      freshness: v.exactOptional(v.pipe(count(1, Number.MAX_SAFE_INTEGER), asBigInt)),
    }),
    'For tests only: what is otherwise random. Refused unless PNA_INSECURE_DETERMINISTIC=1.',
  ),
);

const notAFile = 'is not the name of a file';
export const keys = {
  privateKey: v.exactOptional(privateKey),
  privateKeyFile: v.exactOptional(v.pipe(v.string(notAFile), v.minLength(1, notAFile))),
};
/** Refuses a configuration with both keys, or with none of them. */
export const oneKey = <Config extends { readonly privateKey?: unknown; readonly privateKeyFile?: unknown }>() =>
  inspect<Config>(({ privateKey, privateKeyFile }, tell) => {
    if ((privateKey === undefined) === (privateKeyFile === undefined))
      tell('needs either "privateKey" or "privateKeyFile": make one with "pna keygen --output FILE"', [
        'privateKeyFile',
      ]);
  });

export const user = v.exactOptional(
  described(
    text('[a-z_][a-z0-9_.-]{0,31}', 'the name of a user, such as "pna"'),
    'The user that the process becomes once it has opened what needs root; by default "pna", or "nobody" where there is none.',
  ),
);

export const $schema = v.exactOptional(
  described(v.string('is not a string'), 'Where editors find this schema; ignored.'),
);
