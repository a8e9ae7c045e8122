/** Steps about work that a local stack leaves to its adapter: TCP with CWR that is to be cut, a checksum behind other headers. */
import assert from 'node:assert/strict';
import { type DataTable, Given, Then } from '@cucumber/cucumber';
import { concat, equalOctets, viewOf } from '../../reference/octets.ts';
import { fixed } from '../../vectors/generate/octets.ts';
import { packet, wholeOf } from '../../vectors/generate/offload.ts';
import { adapterUnderTest, packetUp } from '../support/adapter.ts';
import { attacked } from '../support/attack.ts';
import { known } from '../support/known.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { gsoEcn, gsoOfTcp4, sendUnfinished, type Unfinished } from '../support/lab/packets/unfinished-frames.ts';
import { judgedDatagram, sealLacking } from '../support/peers/offload.ts';
import { lab, scriptedServer } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

const { clientAddress, serverAddress } = virtualLan;

function leaveToAdapter(world: ConformanceWorld, datagram: Uint8Array, left: Unfinished): void {
  const namespace = world.lab.namespace('client');
  sendUnfinished(namespace, adapterIn(namespace), packetUp(datagram), left);
}

/** The number of a sequence that begins again at 0 within the datagram. */
const sequence = 0xffff_f000;
/** CWR, ACK, PSH and FIN. */
const tcpFlags = 0x99;

/** Headers of 20 octets each, behind 14 of Ethernet. */
const toBeCut: Unfinished = { type: gsoOfTcp4 | gsoEcn, headers: 54, segmentSize: 1000, start: 34, field: 16 };

Then(
  /^of TCP with CWR, FIN and PSH that its stack has not cut, the peer gets every octet in right frames, with the options (\w+)$/,
  async function (this: ConformanceWorld, bits: string) {
    const options = Number(bits);
    const { peer } = await attacked(this, options);
    const payload = fixed('left to the adapter', 5_500);
    const addresses = [clientAddress, serverAddress] as const;
    const sent = packet({ addresses, protocol: 6, payload, tcpFlags, sequence, identification: 0xfffe }, true);
    leaveToAdapter(this, sent, toBeCut);
    const read = new Uint8Array(payload.length);
    for (let count = 0; count < payload.length; ) {
      const came = judgedDatagram(peer, (await peer.expect('DATA')).octets, options);
      // Of the same ends and ports: the stack sends other things, too.
      if (!equalOctets(came.subarray(12, 24), sent.subarray(12, 24))) continue;
      const at = (viewOf(came).getUint32(24) - sequence) >>> 0;
      const isLast = at + came.length - 40 === payload.length;
      assert.equal(came[33], 0x10 | (at === 0 ? 0x80 : 0) | (isLast ? 0x09 : 0), `TCP flags at ${at}`);
      read.set(came.subarray(40), at);
      count += came.length - 40;
    }
    assert.deepEqual(read, payload);
  },
);

Then(
  /^of TCP that waits for connections with the options (.+), what comes is in right frames$/,
  async function (this: ConformanceWorld, list: string) {
    const addresses = [clientAddress, serverAddress] as const;
    const payload = fixed('waits', 5_500);
    const segments = { addresses, protocol: 6, payload, tcpFlags, sequence, identification: 1 } as const;
    const behind = packet({ addresses, protocol: 17, payload: fixed('behind', 40), identification: 2 }, false);
    const { peer: first, socket } = await attacked(this, 3);
    let peer = first;
    for (const options of list.split(', ').map(Number)) {
      peer.connection.reset();
      await this.iut('client').event('ended');
      leaveToAdapter(this, packet(segments, true), toBeCut);
      const next = await scriptedServer(this, { dataOptions: options });
      await next.authorize();
      const again = setInterval(() => socket.inject(packetUp(behind)), 100);
      try {
        let came: Uint8Array;
        do came = judgedDatagram(next, (await next.expect('DATA')).octets, options);
        while (!equalOctets(came, behind));
      } finally {
        clearInterval(again);
      }
      peer = next;
    }
  },
);

/** RFC 8200 §4.6: eight octets of options that say nothing, behind the header of a datagram. */
function behindOptions(datagram: Uint8Array): Uint8Array {
  const longer = concat(
    datagram.subarray(0, 40),
    Uint8Array.of(datagram[6]!, 0, 1, 4, 0, 0, 0, 0),
    datagram.subarray(40),
  );
  viewOf(longer).setUint16(4, longer.length - 40);
  longer[6] = 60;
  return longer;
}

/** No frame can say of such a datagram that it lacks something. */
Then(
  'a checksum behind destination options that its stack has not completed is complete',
  async function (this: ConformanceWorld) {
    const { peer } = await attacked(this);
    const made = { addresses: ['fd00:8:0:a::1', 'fd00:9::5'], protocol: 17, payload: fixed('UDP', 99) } as const;
    leaveToAdapter(this, behindOptions(packet(made, true)), {
      type: 0,
      headers: 0,
      segmentSize: 0,
      start: 62,
      field: 6,
    });
    let came = await peer.receive();
    while (came[0]! >> 4 !== 6 || came[6] !== 60) came = await peer.receive();
    assert.equal(came.toHex(), behindOptions(packet(made, false)).toHex());
  },
);

// What comes out of the tunnel.

const transform = 'chacha20poly1305';

Given(
  'a client of both families that takes flags 0 and 1, and a scripted server',
  async function (this: ConformanceWorld) {
    await lab(this, { ipv6: true });
    const overrides = {
      ...{ server: { suite: 'x25519' }, transforms: [transform], dataOptions: ['checksum', 'segmentation'] },
      adapter: { configure: 'none', routes: false },
    };
    const ipv6 = { prefix: 'fd00:8:0:a::', routes: [{ address: 'fd00:8::', length: 48 }], dns: [], search: [] };
    await adapterUnderTest(this, overrides, { settings: { ipv6 }, dataOptions: 0x0003 });
  },
);

const ends = ['fd00:8::1', 'fd00:8:0:a::1'] as const;
const lacking: Readonly<Record<string, { readonly protocol: 6 | 17; readonly segmentSize: number }>> = {
  'the checksum of UDP': { protocol: 17, segmentSize: 0 },
  'the checksum of TCP': { protocol: 6, segmentSize: 0 },
  'to be cut into segments of 1000': { protocol: 6, segmentSize: 1000 },
  'to be cut into segments of 256': { protocol: 6, segmentSize: 256 },
};

Then('of IPv6 the stack gets each datagram that lacks this', async function (this: ConformanceWorld, table: DataTable) {
  const { server, stack } = { server: this.get('server'), stack: this.get('stack') };
  for (const [index, [row = '']] of table.raw().entries()) {
    const { protocol, segmentSize } = known(lacking, row);
    const made = { addresses: ends, protocol, payload: fixed(row, (segmentSize === 0 ? 900 : 2_300) + index) };
    const sent = packet(made, true);
    await server.connection.send(sealLacking(server, sent, segmentSize, server.session.sealer.frames));
    // Its own sealer has not made that frame.
    server.session.sealer.seal(new Uint8Array());
    const isOurs = (frame: Uint8Array): boolean => equalOctets(frame.subarray(22, 54), sent.subarray(8, 40));
    const next = async (): Promise<string> => (await stack.next(row, isOurs)).subarray(14).toHex();
    const first = await next();
    if (first === sent.toHex()) continue;
    const [one, ...others] = wholeOf(made, segmentSize);
    assert.equal(first, one!.toHex(), row);
    for (const each of others) assert.equal(await next(), each.toHex(), row);
  }
});
