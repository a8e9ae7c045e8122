/** Physical addresses: 6 octets in a packet, "06:50:4e:41:43:00" where a person reads them. */
import { Misuse } from '../errors.ts';

/** 6 octets. @throws Misuse when the text is no physical address */
export function physicalOctets(text: string): Uint8Array {
  if (!/^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/.test(text))
    throw new Misuse(`${JSON.stringify(text)} is no physical address`);
  return Uint8Array.fromHex(text.replaceAll(':', ''));
}

/** Lower case, with colons. */
export const physicalText = (octets: Uint8Array): string => octets.toHex().replace(/..(?=.)/g, '$&:');
