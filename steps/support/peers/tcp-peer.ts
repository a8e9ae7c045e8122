/** One TCP connection (RFC 9293) of the peer of a tunnel with a program at the victim: no timers, the laboratory loses nothing. */
import assert from 'node:assert/strict';
import { concat, viewOf } from '../../../reference/octets.ts';
import { packet } from '../../../vectors/generate/offload.ts';
import { seal } from '../../../vectors/generate/schedule.ts';
import { Nonconformance } from '../lab/failure.ts';
import { virtualLan } from '../lab/networks/virtual-lan.ts';
import { keysOf } from './bundle.ts';
import { judgedDatagram, sealLacking } from './offload.ts';
import type { ScriptedEndPoint } from './session.ts';

const [FIN, SYN, RST, PSH, ACK] = [0x01, 0x02, 0x04, 0x08, 0x10];
const none = new Uint8Array();
/** RFC 9293 §3.2: option 2, of four octets. */
const maximumSegment = Uint8Array.of(2, 4, (virtualLan.mtu - 40) >> 8, (virtualLan.mtu - 40) & 0xff);

/** A stack whose datagrams arrive wrong sends them again and again. */
const mostIdle = 200;

interface Addresses {
  readonly own: string;
  readonly other: string;
  /** Where the program listens. */
  readonly port: number;
}

/** What came in one datagram. */
interface Came {
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** Ports and sequence numbers are numbers, payload is octets. Waiting for a segment ends with Nonconformance. */
export class TcpPeer {
  readonly #peer: ScriptedEndPoint;
  readonly #addresses: Addresses;
  /** Bits that were negotiated. */
  readonly #options: number;
  readonly #ownPort: number;
  #n: number;
  #sequence = 0xffff_f000;
  #expected = 0;
  #acknowledged = 0;
  readonly #read: Uint8Array[] = [];
  #readLength = 0;
  /** Datagrams since the last one that brought something new. */
  #idle = 0;

  constructor(peer: ScriptedEndPoint, addresses: Addresses, options: number, ownPort = 40_000) {
    this.#peer = peer;
    this.#addresses = addresses;
    this.#options = options;
    this.#ownPort = ownPort;
    this.#n = peer.session.sealer.frames;
  }

  /** DATA frames that the peer has sent. */
  get frames(): number {
    return this.#n;
  }

  async connect(): Promise<void> {
    await this.#send(none, { flags: SYN, tcpOptions: maximumSegment });
    this.#sequence = (this.#sequence + 1) >>> 0;
    const { sequence } = await this.#next(({ flags }) => (flags & SYN) !== 0);
    this.#expected = (sequence + 1) >>> 0;
    await this.#send();
  }

  /**
   * Sends octets in one datagram, and waits until the stack has them all.
   * @param lacks the segment size, or 0 for the checksum alone; undefined: nothing
   */
  async write(payload: Uint8Array, lacks?: number): Promise<void> {
    await this.#send(payload, { flags: ACK | PSH, lacks });
    this.#sequence = (this.#sequence + payload.length) >>> 0;
    while (this.#acknowledged !== this.#sequence) await this.#next(() => true);
  }

  /** The next octets of the program. */
  async read(count: number): Promise<Uint8Array> {
    while (this.#readLength < count) await this.#next(() => true);
    return concat(...this.#read).slice(0, count);
  }

  async #send(
    payload: Uint8Array = none,
    {
      flags = ACK,
      lacks,
      tcpOptions = none,
    }: { flags?: number; lacks?: number | undefined; tcpOptions?: Uint8Array } = {},
  ): Promise<void> {
    const { own, other, port } = this.#addresses;
    const made = packet(
      {
        ...{ addresses: [own, other], ports: [this.#ownPort, port], protocol: 6, payload, tcpOptions },
        ...{ tcpFlags: flags, sequence: this.#sequence, acknowledgement: this.#expected, identification: this.#n },
      },
      lacks !== undefined,
    );
    const plain = { datagram: made, n: this.#n };
    const frame =
      lacks === undefined
        ? seal('chacha20poly1305', keysOf(this.#peer), [plain])[0]!
        : sealLacking(this.#peer, made, lacks, this.#n);
    this.#n += 1;
    await this.#peer.connection.send(frame);
  }

  /** The next datagram of this connection that is as wanted. What it brings is taken and acknowledged. */
  async #next(wanted: (came: Came) => boolean): Promise<Came> {
    for (;;) {
      const { octets } = await this.#peer.expect('DATA');
      const came = this.#ofThis(judgedDatagram(this.#peer, octets, this.#options));
      if (came === undefined) continue;
      assert.equal(came.flags & (RST | FIN), 0, 'the stack gave the connection up');
      const isNew =
        came.acknowledgement !== this.#acknowledged || (came.payload.length > 0 && came.sequence === this.#expected);
      this.#idle = isNew ? 0 : this.#idle + 1;
      if (this.#idle > mostIdle) throw new Nonconformance(`${mostIdle} datagrams of the stack brought nothing new`);
      if ((came.flags & ACK) !== 0) this.#acknowledged = came.acknowledgement;
      if (came.payload.length > 0) await this.#take(came);
      if (wanted(came)) return came;
    }
  }

  async #take({ sequence, payload }: Came): Promise<void> {
    if (sequence === this.#expected) {
      this.#read.push(payload);
      this.#readLength += payload.length;
      this.#expected = (sequence + payload.length) >>> 0;
    }
    await this.#send();
  }

  #ofThis(datagram: Uint8Array): Came | undefined {
    const view = viewOf(datagram);
    const start = 4 * ((datagram[0] ?? 0) & 15);
    const isTcp = datagram.length >= start + 20 && datagram[0]! >> 4 === 4 && datagram[9] === 6;
    if (!isTcp || view.getUint16(start) !== this.#addresses.port || view.getUint16(start + 2) !== this.#ownPort)
      return undefined;
    return {
      sequence: view.getUint32(start + 4),
      acknowledgement: view.getUint32(start + 8),
      flags: datagram[start + 13]!,
      payload: datagram.slice(start + 4 * (datagram[start + 12]! >> 4)),
    };
  }
}
