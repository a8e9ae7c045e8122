/** DATA frames by section 7 of docs/protocol.md on node:crypto alone, right in everything but what is asked for. */
import { type CipherGCMTypes, createCipheriv, createHmac } from 'node:crypto';
import { concat } from '../../../reference/octets.ts';
import { etherTypeFor } from '../../../reference/packets/datagram.ts';
import { type DataHeader, dataHeaderLength, encodeDataHeaderPlain, noDatagram } from '../../../reference/wire/data.ts';
import { Transform } from '../../../reference/wire/identifiers.ts';
import type { ScriptedSession } from './session.ts';

/** What is wrong about a frame. */
export interface Forgery {
  readonly header?: Partial<DataHeader>;
  /** In place of what the transform asks for. */
  readonly padding?: Uint8Array;
  /** Seals with the counter of a frame so many later. */
  readonly ahead?: number;
  /** An octet of the digest that is changed. */
  readonly digestAt?: number;
  /** What the digest of 0x01xx covers is the datagram and this. */
  readonly covered?: Uint8Array;
}

const ciphers = new Map<number, string>([
  [Transform['aes256ctr-hmacsha256'], 'aes-256-ctr'],
  [Transform['aes256cbc-hmacsha256'], 'aes-256-cbc'],
]);

/** One direction of a tunnel connection, from the frame after those that the session has sealed, which were empty. */
export class Forger {
  readonly #session: ScriptedSession;
  readonly #stream: ((octets: Uint8Array) => Uint8Array) | undefined;
  #frames: number;

  constructor(session: ScriptedSession) {
    this.#session = session;
    this.#frames = session.sealer.frames;
    const { key, iv } = session.sending;
    const name = ciphers.get(session.transform);
    if (name === undefined) return;
    const stream = createCipheriv(name, key, iv).setAutoPadding(false);
    this.#stream = (octets) => new Uint8Array(stream.update(octets));
  }

  /** DATA frames sealed so far. */
  get frames(): number {
    return this.#frames;
  }

  /** The padding that the transform asks for. */
  paddingFor(length: number): Uint8Array {
    return new Uint8Array(
      this.#session.transform === Transform['aes256cbc-hmacsha256'] ? (16 - (length % 16)) % 16 : 0,
    );
  }

  seal(datagram: Uint8Array, forgery: Forgery = {}): Uint8Array {
    const { header, padding = this.paddingFor(datagram.length), ahead = 0, digestAt, covered } = forgery;
    const n = new Uint8Array(8);
    new DataView(n.buffer).setBigUint64(0, BigInt(this.#frames + ahead));
    this.#frames += 1;
    const digestLength = this.#stream ? 32 : 16;
    const right: DataHeader = {
      protocol: datagram.length === 0 ? noDatagram : (etherTypeFor(datagram) ?? 0x0800),
      datagramLength: datagram.length,
      flags: 0,
      segmentSize: 0,
      paddingLength: padding.length,
      digestLength,
    };
    const frame = new Uint8Array(dataHeaderLength + digestLength + datagram.length + padding.length);
    encodeDataHeaderPlain({ ...right, ...header }, frame);
    const plaintext = concat(datagram, padding);
    const [digest, sealed] = this.#stream
      ? [this.#digest(concat(datagram, covered ?? new Uint8Array(), n)), this.#stream(plaintext)]
      : this.#aead(frame.subarray(0, dataHeaderLength), n, plaintext);
    if (digestAt !== undefined) digest[digestAt]! ^= 1;
    frame.set(digest, dataHeaderLength);
    frame.set(sealed, dataHeaderLength + digestLength);
    return frame;
  }

  #digest(octets: Uint8Array): Uint8Array {
    return new Uint8Array(
      createHmac('sha256', this.#session.sending.mac ?? '')
        .update(octets)
        .digest(),
    );
  }

  #aead(header: Uint8Array, n: Uint8Array, plaintext: Uint8Array): [digest: Uint8Array, sealed: Uint8Array] {
    const { key, iv } = this.#session.sending;
    const nonce = iv.map((octet, index) => octet ^ (n[index - 4] ?? 0));
    const name = this.#session.transform === Transform.aes256gcm ? 'aes-256-gcm' : 'chacha20-poly1305';
    const cipher = createCipheriv(name as CipherGCMTypes, key, nonce, { authTagLength: 16 });
    cipher.setAAD(header, { plaintextLength: plaintext.length });
    const sealed = new Uint8Array(cipher.update(plaintext));
    cipher.final();
    return [new Uint8Array(cipher.getAuthTag()), sealed];
  }
}
