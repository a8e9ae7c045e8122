/** The keys that the configuration files of several roles have in common. */
import { z } from 'zod';
import { defaultTimers, type TimerName, type Timers } from '../../machines/timers.ts';
import { count, list, privateKey, strict, text } from './values.ts';

/** Other timers of 0 would run out again and again at once. A server may refuse, or end a key, without delay. */
const mayBeZero: readonly string[] = ['refusalDelay', 'expiryGrace'] satisfies TimerName[];
const timer = (name: string) => count(mayBeZero.includes(name) ? 0 : 1, 86_400_000).exactOptional();
type TimerKeys = Record<TimerName, ReturnType<typeof timer>>;

/** Yields all timers: those that the file does not name have their defaults. */
export const timers = strict(
  Object.fromEntries(Object.keys(defaultTimers).map((name) => [name, timer(name)])) as TimerKeys,
)
  .optional()
  .transform((given): Timers => ({ ...defaultTimers, ...given }))
  .superRefine(({ backOffMin, backOffMax }, context) => {
    const message = `${backOffMax} is below backOffMin, which is ${backOffMin}: raise the one or lower the other`;
    if (backOffMax < backOffMin) context.addIssue({ code: 'custom', path: ['backOffMax'], message });
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
    .transform(BigInt),
  octets: count(65_536, 2 ** 40)
    .default(2 ** 40)
    .transform(BigInt),
})
  .prefault({})
  .describe('How long a session key may be used; the lower of both end points counts.');

const hexadecimal = (pattern: string, expected: string) =>
  text(pattern, `${expected} in lower-case hexadecimal`).transform((hex) => Uint8Array.fromHex(hex));
const octets = (length: number) => hexadecimal(`[0-9a-f]{${length * 2}}`, `${length} octets`);
const identifier = octets(2).transform(([high = 0, low = 0]) => (high << 8) | low);
export const deterministic = strict({
  x25519: list(octets(32), 'a list of private keys').min(1).exactOptional(),
  kemSeed: list(octets(64), 'a list of seeds').min(1).exactOptional(),
  kemMessage: list(octets(32), 'a list of messages').min(1).exactOptional(),
  grease: strict({
    transform: strict({ id: identifier, index: count(0, 15) }).exactOptional(),
    tlv: strict({ id: identifier, value: hexadecimal('(?:[0-9a-f]{2})*', 'octets') }).exactOptional(),
  }).exactOptional(),
  padding: count(0, 255).exactOptional(),
  freshness: count(1, Number.MAX_SAFE_INTEGER).transform(BigInt).exactOptional(),
})
  .optional()
  .describe('For tests only: what is otherwise random. Refused unless PNA_INSECURE_DETERMINISTIC=1.');

export const keys = { privateKey: privateKey.optional(), privateKeyFile: z.string().min(1).optional() };
export const oneKey = (config: { privateKey?: unknown; privateKeyFile?: unknown }): boolean =>
  (config.privateKey === undefined) !== (config.privateKeyFile === undefined);
export const oneKeyError = {
  error: 'needs either "privateKey" or "privateKeyFile": make one with "pna keygen --output FILE"',
  path: ['privateKeyFile'],
};

export const $schema = z.string().optional().describe('Where editors find this schema; ignored.');
