/** IPv4 addresses as text and as octets. */
import { Misuse } from '../errors.ts';

/** "10.8.0.1" for 4 octets. */
export const ipv4Text = (octets: Uint8Array): string => octets.join('.');

/** 4 octets for "10.8.0.1". @throws Misuse when the text is no dotted quad */
export function ipv4Octets(text: string): Uint8Array {
  const parts = text.split('.');
  const octets = parts.map(Number);
  const wrong = octets.some((octet, index) => !(octet >= 0 && octet <= 255) || String(octet) !== parts[index]);
  if (parts.length !== 4 || wrong) throw new Misuse(`${JSON.stringify(text)} is no IPv4 address`);
  return Uint8Array.from(octets);
}
