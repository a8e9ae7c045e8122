/** The keys that the configuration files of several roles have in common. */
import { defaultTimers, type TimerName, type Timers } from '../../machines/timers.ts';
import { strict, string } from './schema.ts';
import { count, list, privateKey, text } from './values.ts';

/** Other timers of 0 would run out again and again at once. A server may refuse, or end a key, without delay. */
const mayBeZero: readonly string[] = ['refusalDelay', 'expiryGrace'] satisfies TimerName[];
const timer = (name: string) => count(mayBeZero.includes(name) ? 0 : 1, 86_400_000).optional();
type TimerKeys = Record<TimerName, ReturnType<typeof timer>>;

/** Yields all timers: those that the file does not name have their defaults. */
export const timers = strict(
  Object.fromEntries(Object.keys(defaultTimers).map((name) => [name, timer(name)])) as TimerKeys,
)
  .optional()
  .map((given): Timers => ({ ...defaultTimers, ...given }))
  .inspect(({ backOffMin, backOffMax }, tell) => {
    const message = `${backOffMax} is below backOffMin, which is ${backOffMin}: raise the one or lower the other`;
    if (backOffMax < backOffMin) tell(message, ['backOffMax']);
  })
  .describe('Milliseconds; each has a default.');

/**
 * Hard bounds of a key whatever the file says: 2^32 frames, 2^40 octets. An initiator renews a key at 90 % of its bound:
 * with fewer than 10 frames, or less than the longest datagram, it would do nothing else.
 */
export const lifetime = strict({
  seconds: count(1, 0xffff_ffff).default(3600),
  frames: count(10, 2 ** 32)
    .default(2 ** 32)
    .map(BigInt),
  octets: count(65_536, 2 ** 40)
    .default(2 ** 40)
    .map(BigInt),
})
  .default({})
  .describe('How long a session key may be used; the lower of both end points counts.');

const hexadecimal = (pattern: string, expected: string) =>
  text(pattern, `${expected} in lower-case hexadecimal`).map((hex) => Uint8Array.fromHex(hex));
const octets = (length: number) => hexadecimal(`[0-9a-f]{${length * 2}}`, `${length} octets`);
const identifier = octets(2).map(([high = 0, low = 0]) => (high << 8) | low);
export const deterministic = strict({
  x25519: list(octets(32), 'a list of private keys', {
    atLeast: [1, 'is empty: leave it out, or give one'],
  }).optional(),
  kemSeed: list(octets(64), 'a list of seeds', { atLeast: [1, 'is empty: leave it out, or give one'] }).optional(),
  kemMessage: list(octets(32), 'a list of messages', {
    atLeast: [1, 'is empty: leave it out, or give one'],
  }).optional(),
  grease: strict({
    transform: strict({ id: identifier, index: count(0, 15) }).optional(),
    tlv: strict({ id: identifier, value: hexadecimal('(?:[0-9a-f]{2})*', 'octets') }).optional(),
  }).optional(),
  padding: count(0, 255).optional(),
})
  .optional()
  .describe('For tests only: what is otherwise random. Refused unless PNA_INSECURE_DETERMINISTIC=1.');

export const keys = {
  privateKey: privateKey.optional(),
  privateKeyFile: string('is not the name of a file', 1).optional(),
};
export const oneKey = (config: { privateKey?: unknown; privateKeyFile?: unknown }): boolean =>
  (config.privateKey === undefined) !== (config.privateKeyFile === undefined);
export const oneKeyFault = [
  'needs either "privateKey" or "privateKeyFile": make one with "pna keygen --output FILE"',
  ['privateKeyFile'],
] as const;

export const $schema = string('is not a string').optional().describe('Where editors find this schema; ignored.');
