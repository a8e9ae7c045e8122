/** Steps about plaintext that goes through the tunnel, and about who could read it on the way. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { known } from './known.ts';
import { marker, packetsRevealing } from './lab/captures/plaintext-search.ts';
import { patience } from './lab/deadlines/deadline.ts';
import { adapterIn } from './lab/networks/adapter-device.ts';
import { transfer } from './lab/packets/traffic.ts';
import { placeOf } from './places.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    plaintext: Uint8Array;
    /** The source address of the TCP connection that carried it, at its far end. */
    seenFrom: string;
  }
}

/** Names of the captures of a path's hops ([EP] fig. 3): the tunnel connections 38, 40 and 42. */
export const hops = ['hop-1', 'hop-2', 'hop-3'];
/** Names of the captures by what is captured. */
const captures: Readonly<Record<string, readonly string[]>> = {
  'the wire': ['wire'],
  "the client's adapter": ['adapter'],
  "the server's private network": ['private'],
  'each hop of the path': hops,
};

/** From now on. */
export async function captureAdapter(world: ConformanceWorld): Promise<void> {
  await world.captureOn(world.lab.namespace('client'), adapterIn(world.lab.namespace('client')), 'adapter');
}

Given("a capture on the client's adapter", async function (this: ConformanceWorld) {
  await captureAdapter(this);
});

When(
  'a TCP connection from {word} to {word} carries known plaintext',
  async function (this: ConformanceWorld, from: string, to: string) {
    const { namespace, address } = placeOf(this, to);
    const plaintext = marker(4_000);
    const ends = { from: placeOf(this, from).namespace, to: namespace, address };
    const { sent, arrived, source } = await transfer({ ...ends, octets: plaintext, milliseconds: patience });
    assert.equal(arrived, sent);
    this.set('seenFrom', source);
    this.set('plaintext', plaintext);
  },
);

Then('it was seen to come from {word}', function (this: ConformanceWorld, from: string) {
  assert.equal(this.get('seenFrom'), placeOf(this, from).address);
});

Then('the plaintext is found in the capture on {}', async function (this: ConformanceWorld, where: string) {
  for (const capture of known(captures, where)) {
    const found = packetsRevealing(await this.packets(capture), this.get('plaintext'));
    assert.ok(found.length > 0, 'the search finds nothing even where the plaintext is');
  }
});

Then('the plaintext is nowhere in the capture on {}', async function (this: ConformanceWorld, where: string) {
  for (const capture of known(captures, where)) {
    const packets = await this.packets(capture);
    assert.ok(packets.length > 10, `hardly anything was captured as ${capture}`);
    const found = packetsRevealing(packets, this.get('plaintext')).map(({ number }) => number);
    assert.deepEqual(found, [], capture);
  }
});
