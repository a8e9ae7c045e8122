/** Steps about what a connection leaves for the next one ([EP] figs. 11 and 12). */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { physicalOctets, physicalText } from '../../reference/packets/physical.ts';
import { decodeRequest } from '../../reference/wire/request.ts';
import { decodeResponse } from '../../reference/wire/response.ts';
import { watchAdapter } from '../support/adapter.ts';
import { patience } from '../support/lab/deadline.ts';
import { echoReply } from '../support/lab/echo-reply.ts';
import { linkOf } from '../support/lab/kernel-tables.ts';
import { until } from '../support/lab/until.ts';
import { adapterDevice, virtualLan } from '../support/lab/virtual-lan.ts';
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

/** The stack of the client sees it once it has its new physical address. */
Then(
  'a datagram of the next connection, which reserves {word} and {word}, comes from the one to the other',
  async function (this: ConformanceWorld, far: string, own: string) {
    const settings = { serverPhysical: physicalOctets(far), clientPhysical: physicalOctets(own) };
    const server = await scriptedServer(this, { settings });
    await server.authorize();
    const namespace = this.lab.namespace('client');
    const renewed = async () => (await linkOf(namespace, adapterDevice)).address === own || undefined;
    await until(`the physical address ${own}`, renewed, patience);
    watchAdapter(this, 'client');
    const datagram = echoReply(virtualLan.serverAddress, virtualLan.clientAddress, 11);
    await server.send(datagram);
    const isThis = (frame: Uint8Array): boolean => Buffer.from(frame.subarray(14)).equals(datagram);
    const frame = await this.get('stack').next('the datagram', isThis);
    assert.deepEqual(
      [physicalText(frame.subarray(0, 6)), physicalText(frame.subarray(6, 12))],
      [own, far],
      'the physical addresses, destination first',
    );
  },
);
