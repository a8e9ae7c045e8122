/** The key schedule and the four transforms, over a whole direction at once: every frame that will ever be sent is known. */

import { cat, hex, type Part, u8, u16, u32, u64, zeros } from './octets.ts';
import { aead, aesCbc, aesCtr, hkdfExpand, hmac } from './primitives.ts';

export const transforms = {
  aes256gcm: 0x0001,
  chacha20poly1305: 0x0002,
  'aes256ctr-hmacsha256': 0x0101,
  'aes256cbc-hmacsha256': 0x0102,
} as const;
export type TransformName = keyof typeof transforms;
export const transformNames = Object.keys(transforms) as TransformName[];
/** Transforms below 0x0100. */
export const isAead = (name: TransformName): boolean => transforms[name] < 0x0100;

export interface Keys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly mac?: Uint8Array;
  readonly close: Uint8Array;
  /** Those of the other direction of the same connection, where the keys are not those of a file. */
  readonly others?: Keys;
}

/** HKDF-Expand-SHA256(k, "PNA/1 " ‖ label ‖ 00 ‖ transform u16 ‖ h, L). */
function derive(k: Uint8Array, label: string, transform: number, h: Uint8Array, length: number): Uint8Array {
  return hkdfExpand(k, cat('PNA/1 ', label, [0], u16(transform), h), length);
}

/** docs/protocol.md, section 7.1. @param k of the direction, 32 octets @param h the handshake's, 32 octets */
export function keysOf(k: Uint8Array, name: TransformName, h: Uint8Array): Keys {
  const transform = transforms[name];
  return {
    key: derive(k, 'key', transform, h, 32),
    iv: derive(k, 'iv', transform, h, isAead(name) ? 12 : 16),
    ...(isAead(name) ? {} : { mac: derive(k, 'mac', transform, h, 32) }),
    close: derive(k, 'close', transform, h, 32),
  };
}

/** Keys as the files write them. */
export const keyTexts = ({ key, iv, mac, close }: Keys): Record<string, string> => ({
  key: hex(key),
  iv: hex(iv),
  ...(mac ? { mac: hex(mac) } : {}),
  close: hex(close),
});

export interface HeaderFields {
  readonly length?: number;
  readonly type?: number;
  readonly version?: number;
  readonly protocol?: number;
  readonly datagramLength?: number;
  readonly flags?: number;
  readonly segmentSize?: number;
  readonly paddingLength?: number;
  readonly digestLength?: number;
}

/** EtherType by the datagram's first nibble; 0 when it is empty. */
function protocolOf(datagram: Uint8Array): number {
  if (datagram.length === 0) return 0;
  return (datagram[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800;
}

/** The 16 octets of [EP] fig. 9, 170 to 186. */
export function dataHeader(
  datagram: Uint8Array,
  padding: number,
  digestLength: number,
  other: HeaderFields = {},
): Uint8Array {
  return cat(
    u32(other.length ?? 16 + digestLength + datagram.length + padding),
    u8(other.type ?? 4),
    u8(other.version ?? 1),
    u16(other.protocol ?? protocolOf(datagram)),
    u16(other.datagramLength ?? datagram.length),
    u16(other.flags ?? 0),
    u16(other.segmentSize ?? 0),
    u8(other.paddingLength ?? padding),
    u8(other.digestLength ?? digestLength),
  );
}

export interface Plain {
  readonly datagram: Uint8Array;
  /** Zero octets to add (AEAD only: 0x0102 pads to its block). */
  readonly padding?: number;
  /** Header fields that lie; an AEAD authenticates the lie. */
  readonly header?: HeaderFields;
  /** What stands in place of the zeros. */
  readonly paddingOctets?: Part;
  /** What the digest of 0x01xx is over in place of the datagram. */
  readonly digested?: Uint8Array;
  /** n, where it is not the frame's place. */
  readonly n?: number | bigint;
}

const xor = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  left.map((octet, index) => octet ^ (right[index] ?? 0));

/** The DATA frames of one direction of one tunnel connection, in order. */
export function seal(name: TransformName, keys: Keys, frames: readonly Plain[]): Uint8Array[] {
  if (isAead(name)) return frames.map((frame, index) => sealAead(name, keys, frame, frame.n ?? index));
  const mac = keys.mac ?? zeros(0);
  const padded = frames.map(({ datagram, padding, paddingOctets }) => {
    const block = name === 'aes256cbc-hmacsha256' ? -datagram.length & 15 : 0;
    return cat(datagram, paddingOctets ?? zeros(padding ?? block));
  });
  const all = cat(...padded);
  const encrypted = name === 'aes256ctr-hmacsha256' ? aesCtr(keys.key, keys.iv, all) : aesCbc(keys.key, keys.iv, all);
  let at = 0;
  return frames.map(({ datagram, digested, header, n }, index) => {
    const length = padded[index]?.length ?? 0;
    const c = encrypted.slice(at, at + length);
    at += length;
    const digest = hmac(mac, cat(digested ?? datagram, u64(n ?? index)));
    return cat(dataHeader(datagram, length - datagram.length, 32, header), digest, c);
  });
}

function sealAead(name: TransformName, keys: Keys, frame: Plain, n: number | bigint): Uint8Array {
  const { datagram, padding = 0 } = frame;
  const header = dataHeader(datagram, padding, 16, frame.header);
  const nonce = xor(keys.iv, cat(zeros(4), u64(n)));
  const cipher = name === 'aes256gcm' ? 'aes-256-gcm' : 'chacha20-poly1305';
  const sealed = aead(cipher, keys.key, nonce, header, cat(datagram, frame.paddingOctets ?? zeros(padding)));
  return cat(header, sealed.slice(-16), sealed.slice(0, -16));
}

/** [EP] fig. 10, 40 octets: the frame that ends a keyed direction after `n` DATA frames. */
export function keyedClose(key: Uint8Array, status: number, n: number | bigint): Uint8Array {
  const header = cat(u32(40), [5, 1], u16(status));
  return cat(header, hmac(key, cat(header, u64(n))));
}
