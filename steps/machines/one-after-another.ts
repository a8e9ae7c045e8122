/** Steps about what a connection leaves for the next one ([EP] figs. 11 and 12). */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { decodeRequest } from '../../reference/wire/request.ts';
import { decodeResponse } from '../../reference/wire/response.ts';
import { newInitiator, scriptedServer } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** The public key e, with which either Noise message begins. */
const ephemeralKeyOf = ({ message }: { readonly message: Uint8Array }): string => message.subarray(0, 32).toHex();

function assertDifferent(keys: readonly string[]): void {
  assert.equal(new Set(keys).size, keys.length, `an ephemeral key came twice: ${keys.join(', ')}`);
}

Then('the ephemeral keys of {int} connections in a row differ', async function (this: ConformanceWorld, count: number) {
  const keys: string[] = [];
  for (let left = count; left > 0; left--) {
    const server = this.get('server');
    await server.readRelay();
    await server.readRequest();
    keys.push(ephemeralKeyOf(decodeRequest(server.requestFrame)));
    server.connection.reset();
    await scriptedServer(this);
  }
  assertDifferent(keys);
});

Then('the ephemeral keys of {int} RESPONSEs in a row differ', async function (this: ConformanceWorld, count: number) {
  const keys: string[] = [];
  for (let index = 0; index < count; index++) {
    const initiator = await newInitiator(this);
    await initiator.sendRelay();
    await initiator.sendRequest();
    const frame = await initiator.expect('RESPONSE');
    keys.push(ephemeralKeyOf(decodeResponse(frame.octets)));
    initiator.openResponse(frame);
    if (index % 2 === 0) await initiator.send();
    initiator.connection.finish();
    await initiator.connection.ended();
  }
  assertDifferent(keys);
});
