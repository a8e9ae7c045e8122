/** Steps about sessions of a tunnel server that no DATA frame has confirmed yet ([EP] fig. 12, Authorized 225). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Then, When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { DataOption, statusName } from '../../reference/wire/identifiers.ts';
import { packet } from '../../vectors/generate/offload.ts';
import { isFromTunnel, watchAdapter } from '../support/adapter.ts';
import { known } from '../support/known.ts';
import { watch } from '../support/lab/deadlines/deadline.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import { sealBundle } from '../support/peers/bundle.ts';
import { flipped } from '../support/peers/handshake.ts';
import { sealLacking } from '../support/peers/offload.ts';
import type { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { newInitiator, scriptedInitiator } from '../support/peers.ts';
import { integrityFailure } from '../support/reactions.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Of one name, in the order of their REQUESTs. */
    rivals: readonly [earlier: ScriptedInitiator, later: ScriptedInitiator];
  }
}

async function withResponse(world: ConformanceWorld): Promise<ScriptedInitiator> {
  const peer = await newInitiator(world);
  await peer.sendRelay();
  await peer.sendRequest();
  await peer.readResponse();
  return peer;
}

When('another one of its name sends a first DATA frame that does not open', async function (this: ConformanceWorld) {
  const peer = await withResponse(this);
  await peer.connection.send(flipped(peer.session.seal(new Uint8Array()), -1));
  await integrityFailure(peer);
  await peer.connection.ended();
});

When(
  'two initiators of one name have opened RESPONSE, and the later one is confirmed',
  async function (this: ConformanceWorld) {
    const earlier = await withResponse(this);
    const later = await withResponse(this);
    await later.send();
    this.set('rivals', [earlier, later]);
  },
);

/** Whether nothing but DATA has come. */
const isOpen = ({ connection }: ScriptedInitiator): boolean =>
  !connection.over && connection.frames.waiting.every(({ type }) => type === 'DATA');

Then(
  'the earlier one stays for {duration}, and ends the later one when it is confirmed',
  async function (this: ConformanceWorld, time: number) {
    const [earlier, later] = this.get('rivals');
    await watch(time);
    assert.ok(isOpen(earlier), 'the earlier one, which is not confirmed, was ended');
    assert.ok(isOpen(later), 'the later one, which is confirmed, was ended');
    await earlier.send();
    const close = await later.expectClose();
    assert.deepEqual([statusName(close.status), close.valid], ['superseded', true], 'the CLOSE of the later one');
    await watch(time);
    assert.ok(isOpen(earlier), 'the earlier one was ended when it was confirmed');
  },
);

When('another one of its name has opened RESPONSE, and ends its stream', async function (this: ConformanceWorld) {
  const peer = await withResponse(this);
  peer.connection.finish();
  await peer.connection.ended();
  // Until the server has done with it: nothing tells.
  await watch(200);
});

When(
  'an initiator sends half of RELAY, its rest and half of REQUEST, and its rest, {duration} apart',
  async function (this: ConformanceWorld, time: number) {
    const peer = await scriptedInitiator(this);
    const octets = concat(peer.relay, peer.requestFrame());
    const cuts = [0, 10, peer.relay.length + 40, octets.length];
    for (const [index, cut] of cuts.slice(1).entries()) {
      if (index > 0) await pause(time);
      await peer.connection.send(octets.subarray(cuts[index], cut));
    }
  },
);

// First DATA frames of every form.

const { clientAddress, serverAddress } = virtualLan;

const options: Readonly<Record<string, number>> = {
  bundle: DataOption.bundle,
  'leave checksums to the server': DataOption.checksum | DataOption.segmentation,
};

When(
  /^an initiator that may (bundle|leave checksums to the server) has opened RESPONSE$/,
  async function (this: ConformanceWorld, what: string) {
    watchAdapter(this, 'server');
    const initiator = await scriptedInitiator(this, { suite: 'x25519', dataOptions: known(options, what) });
    await initiator.sendRelay();
    await initiator.sendRequest();
    const response = await initiator.readResponse();
    assert.equal(response.keyExchangeData.options, known(options, what), 'the options of RESPONSE');
  },
);

/** @param octets of which the end of a frame on the adapter is to be known */
async function comesOut(world: ConformanceWorld, what: string, octets: Uint8Array): Promise<void> {
  await world.get('stack').next(what, (frame) => isFromTunnel(frame) && Buffer.from(frame).includes(octets));
}

/** Its own sealer has not made that frame. */
async function sendMade(initiator: ScriptedInitiator, frame: Uint8Array): Promise<void> {
  await initiator.connection.send(frame);
  initiator.session.seal(new Uint8Array());
}

Then(
  "two datagrams of the initiator in one bundle reach the server's adapter",
  async function (this: ConformanceWorld) {
    const initiator = this.get('initiator');
    const two = [20, 21].map((number) => echoReply(clientAddress, serverAddress, number));
    await sendMade(initiator, sealBundle(initiator, two, 0));
    for (const one of two) await comesOut(this, 'a datagram of the first frame', one);
  },
);

Then(
  "a datagram of the initiator that lacks its checksum reaches the server's adapter",
  async function (this: ConformanceWorld) {
    const initiator = this.get('initiator');
    const payload = Uint8Array.fromHex('a5c3f0961e2d3c4b');
    const made = packet({ addresses: [clientAddress, serverAddress], protocol: 17, payload }, true);
    await sendMade(initiator, sealLacking(initiator, made, 0, 0));
    await comesOut(this, 'the datagram of the first frame', payload);
  },
);
