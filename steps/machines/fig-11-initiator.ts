/** Steps about what a tunnel initiator does and makes of answers ([EP] fig. 11). */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { encodeClose } from '../../reference/wire/close.ts';
import { Transform } from '../../reference/wire/identifiers.ts';
import { makeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import type { OpenedResponse } from '../../reference/wire/response.ts';
import { run } from '../shared/lab/command.ts';
import { LabFailure } from '../shared/lab/failure.ts';
import { type Alterations, defaultLifetimes } from '../shared/peers/handshake.ts';
import { identityOf } from '../shared/peers/identities.ts';
import type { ScriptedListener } from '../shared/peers/scripted.ts';
import { ScriptedServer } from '../shared/peers/scripted-server.ts';
import { statusNamed } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    listener: ScriptedListener;
    /** The session before the present one. */
    earlier: ScriptedServer;
  }
}

const flip = (octets: Uint8Array, at: number): Uint8Array => {
  const altered = octets.slice();
  const index = at < 0 ? altered.length + at : at;
  altered[index] = altered[index]! ^ 1;
  return altered;
};

/** Every fault of a RESPONSE that the features name. */
const faults: Readonly<Record<string, Alterations<OpenedResponse>>> = {
  'a changed last octet': { frame: (frame) => flip(frame, -1) },
  'a changed octet of the ephemeral key': { frame: (frame) => flip(frame, 14) },
  'a header in the clear that differs from the sealed one': { header: (header) => flip(header, 7) },
  'padding that is not zero': { opened: (opened) => flip(opened, -1) },
  'a transform that was not offered': { fields: { transform: Transform['aes256ctr-hmacsha256'] } },
  'lifetimes above those of REQUEST': {
    fields: { keyExchangeData: makeKeyExchangeData({ lifetimes: { ...defaultLifetimes, seconds: 0xffff_ffff } }) },
  },
  'client data without an address': {
    fields: { clientData: { dhcp: [{ code: 1, value: Uint8Array.of(255, 255, 255, 0) }], neighbour: [] } },
  },
};

When('the server sends a RESPONSE with {}', async function (this: ConformanceWorld, fault: string) {
  const alterations = faults[fault];
  if (alterations === undefined) throw new Error(`no step knows the fault ${JSON.stringify(fault)}`);
  await this.get('server').sendResponse(alterations);
});

Then(
  'REQUEST names {string} and the destination {string}',
  function (this: ConformanceWorld, name: string, destination: string) {
    const { request, initiatorStatic } = this.get('server');
    assert.equal(request.initiatorName, name);
    assert.equal(request.destinationName, destination);
    assert.deepEqual(initiatorStatic, identityOf(name).staticPublic);
  },
);

Then('client data of REQUEST is empty', function (this: ConformanceWorld) {
  assert.deepEqual(this.get('server').request.clientData, { dhcp: [], neighbour: [] });
});

Then('REQUEST offers GREASE among its transforms and its key exchange data', function (this: ConformanceWorld) {
  const { transforms, keyExchangeData } = this.get('server').request;
  const isGrease = (id: number) => (id & 0x0f0f) === 0x0a0a && id >> 12 === ((id >> 4) & 15);
  assert.ok(transforms.some(isGrease), `transforms ${transforms.join()}`);
  assert.ok(keyExchangeData.entries.some(({ id }) => isGrease(id) && id < 0x8000));
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

When('the server sends a keyed CLOSE {string}', async function (this: ConformanceWorld, name: string) {
  await this.get('server').close(statusNamed(name));
});

When('the server sends CLOSE {string}', async function (this: ConformanceWorld, name: string) {
  const server = this.get('server');
  await server.connection.send(encodeClose({ type: 'CLOSE', status: statusNamed(name) }));
  server.connection.finish();
});

When('the server sends its RESPONSE', async function (this: ConformanceWorld) {
  await this.get('server').sendResponse();
});

When('the server authorizes it within its lifetime', async function (this: ConformanceWorld) {
  const server = this.get('server');
  await server.readRelay();
  const { lifetimes } = (await server.readRequest()).keyExchangeData;
  await server.sendResponse({ fields: { keyExchangeData: makeKeyExchangeData({ lifetimes }) } });
  await server.receive({ keepAlives: true });
});

When('the server sends its RELAY back', async function (this: ConformanceWorld) {
  const server = this.get('server');
  await server.connection.send(server.relay);
});

When('the user ends the session', function (this: ConformanceWorld) {
  this.iut('client').endSession();
});

When('the user has ended the session by SIGTERM', function (this: ConformanceWorld) {
  this.iut('client').program.kill('SIGTERM');
});

When('the server breaks the connection off', function (this: ConformanceWorld) {
  this.get('server').connection.reset();
});

When('the server ends its stream without CLOSE', function (this: ConformanceWorld) {
  this.get('server').connection.finish();
});

Then(
  'the initiator reports the end by the {word}, status {string}',
  async function (this: ConformanceWorld, by: string, name: string) {
    const event = await this.iut('client').event('ended');
    assert.equal(event['by'], by);
    assert.equal(event['status'], name === 'none' ? null : statusNamed(name));
  },
);

Then('the initiator reports truncation', async function (this: ConformanceWorld) {
  const event = await this.iut('client').event('ended');
  assert.equal(event['by'], 'network');
  assert.match(String(event['reason']), /truncation/);
});

Then('the initiator program exits with status {int}', async function (this: ConformanceWorld, code: number) {
  assert.deepEqual(await this.iut('client').program.exited, { code, signal: null });
});

Then('no adapter is left in the client', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  const devices = JSON.parse(await run(['ip', '-json', 'link'], { namespace })) as { ifname: string }[];
  assert.deepEqual(devices.map(({ ifname }) => ifname).sort(), ['eth0', 'lo']);
});

Then('no adapter was made in the client', async function (this: ConformanceWorld) {
  const events = this.iut('client').program.seen.map(({ event }) => event);
  assert.ok(!events.includes('adapter'), events.join());
});

// Reconnect.

Given(
  'a tunnel initiator that reconnects, whose server is scripted, configured with',
  async function (this: ConformanceWorld, text: string) {
    await this.startLab();
    const listener = await this.listen('server');
    this.set('listener', listener);
    await this.startClient({ reconnect: true, ...JSON.parse(text) });
    this.set('server', new ScriptedServer(await listener.accept()));
  },
);

When('the initiator has connected again', async function (this: ConformanceWorld) {
  this.set('earlier', this.get('server'));
  this.set('server', new ScriptedServer(await this.get('listener').accept()));
});

When('the server sends {int} datagrams', async function (this: ConformanceWorld, count: number) {
  for (let sent = 0; sent < count; sent++) await this.get('server').send();
});

Then('the adapter was made once', async function (this: ConformanceWorld) {
  const adapters = this.iut('client').program.seen.filter(({ event }) => event === 'adapter');
  assert.equal(adapters.length, 1);
});

Then('both sessions have keys of their own', function (this: ConformanceWorld) {
  const [before, after] = [this.get('earlier').session, this.get('server').session];
  assert.notDeepEqual(before.handshakeHash, after.handshakeHash);
  assert.notDeepEqual(before.receiving.key, after.receiving.key);
});

When('the adapter is up', async function (this: ConformanceWorld) {
  await this.iut('client').event('adapter');
});

Then(
  'the initiator does not connect again while it waits for {int} ms',
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
