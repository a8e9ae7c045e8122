/** Steps about single frames ([EP] figs. 6 to 10) that are not those of the vectors. */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { viewOf } from '../../reference/octets.ts';
import { decodeRelay } from '../../reference/wire/relay.ts';
import type { OpenedRequest } from '../../reference/wire/request.ts';
import type { Alterations } from '../shared/peers/handshake.ts';
import { scriptedInitiator } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

When('an initiator of the origin {} is authorized', async function (this: ConformanceWorld, origin: string) {
  const initiator = await scriptedInitiator(this, { origin });
  await initiator.authorize();
});

Then('RELAY names the origin {}', async function (this: ConformanceWorld, origin: string) {
  const { received } = this.get('server').connection;
  const octets = received.length > 0 ? received : (await this.get('server').expect('RELAY')).octets;
  const { length } = decodeFirst(octets);
  assert.equal(decodeRelay(octets.subarray(0, length)).origin, origin);
});

function decodeFirst(octets: Uint8Array): { readonly length: number } {
  return { length: viewOf(octets).getUint32(0) };
}

When(
  'an initiator sends RELAY and REQUEST in pieces of {int} octets',
  async function (this: ConformanceWorld, size: number) {
    const initiator = await scriptedInitiator(this);
    const octets = new Uint8Array([...initiator.relay, ...initiator.requestFrame()]);
    const pieces = Array.from({ length: Math.floor(octets.length / size) }, () => size);
    await initiator.connection.send(octets, ...pieces);
  },
);

Then(
  'both directions on the wire are whole frames, RELAY, REQUEST and RESPONSE first',
  async function (this: ConformanceWorld) {
    const { forth, back } = await this.capturedFrames();
    for (const { rest, fault } of [forth, back]) {
      assert.equal(fault, undefined);
      assert.equal(rest.length, 0, 'octets that are no whole frame');
    }
    assert.deepEqual(
      forth.frames.slice(0, 3).map(({ type }) => type),
      ['RELAY', 'REQUEST', 'DATA'],
    );
    assert.equal(back.frames[0]?.type, 'RESPONSE');
    for (const { octets } of [...forth.frames, ...back.frames]) {
      assert.equal(viewOf(octets).getUint32(0), octets.length);
      assert.equal(octets[5], 1, 'version');
    }
  },
);

/** Faults of a REQUEST besides those that fig. 12 names. */
const faults: Readonly<Record<string, Alterations<OpenedRequest>>> = {
  'a suite of 3': {
    opened: (opened) => {
      opened[14] = 3;
      return opened;
    },
  },
  'client data that does not decode': {
    opened: (opened) => {
      // An n4 that reaches beyond the frame, where the offset 136 points.
      opened[viewOf(opened).getUint16(16)] = 0xff;
      return opened;
    },
  },
  'key exchange data that does not ascend': {
    fields: {
      keyExchangeData: {
        entries: [
          { id: 5, value: new Uint8Array(2) },
          { id: 1, value: Uint8Array.fromHex('00000e10000000010000000000000100000000000000'.slice(0, 40)) },
        ],
      } as unknown as OpenedRequest['keyExchangeData'],
    },
  },
};

When('an initiator sends a REQUEST that has {}', async function (this: ConformanceWorld, fault: string) {
  const alterations = faults[fault];
  if (alterations === undefined) throw new Error(`no step knows the fault ${JSON.stringify(fault)}`);
  const initiator = await scriptedInitiator(this);
  await initiator.sendRelay();
  await initiator.sendRequest(alterations);
});

Then('REQUEST offers the transforms {} in this order', async function (this: ConformanceWorld, list: string) {
  const server = this.get('server');
  await server.readRelay();
  const { transforms } = await server.readRequest();
  const grease = (id: number) => (id & 0x0f0f) === 0x0a0a && id >> 12 === ((id >> 4) & 0xf);
  assert.deepEqual(
    transforms.filter((id) => !grease(id)),
    list.split(', ').map(Number),
  );
});
