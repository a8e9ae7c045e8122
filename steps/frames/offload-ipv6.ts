/** Steps about datagrams of IPv6 that lack something ([EP] fig. 9 with flags 0 and 1). */
import assert from 'node:assert/strict';
import { type DataTable, Given, Then } from '@cucumber/cucumber';
import { equalOctets } from '../../reference/octets.ts';
import { DataOption } from '../../reference/wire/identifiers.ts';
import { fixed } from '../../vectors/generate/octets.ts';
import { type Packet, packet, wholeOf } from '../../vectors/generate/offload.ts';
import { address6 } from '../../vectors/generate/packets.ts';
import { adapterUnderTest, serverUnderTest } from '../support/adapter.ts';
import { known } from '../support/known.ts';
import { sealLacking } from '../support/peers/offload.ts';
import type { WireRole } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

const options = { transforms: ['chacha20poly1305'], dataOptions: ['checksum', 'segmentation'] } as const;
/** Behind the server; and the client. */
const [behind, client] = ['fd00:9::5', 'fd00:8:0:a::1'];

Given(
  'a tunnel {role} whose adapter takes datagrams of both families that lack something',
  async function (this: ConformanceWorld, role: WireRole) {
    if (role === 'server') {
      await serverUnderTest(this, true, { alice: [] }, {}, options);
      return;
    }
    const routes = [{ address: 'fd00:9::', length: 64 }];
    const ipv6 = { prefix: 'fd00:8:0:a::', routes, dns: [], search: [] };
    const dataOptions = DataOption.checksum | DataOption.segmentation;
    await adapterUnderTest(
      this,
      { adapter: { configure: 'none', routes: false }, ...options },
      { settings: { ipv6 }, dataOptions },
    );
  },
);

interface Lacking {
  readonly protocol: 6 | 17;
  readonly length: number;
  /** 0 where the checksum alone is lacking. */
  readonly segmentSize?: number;
  readonly padding?: number;
}

const [tcp, udp] = [6, 17] as const;
const kinds: Readonly<Record<string, Lacking>> = {
  UDP: { protocol: udp, length: 60 },
  'UDP of an odd length': { protocol: udp, length: 61 },
  TCP: { protocol: tcp, length: 100 },
  'TCP, two segments': { protocol: tcp, length: 1500, segmentSize: 1228 },
  'TCP, three segments': { protocol: tcp, length: 3000, segmentSize: 1228 },
  'TCP, two long segments': { protocol: tcp, length: 60_000, segmentSize: 40_000 },
  'UDP, padded': { protocol: udp, length: 60, padding: 255 },
  'TCP, two segments, padded': { protocol: tcp, length: 1500, segmentSize: 1000, padding: 7 },
};

Then(
  'datagrams of IPv6 come out of the tunnel that lack the rest of',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, table: DataTable) {
    const isClient = this.iutRoles.includes('client');
    const peer = this.get(isClient ? 'server' : 'initiator');
    const addresses = isClient ? ([behind, client] as const) : ([client, behind] as const);
    const source = address6(addresses[0]);
    const isOurs = (frame: Uint8Array): boolean =>
      equalOctets(frame.subarray(22, 38), source) && (frame[20] === tcp || frame[20] === udp);
    for (const [row = ''] of table.raw()) {
      const { protocol, length, segmentSize = 0, padding = 0 } = known(kinds, row);
      const made: Packet = { addresses, protocol, payload: fixed(row, length) };
      const lacking = packet(made, true);
      await peer.connection.send(sealLacking(peer, lacking, segmentSize, peer.session.sealer.frames, { padding }));
      // Its own sealer has not made that frame.
      peer.session.sealer.seal(new Uint8Array());
      const next = async (): Promise<Uint8Array> => (await this.get('stack').next(row, isOurs)).subarray(14);
      let came = await next();
      if (equalOctets(came, lacking)) continue;
      for (const [index, whole] of wholeOf(made, segmentSize).entries()) {
        if (index > 0) came = await next();
        assert.equal(came.toHex(), whole.toHex(), row);
      }
    }
  },
);
