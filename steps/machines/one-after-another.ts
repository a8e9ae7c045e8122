/** Steps about what a connection leaves for the next one ([EP] figs. 11 and 12). */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { ipv4Octets } from '../../reference/packets/addresses.ts';
import { decodeRequest } from '../../reference/wire/request.ts';
import { decodeResponse } from '../../reference/wire/response.ts';
import { ping } from '../support/lab/traffic.ts';
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

Then(
  'a ping from the server to {word} makes a DATA frame for the initiator',
  async function (this: ConformanceWorld, destination: string) {
    const namespace = this.lab.namespace('server');
    // Nobody answers it: the initiator is scripted.
    const [datagram] = await Promise.all([this.get('initiator').receive(), ping({ namespace, destination, wait: 1 })]);
    assert.deepEqual(datagram.subarray(16, 20), ipv4Octets(destination), 'the destination of the datagram');
  },
);
