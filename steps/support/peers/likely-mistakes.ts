/**
 * Why what an implementation sealed does not open: the mistakes that readers of docs/protocol.md make in sections 5.4 and 7
 * are tried, one at a time. What opens then tells its author where to look. The verdict is there before.
 */
import { ResponderHandshake } from '../../../reference/crypto/handshake.ts';
import {
  aeadOpen,
  constantTimeEqual,
  ctrStream,
  hkdfExpand,
  hmacSha256,
} from '../../../reference/crypto/primitives.ts';
import { systemRandomness } from '../../../reference/crypto/randomness.ts';
import type { Opener } from '../../../reference/crypto/sealing.ts';
import { aeadOf } from '../../../reference/crypto/transforms.ts';
import { IntegrityFailure } from '../../../reference/errors.ts';
import { ascii, concat, u16, u64 } from '../../../reference/octets.ts';
import { dataHeaderLength } from '../../../reference/wire/data.ts';
import { Transform } from '../../../reference/wire/identifiers.ts';
import { prologueOf } from './handshake.ts';

/** What a direction's frames are sealed with. */
interface Sealing {
  readonly transform: number;
  /** From Noise's Split(), 32 octets: that of this direction, and that of the other. */
  readonly k: Uint8Array;
  readonly otherK: Uint8Array;
  readonly handshakeHash: Uint8Array;
}

const none = new Uint8Array();

// REQUEST.

type Prologue = (relay: Uint8Array) => Uint8Array;

const prologues: Readonly<Record<string, Prologue>> = {
  'the prologue is "PNA/1" alone, without the RELAY frame': () => ascii('PNA/1'),
  'the prologue is the RELAY frame alone, without "PNA/1"': (relay) => relay,
  'the prologue has a 0 octet behind "PNA/1"': (relay) => concat(ascii('PNA/1\0'), relay),
  'the prologue has the RELAY frame without its first 6 octets': (relay) => prologueOf(relay.subarray(6)),
  'there is no prologue': () => none,
};

/** Why a REQUEST does not open. @param message its string buffer */
export function mistakeInRequest(
  suite: number,
  relay: Uint8Array,
  staticPrivate: Uint8Array,
  message: Uint8Array,
): string {
  const opens = ([, prologue]: readonly [string, Prologue]): boolean => {
    const options = { suite, prologue: prologue(relay), staticPrivate, randomness: systemRandomness };
    return succeeds(() => new ResponderHandshake(options).readRequest(message));
  };
  return explained(Object.entries(prologues).find(opens)?.[0], ofPrologue);
}

const ofPrologue = 'section 5.3, HS-01';

/**
 * Why a server refuses a right REQUEST: it is asked again under each of those prologues.
 * @param isAnswered whether a REQUEST under that prologue is answered with RESPONSE; it rejects if not
 */
export async function mistakeOfServer(
  isAnswered: (prologue: Prologue) => Promise<unknown>,
): Promise<string | undefined> {
  const asked = Object.entries(prologues).map(async ([says, prologue]) => {
    await isAnswered(prologue);
    return says;
  });
  const mistake = await Promise.any(asked).catch(() => undefined);
  return mistake && `it answers RESPONSE if ${mistake} (${ofPrologue})`;
}

// DATA.

interface Keys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly mac: Uint8Array;
}

type Schedule = (sealing: Sealing, label: string) => readonly [prk: Uint8Array, info: Uint8Array];
const info = (label: string, ...rest: Uint8Array[]): Uint8Array => concat(ascii(`PNA/1 ${label}`), ...rest);
const zero = Uint8Array.of(0);

const schedules: Readonly<Record<string, Schedule>> = {
  'its keys are those of the other direction': ({ otherK, transform, handshakeHash }, label) => [
    otherK,
    info(label, zero, u16(transform), handshakeHash),
  ],
  'the 0 octet behind the label of its keys is missing': ({ k, transform, handshakeHash }, label) => [
    k,
    info(label, u16(transform), handshakeHash),
  ],
  'its keys are derived without the transform': ({ k, handshakeHash }, label) => [k, info(label, zero, handshakeHash)],
  'its keys are derived without h': ({ k, transform }, label) => [k, info(label, zero, u16(transform))],
  'its keys are derived by the whole of HKDF, and not by its Expand alone': (
    { k, transform, handshakeHash },
    label,
  ) => [hmacSha256(new Uint8Array(32), k), info(label, zero, u16(transform), handshakeHash)],
};
const rightSchedule: Schedule = ({ k, transform, handshakeHash }, label) => [
  k,
  info(label, zero, u16(transform), handshakeHash),
];

function keysBy(schedule: Schedule, sealing: Sealing): Keys {
  const derive = (label: string, length: number): Uint8Array => hkdfExpand(...schedule(sealing, label), length);
  return { key: derive('key', 32), iv: derive('iv', aeadOf(sealing.transform) ? 12 : 16), mac: derive('mac', 32) };
}

const little = (n: bigint): Uint8Array => u64(n).toReversed();
/** Other counters; each that would be below 0 is left out. */
const counters: Readonly<Record<string, (n: bigint) => bigint>> = {
  'n is one more': (n) => n + 1n,
  'n is one less: a frame was not counted, or the last one is': (n) => n - 1n,
  'n is 0 for every frame': () => 0n,
};

/** Octets 0 to 15 of a frame, its digest, and what is encrypted. */
interface Parts {
  readonly header: Uint8Array;
  readonly digest: Uint8Array;
  readonly body: Uint8Array;
}

function partsOf(frame: Uint8Array, digestLength: number): Parts {
  const start = dataHeaderLength + digestLength;
  return {
    header: frame.subarray(0, dataHeaderLength),
    digest: frame.subarray(dataHeaderLength, start),
    body: frame.subarray(start),
  };
}

/** How an AEAD frame may have been sealed. */
type Attempt = (parts: Parts, keys: Keys, n: bigint) => { nonce: Uint8Array; header: Uint8Array; parts: Parts };
const xor = (iv: Uint8Array, n: Uint8Array): Uint8Array => iv.map((octet, index) => octet ^ (n[index] ?? 0));
const four = new Uint8Array(4);
const rightNonce = (iv: Uint8Array, n: bigint): Uint8Array => xor(iv, concat(four, u64(n)));

const attempts: Readonly<Record<string, Attempt>> = {
  'the header is not its associated data': (parts, { iv }, n) => ({ nonce: rightNonce(iv, n), header: none, parts }),
  'the tag stands behind the ciphertext': ({ header, digest, body }, { iv }, n) => {
    const all = concat(digest, body);
    const parts = { header, digest: all.subarray(-16), body: all.subarray(0, -16) };
    return { nonce: rightNonce(iv, n), header, parts };
  },
  'n is little-endian in its nonce': (parts, { iv }, n) => ({
    nonce: xor(iv, concat(four, little(n))),
    header: parts.header,
    parts,
  }),
  'n stands before the four zeros in its nonce': (parts, { iv }, n) => ({
    nonce: xor(iv, concat(u64(n), four)),
    header: parts.header,
    parts,
  }),
  'its nonce is 0⁴ ‖ n, without iv': (parts, _keys, n) => ({
    nonce: concat(four, u64(n)),
    header: parts.header,
    parts,
  }),
};

function mistakeWithAead(frame: Uint8Array, sealing: Sealing, n: bigint): string | undefined {
  const aead = aeadOf(sealing.transform) ?? 'chacha20-poly1305';
  const right = partsOf(frame, 16);
  const opens = ({ key }: Keys, nonce: Uint8Array, header: Uint8Array, { digest, body }: Parts): boolean =>
    aeadOpen(aead, key, nonce, header, body, digest) !== undefined;
  const keys = keysBy(rightSchedule, sealing);
  if (opens(keys, rightNonce(keys.iv, n), right.header, right)) return verifies;
  for (const [says, schedule] of Object.entries(schedules)) {
    const others = keysBy(schedule, sealing);
    if (opens(others, rightNonce(others.iv, n), right.header, right)) return says;
  }
  for (const [says, other] of Object.entries(counters)) {
    if (other(n) >= 0n && opens(keys, rightNonce(keys.iv, other(n)), right.header, right)) return says;
  }
  for (const [says, attempt] of Object.entries(attempts)) {
    const { nonce, header, parts } = attempt(right, keys, n);
    if (opens(keys, nonce, header, parts)) return says;
  }
  return undefined;
}

const verifies = 'its digest verifies: header, padding or datagram are not as section 7.2 has them';

/** Of 0x0101. @param before octets that the keystream has served */
function mistakeWithStream(frame: Uint8Array, sealing: Sealing, n: bigint, before: bigint): string | undefined {
  const { digest, body } = partsOf(frame, 32);
  const plain = ({ key, iv }: Keys, skip: bigint): Uint8Array => {
    const stream = ctrStream(key, iv);
    for (let left = skip; left > 0n; left -= 65_536n) stream(new Uint8Array(Number(left > 65_536n ? 65_536n : left)));
    return stream(body);
  };
  const fits = (keys: Keys, datagram: Uint8Array, counter: Uint8Array): boolean =>
    constantTimeEqual(hmacSha256(keys.mac, datagram, counter), digest);
  const keys = keysBy(rightSchedule, sealing);
  const datagram = plain(keys, before);
  if (fits(keys, datagram, u64(n))) return verifies;
  if (fits(keys, plain(keys, 0n), u64(n))) return 'the keystream begins anew with the frame';
  if (fits(keys, datagram, none)) return 'its digest does not cover n';
  if (fits(keys, datagram, little(n))) return 'n is little-endian in its digest';
  if (fits(keys, body, u64(n))) return 'its digest is of the ciphertext, and not of the datagram';
  for (const [says, other] of Object.entries(counters)) {
    if (other(n) >= 0n && fits(keys, datagram, u64(other(n)))) return says;
  }
  for (const [says, schedule] of Object.entries(schedules)) {
    const others = keysBy(schedule, sealing);
    if (fits(others, plain(others, before), u64(n))) return says;
  }
  return undefined;
}

/** Why a DATA frame does not open, in words. @param n its number in its direction. @param before octets of those before it */
function mistakeInData(frame: Uint8Array, sealing: Sealing, n: bigint, before: bigint): string {
  const isAead = aeadOf(sealing.transform) !== undefined;
  if (frame.length < dataHeaderLength + (isAead ? 16 : 32)) return 'it is too short for its digest (section 7.2)';
  const mistake = isAead
    ? mistakeWithAead(frame, sealing, n)
    : sealing.transform === Transform['aes256ctr-hmacsha256']
      ? mistakeWithStream(frame, sealing, n, before)
      : undefined;
  return explained(mistake, 'section 7');
}

/** An opener whose failures say what may be wrong. */
export function explaining(opener: Opener, sealing: Sealing): Opener {
  let hasFailed = false;
  const attempt = <T>(frame: Uint8Array, open: (frame: Uint8Array) => T): T => {
    const [n, before] = [BigInt(opener.frames), BigInt(opener.octets)];
    try {
      return open(frame);
    } catch (error) {
      if (hasFailed || !(error instanceof IntegrityFailure)) throw error;
      hasFailed = true;
      const why = mistakeInData(frame, sealing, n, before);
      throw new IntegrityFailure(`DATA frame ${n} of its direction does not open: ${why}`, { cause: error });
    }
  };
  return {
    get frames() {
      return opener.frames;
    },
    get octets() {
      return opener.octets;
    },
    get offload() {
      return opener.offload;
    },
    open: (frame) => attempt(frame, (whole) => opener.open(whole)),
    openAll: (frame) => attempt(frame, (whole) => opener.openAll(whole)),
  };
}

const explained = (mistake: string | undefined, where: string): string =>
  mistake === undefined ? `no usual mistake explains it (${where})` : `${mistake} (${where})`;

function succeeds(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
