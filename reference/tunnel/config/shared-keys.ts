/** The keys that the configuration files of several roles have in common. */
import { z } from 'zod';
import { count, list, privateKey, strict, text } from './values.ts';

const timerNames = [
  'tcpOpen',
  'responseWait',
  'receiveRelay',
  'connectWait',
  'forwardConnect',
  'refusalDelay',
  'confirmation',
  'keepAlive',
  'silence',
  'dying',
  'stalledFrame',
  'backOffMin',
  'backOffMax',
  'expiryGrace',
] as const;
const milliseconds = count(0, 86_400_000).optional();
export const timers = strict(
  Object.fromEntries(timerNames.map((name) => [name, milliseconds])) as Record<
    (typeof timerNames)[number],
    typeof milliseconds
  >,
)
  .optional()
  .describe('Milliseconds; each has a default.');

/** Hard bounds of a key whatever the file says: 2^32 frames, 2^40 octets. */
export const lifetime = strict({
  seconds: count(1, 0xffff_ffff).default(3600),
  frames: count(1, 2 ** 32).default(2 ** 32),
  octets: count(1, 2 ** 40).default(2 ** 40),
})
  .prefault({})
  .describe('How long a session key may be used; the lower of both end points counts.');

const octets = (length: number) => text(`[0-9a-f]{${length * 2}}`, `${length} octets in lower-case hexadecimal`);
export const deterministic = strict({
  x25519: list(octets(32), 'a list of private keys').min(1).optional(),
  kemSeed: list(octets(64), 'a list of seeds').min(1).optional(),
  kemMessage: list(octets(32), 'a list of messages').min(1).optional(),
  grease: strict({
    transform: strict({ id: octets(2), index: count(0, 15) }).optional(),
    tlv: strict({ id: octets(2), value: text('(?:[0-9a-f]{2})*', 'octets in lower-case hexadecimal') }).optional(),
  }).optional(),
  padding: count(0, 255).optional(),
})
  .optional()
  .describe('For tests only: what is otherwise random. Refused unless PNA_INSECURE_DETERMINISTIC=1.');

export const keys = { privateKey: privateKey.optional(), privateKeyFile: z.string().min(1).optional() };
export const oneKey = (config: { privateKey?: string | undefined; privateKeyFile?: string | undefined }): boolean =>
  (config.privateKey === undefined) !== (config.privateKeyFile === undefined);
export const oneKeyError = {
  error: 'needs either "privateKey" or "privateKeyFile": make one with "pna keygen --output FILE"',
  path: ['privateKeyFile'],
};

export const $schema = z.string().optional().describe('Where editors find this schema; ignored.');
