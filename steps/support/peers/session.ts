/** The keyed half of a scripted peer: DATA and CLOSE of one tunnel connection, right by default, wrong on demand. */
import { closeDigest, verifyClose } from '../../../reference/crypto/close.ts';
import type { SessionSecrets } from '../../../reference/crypto/handshake.ts';
import { type DirectionKeys, deriveDirection } from '../../../reference/crypto/keys.ts';
import { createOpener, createSealer, type Opener, type Sealer } from '../../../reference/crypto/transforms.ts';
import {
  type CloseFrame,
  closeFixedLength,
  decodeClose,
  encodeClose,
  encodeCloseHeader,
} from '../../../reference/wire/close.ts';
import { statusName, Transform, transformName } from '../../../reference/wire/identifiers.ts';
import { differing, noteDifference } from '../lab/captures/difference.ts';
import { patience } from '../lab/deadlines/deadline.ts';
import { LabFailure } from '../lab/failure.ts';
import { explaining } from './likely-mistakes.ts';
import type { ReceivedFrame, ScriptedConnection } from './scripted.ts';

/** A CLOSE frame that the peer sent, and what its digest is worth. */
export interface ReceivedClose extends CloseFrame {
  /** 40 octets long. */
  readonly keyed: boolean;
  /** Its digest verifies under the session; false also before there is one. */
  readonly valid: boolean;
  /** Milliseconds of performance.now(). */
  readonly at: number;
}

/** Makes frames, and sends none of them. Keys are derived as docs/protocol.md, section 7.1, has it. */
export class ScriptedSession {
  readonly transform: number;
  readonly handshakeHash: Uint8Array;
  readonly sending: DirectionKeys;
  readonly receiving: DirectionKeys;
  readonly sealer: Sealer;
  readonly opener: Opener;
  /** Octets of padding in each DATA frame that it seals with an AEAD. */
  padding = 0;
  /** k_i and k_r, 32 octets each: nobody may see them. */
  readonly noiseKeys: readonly Uint8Array[];

  /**
   * @param side which end point this peer plays
   * @param dataOptions option bits that RESPONSE selects
   */
  constructor(side: 'initiator' | 'server', transform: number, secrets: SessionSecrets, dataOptions = 0) {
    const { initiatorKey, serverKey, handshakeHash } = secrets;
    const [own, other] = side === 'initiator' ? [initiatorKey, serverKey] : [serverKey, initiatorKey];
    this.noiseKeys = [initiatorKey.slice(), serverKey.slice()];
    this.transform = transform;
    this.handshakeHash = handshakeHash;
    this.sending = deriveDirection(own, transform, handshakeHash);
    this.receiving = deriveDirection(other, transform, handshakeHash);
    // Of a transform that nobody has only the digest of CLOSE is of use.
    const isKnown = transformName(transform) !== undefined;
    const cipher = isKnown ? transform : Transform.chacha20poly1305;
    const usable = (keys: DirectionKeys): DirectionKeys => (isKnown ? keys : { ...keys, iv: keys.iv.slice(0, 12) });
    this.sealer = createSealer(cipher, usable(this.sending), { padding: () => this.padding, dataOptions });
    const [k, otherK] = side === 'initiator' ? this.noiseKeys.toReversed() : this.noiseKeys;
    const opener = createOpener(cipher, usable(this.receiving), { dataOptions });
    this.opener = isKnown && k && otherK ? explaining(opener, { transform, k, otherK, handshakeHash }) : opener;
  }

  /** A DATA frame with this datagram; the next one counts on from it, whether it is sent or not. */
  seal(datagram: Uint8Array): Uint8Array {
    return this.sealer.seal(datagram);
  }

  /** A keyed CLOSE frame after everything sealed so far. */
  close(status: number, frames = this.sealer.frames): Uint8Array {
    const header = encodeCloseHeader(status, true);
    return encodeClose({ type: 'CLOSE', status, digest: closeDigest(this.sending.close, header, frames) });
  }
}

/** What both scripted end points share. */
export class ScriptedEndPoint {
  readonly connection: ScriptedConnection;
  #session: ScriptedSession | undefined;

  constructor(connection: ScriptedConnection) {
    this.connection = connection;
  }

  /** @throws LabFailure when no step has keyed it */
  get session(): ScriptedSession {
    if (this.#session === undefined) throw new LabFailure('the session is not keyed');
    return this.#session;
  }

  protected key(session: ScriptedSession): void {
    this.#session = session;
    this.connection.carriesData = true;
  }

  /** Sends a datagram in a DATA frame; an empty one is a keep-alive. */
  async send(datagram: Uint8Array = new Uint8Array()): Promise<void> {
    await this.connection.send(this.session.seal(datagram));
  }

  /** Of the bundle that came last: those that nobody took yet. */
  readonly #datagrams: Uint8Array[] = [];

  /**
   * The next datagram: DATA frames with nothing in them are passed over unless `keepAlives` are wanted.
   * @throws IntegrityFailure when the frame does not verify; Nonconformance when it is another frame
   */
  async receive({ keepAlives = false, milliseconds = patience } = {}): Promise<Uint8Array> {
    for (;;) {
      const waiting = this.#datagrams.shift();
      if (waiting !== undefined) return waiting;
      const datagrams = this.session.opener.openAll((await this.expect('DATA', milliseconds)).octets);
      if (keepAlives && datagrams.length === 0) return new Uint8Array();
      this.#datagrams.push(...datagrams.map((datagram) => datagram.slice()));
    }
  }

  /** Ends the session as the protocol has it: CLOSE, keyed if there is a session, and FIN. */
  async close(status: number): Promise<void> {
    await this.connection.send(this.closeFrame(status));
    this.connection.finish();
  }

  /** A CLOSE frame: keyed once there is a session. */
  closeFrame(status: number): Uint8Array {
    return this.#session?.close(status) ?? encodeClose({ type: 'CLOSE', status });
  }

  /** What the last DATA frame before a CLOSE counted, in octets of datagram and padding (section 5.2). */
  lastCounted = 0;

  /** The next CLOSE frame; DATA frames before it are opened, so that its digest is judged at the right count. */
  async expectClose(milliseconds = patience): Promise<ReceivedClose> {
    for (;;) {
      const frame = await this.connection.next('a CLOSE frame', milliseconds);
      if (frame.type === 'DATA' && this.#session !== undefined) {
        const { opener } = this.#session;
        const before = opener.octets;
        opener.openAll(frame.octets);
        this.lastCounted = Number(opener.octets - before);
      } else if (frame.type === 'CLOSE') return this.judge(frame);
      else throw another('CLOSE', frame);
    }
  }

  /** The next frame, which must be of this type. */
  async expect(type: ReceivedFrame['type'], milliseconds = patience): Promise<ReceivedFrame> {
    const frame = await this.connection.next(`a ${type} frame`, milliseconds);
    if (frame.type === type) return frame;
    throw another(type, frame);
  }

  /** What a CLOSE frame and its digest are worth. */
  judge(frame: ReceivedFrame): ReceivedClose {
    const close = decodeClose(frame.octets);
    const { digest } = close;
    const session = this.#session;
    if (digest === undefined || session === undefined)
      return { ...close, keyed: digest !== undefined, valid: false, at: frame.at };
    const header = frame.octets.subarray(0, closeFixedLength);
    const [key, n] = [session.receiving.close, session.opener.frames] as const;
    const valid = verifyClose(key, header, n, digest);
    if (!valid) {
      const right = Buffer.concat([header, closeDigest(key, header, n)]);
      noteDifference('does not verify', { expected: right.toHex(), received: frame.octets.toHex() });
    }
    return { ...close, keyed: true, valid, at: frame.at };
  }
}

/** A frame of another type than what had to come. */
function another(type: ReceivedFrame['type'], { type: came, octets }: ReceivedFrame): Error {
  const status = came === 'CLOSE' && octets.length >= 8 ? ` ${statusName(octets[6]! * 256 + octets[7]!)}` : '';
  return differing(`expected ${type}, received ${came}${status}: ${octets.toHex()}`, { received: octets.toHex() });
}
