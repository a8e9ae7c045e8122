/** Whether a text tells a secret, in whatever way programs write octets down. */
import { reveals } from './plaintext-search.ts';

/** Octets of a secret in a row that tell it. */
const window = 8;

/**
 * Raw, hexadecimal in any grouping, base64 at any place, or as decimal numbers.
 * @param secret 16 octets at least
 * @returns how it is written, or nothing
 */
export function disclosed(octets: Uint8Array, secret: Uint8Array): string | undefined {
  if (reveals(octets, secret, 2 * window)) return 'as it is';
  const text = Buffer.from(octets).toString('latin1');
  const windows = Array.from({ length: secret.length - window + 1 }, (_, at) => secret.subarray(at, at + window));
  // By line, and all lines as one: a dump has offsets before its lines, or none.
  const digits = text
    .toLowerCase()
    .replaceAll(/\\u00|\\x|0x/g, '')
    .split('\n')
    .map((line) => line.replaceAll(/[^0-9a-f]/g, ''));
  const hexadecimal = `${digits.join('\n')}\n${digits.join('')}`;
  if (windows.some((part) => hexadecimal.includes(part.toHex()))) return 'in hexadecimal';
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
  for (let at = 0; at + 12 <= secret.length; at++)
    if (base64.includes(secret.subarray(at, at + 12).toBase64())) return 'in base64';
  const numbers = `,${(text.match(/\d+/g) ?? []).join()},`;
  if (windows.some((part) => numbers.includes(`,${[...part].join()},`))) return 'in decimal';
  return undefined;
}
