/** Steps about what a tunnel initiator does and makes of answers ([EP] fig. 11). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { statusName, Transform } from '../../reference/wire/identifiers.ts';
import { makeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import type { OpenedResponse } from '../../reference/wire/response.ts';
import { known } from '../shared/known.ts';
import { LabFailure } from '../shared/lab/failure.ts';
import { type Alterations, defaultLifetimes, flipped } from '../shared/peers/handshake.ts';
import type { ConformanceWorld } from '../shared/world.ts';

/** Every fault of a RESPONSE that the features name. */
const faults: Readonly<Record<string, Alterations<OpenedResponse>>> = {
  'nothing wrong': {},
  'a changed last octet': { frame: (frame) => flipped(frame, -1) },
  'a changed octet of the ephemeral key': { frame: (frame) => flipped(frame, 14) },
  'a header in the clear that differs from the sealed one': { header: (header) => flipped(header, 7) },
  'padding that is not zero': { opened: (opened) => flipped(opened, -1) },
  'a transform that was not offered': { fields: { transform: Transform['aes256ctr-hmacsha256'] } },
  'lifetimes above those of REQUEST': {
    fields: { keyExchangeData: makeKeyExchangeData({ lifetimes: { ...defaultLifetimes, seconds: 0xffff_ffff } }) },
  },
  'client data without an address': {
    fields: { clientData: { dhcp: [{ code: 1, value: Uint8Array.of(255, 255, 255, 0) }], neighbour: [] } },
  },
};

When('the server sends a RESPONSE with {}', async function (this: ConformanceWorld, fault: string) {
  await this.get('server').sendResponse(known(faults, fault));
});

When('the server sends its RELAY back', async function (this: ConformanceWorld) {
  const { connection, relay } = this.get('server');
  await connection.send(relay);
});

Then('the first DATA frame is empty', async function (this: ConformanceWorld) {
  const datagram = await this.get('server').receive({ keepAlives: true });
  assert.equal(datagram.length, 0);
});

Then('nothing came before RESPONSE but RELAY and REQUEST', async function (this: ConformanceWorld) {
  const { forth, back } = await this.capturedFrames();
  const response = back.frames.find(({ type }) => type === 'RESPONSE');
  assert.ok(response, 'no RESPONSE in the capture');
  const before = forth.frames.filter(({ packet }) => packet < response.packet).map(({ type }) => type);
  assert.deepEqual(before, ['RELAY', 'REQUEST']);
});

Then(
  'the initiator reports the end by the {word}, status "{status}"',
  async function (this: ConformanceWorld, by: string, status: number) {
    const event = await this.iut('client').event('ended');
    assert.deepEqual([event['by'], event['status']], [by, status], statusName(status));
  },
);

Then('both sessions have keys of their own', function (this: ConformanceWorld) {
  const [before, after] = [this.get('earlier').session, this.get('server').session];
  assert.notDeepEqual(before.handshakeHash, after.handshakeHash);
  assert.notDeepEqual(before.receiving.key, after.receiving.key);
});

Then(
  'the initiator does not connect again while it waits for {duration}',
  async function (this: ConformanceWorld, time: number) {
    const listener = this.get('listener');
    const before = listener.accepted;
    const outcome = await listener.accept(time).then(
      () => 'connected',
      () => 'waiting',
    );
    if (before !== listener.accepted && outcome === 'waiting') throw new LabFailure('a connection was lost');
    assert.equal(outcome, 'waiting');
  },
);

When('the user ends the session', function (this: ConformanceWorld) {
  this.iut('client').endSession();
});
