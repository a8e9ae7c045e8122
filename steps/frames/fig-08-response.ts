/** Steps about what a tunnel server puts into RESPONSE ([EP] fig. 8). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { Suite } from '../../reference/wire/identifiers.ts';
import { toNetworkSettings } from '../../reference/wire/network-settings.ts';
import { overheadOf } from '../../reference/wire/opened.ts';
import { type OpenedResponse, responseHeaderLength } from '../../reference/wire/response.ts';
import { ScriptedInitiator } from '../shared/peers/scripted-initiator.ts';
import { scriptedInitiator } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    /** RESPONSE as it was opened. */
    response: OpenedResponse;
    /** RESPONSE frames as they came. */
    responses: readonly Uint8Array[];
  }
}

async function responseOf(world: ConformanceWorld): Promise<OpenedResponse> {
  if (!world.has('response')) world.set('response', await world.get('initiator').readResponse());
  return world.get('response');
}

Then(
  'the server answers RESPONSE with the suite in its flags, its opened frame padded to 128 octets',
  async function (this: ConformanceWorld) {
    const initiator = this.get('initiator');
    const suite = Suite[initiator.options.suite ?? 'hybrid'];
    const frame = await initiator.expect('RESPONSE');
    // Opening it compares the headers and decodes the one valid encoding.
    initiator.openResponse(frame);
    assert.equal(frame.octets[10], suite);
    assert.equal(frame.octets[11], 0);
    // O is the sealed header and the opened string buffer.
    const buffer = frame.octets.length - 2 * responseHeaderLength - overheadOf('RESPONSE', suite);
    assert.equal(buffer % 128, 0, `an opened string buffer of ${buffer} octets`);
  },
);

Then(
  'RESPONSE tells the address {word}, the server {word} and the route {word}',
  async function (this: ConformanceWorld, address: string, server: string, route: string) {
    const settings = toNetworkSettings((await responseOf(this)).clientData);
    assert.equal(settings.address, address);
    assert.equal(settings.serverAddress, server);
    const routes = settings.routes.map(
      ({ address: destination, length, gateway }) => `${destination}/${length} via ${gateway}`,
    );
    assert.deepEqual(routes, [`${route} via ${server}`]);
  },
);

Then(
  'RESPONSE tells the physical addresses {word} and {word}',
  async function (this: ConformanceWorld, client: string, server: string) {
    const settings = toNetworkSettings((await responseOf(this)).clientData);
    assert.equal(settings.clientPhysical.toHex(), client);
    assert.equal(settings.serverPhysical.toHex(), server);
  },
);

When(
  'an initiator requests lifetimes of {int} seconds, {int} frames and {int} octets',
  async function (this: ConformanceWorld, seconds: number, frames: number, octets: number) {
    const lifetimes = { seconds, frames: BigInt(frames), octets: BigInt(octets) };
    const initiator = await scriptedInitiator(this, { lifetimes });
    await initiator.sendRelay();
    await initiator.sendRequest();
  },
);

Then(
  'RESPONSE allows at most {int} seconds, {int} frames and {int} octets',
  async function (this: ConformanceWorld, seconds: number, frames: number, octets: number) {
    const { lifetimes } = (await responseOf(this)).keyExchangeData;
    assert.ok(lifetimes.seconds >= 1 && lifetimes.seconds <= seconds, `${lifetimes.seconds} seconds`);
    assert.ok(lifetimes.frames >= 1n && lifetimes.frames <= BigInt(frames), `${lifetimes.frames} frames`);
    assert.ok(lifetimes.octets >= 1n && lifetimes.octets <= BigInt(octets), `${lifetimes.octets} octets`);
  },
);

Then('RESPONSE holds nothing but lifetimes', async function (this: ConformanceWorld) {
  const { entries } = (await responseOf(this)).keyExchangeData;
  assert.deepEqual(
    entries.map(({ id }) => id),
    [1],
  );
});

When('the same REQUEST is sent on {int} connections', async function (this: ConformanceWorld, count: number) {
  const first = await scriptedInitiator(this);
  const octets = new Uint8Array([...first.relay, ...first.requestFrame()]);
  const responses: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    const initiator = index === 0 ? first : new ScriptedInitiator(await this.connect());
    await initiator.connection.send(octets);
    responses.push((await initiator.expect('RESPONSE')).octets);
  }
  this.set('responses', responses);
});

Then('each RESPONSE begins with another ephemeral key', function (this: ConformanceWorld) {
  const keys = this.get('responses').map((frame) =>
    frame.subarray(responseHeaderLength, responseHeaderLength + 32).toHex(),
  );
  assert.ok(keys.length > 1);
  assert.equal(new Set(keys).size, keys.length, 'an ephemeral key was used twice');
});
