/** Steps about what a connection leaves for the next one ([EP] figs. 11 and 12). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { ArpOperation, decodeArp, encodeArp } from '../../reference/packets/arp.ts';
import { broadcastPhysical, EtherType, encodeEthernet } from '../../reference/packets/ethernet.ts';
import { physicalOctets, physicalText } from '../../reference/packets/physical.ts';
import { decodeRequest } from '../../reference/wire/request.ts';
import { decodeResponse } from '../../reference/wire/response.ts';
import { ipv4 } from '../../vectors/generate/packets.ts';
import { packetUp, watchAdapter } from '../support/adapter.ts';
import { watch } from '../support/lab/deadlines/deadline.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { physicalOf } from '../support/lab/networks/kernel-tables.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import { newInitiator, scriptedServer } from '../support/peers.ts';
import { authorizeWithin } from '../support/used-up-keys.ts';
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

// Datagrams that wait.

/** Protocol 253 is for experiments (RFC 3692): no kernel sends it by itself. */
const numbered = (number: number): Uint8Array =>
  ipv4({
    source: virtualLan.clientAddress,
    destination: virtualLan.serverAddress,
    protocol: 253,
    payload: Uint8Array.of(number, number, number, number),
  });

async function sendMeanwhile(world: ConformanceWorld, count: number): Promise<void> {
  // Until the initiator knows that there is no connection, and until it has taken them.
  await watch(300);
  watchAdapter(world, 'client');
  for (let number = 1; number <= count; number += 1) world.get('stack').inject(packetUp(numbered(number)));
  await watch(200);
}

When('meanwhile the stack sends datagrams 1, 2 and 3', async function (this: ConformanceWorld) {
  await sendMeanwhile(this, 3);
});

/** Fewer than the kernel lets wait before an adapter. */
const many = 200;

When('meanwhile the stack sends datagrams 1 to 200', async function (this: ConformanceWorld) {
  await sendMeanwhile(this, many);
});

/** Behind all that waits. */
const lastOne = 255;

/**
 * @returns the numbers of those that come before one that the stack sends now
 * @throws Nonconformance if one comes behind it
 */
async function numbersThatCome(world: ConformanceWorld): Promise<number[]> {
  const server = world.get('server');
  const again = setInterval(() => world.get('stack').inject(packetUp(numbered(lastOne))), 100);
  const came: number[] = [];
  try {
    for (let sentNow = 0; sentNow < 2; ) {
      const one = await server.receive();
      const number = one[9] === 253 ? one[20]! : undefined;
      if (number === lastOne) sentNow += 1;
      else if (number !== undefined && sentNow > 0)
        throw new Nonconformance(`datagram ${number} came behind one that was sent later`);
      else if (number !== undefined) came.push(number);
    }
  } finally {
    clearInterval(again);
  }
  return came;
}

Then('on this connection the last of them come, if any comes', async function (this: ConformanceWorld) {
  await this.get('server').authorize();
  const came = await numbersThatCome(this);
  assert.deepEqual(
    came,
    came.map((_, index) => many - came.length + 1 + index),
  );
});

Then(
  /^on the next connection (they come once and in their order, if they come|none of them comes)$/,
  async function (this: ConformanceWorld, what: string) {
    await (await scriptedServer(this)).authorize();
    const came = await numbersThatCome(this);
    // They need not all arrive: the queue is bounded.
    const expected = what.startsWith('none') ? [] : [1, 2, 3].filter((number) => came.includes(number));
    assert.deepEqual(came, expected);
  },
);

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

/** The adapter takes it over some time after RESPONSE: asks again and again. */
async function soon(world: ConformanceWorld, asked: () => Promise<void>, isIt: (frame: Uint8Array) => boolean) {
  const again = setInterval(() => void asked().catch(() => {}), 100);
  try {
    return await world.get('stack').next('a packet from the address that the server has now', isIt);
  } finally {
    clearInterval(again);
  }
}

Then(
  'soon datagrams of the next connection come from {word}, which it reserves for the server',
  async function (this: ConformanceWorld, far: string) {
    const server = await scriptedServer(this, { settings: { serverPhysical: physicalOctets(far) } });
    await server.authorize();
    watchAdapter(this, 'client');
    const datagram = echoReply(virtualLan.serverAddress, virtualLan.clientAddress, 11);
    const isIt = (frame: Uint8Array): boolean =>
      physicalText(frame.subarray(6, 12)) === far && Buffer.from(frame.subarray(14)).equals(datagram);
    await soon(this, () => server.send(datagram), isIt);
  },
);

Then('soon ARP tells {word} for the server', async function (this: ConformanceWorld, far: string) {
  const { clientAddress, serverAddress } = virtualLan;
  const namespace = this.lab.namespace('client');
  const own = await physicalOf(namespace, adapterIn(namespace));
  const question = encodeArp({
    operation: ArpOperation.request,
    senderPhysical: own,
    senderAddress: clientAddress,
    targetPhysical: new Uint8Array(6),
    targetAddress: serverAddress,
  });
  const { arp: etherType } = EtherType;
  const packet = encodeEthernet({ destination: broadcastPhysical, source: own, etherType, payload: question });
  const tells = (frame: Uint8Array): boolean => {
    const { operation, senderAddress, senderPhysical } = decodeArp(frame.subarray(14));
    return operation === ArpOperation.reply && senderAddress === serverAddress && physicalText(senderPhysical) === far;
  };
  const isIt = (frame: Uint8Array): boolean => frame[12] === 8 && frame[13] === 6 && tells(frame);
  await soon(this, async () => this.get('stack').inject(packet), isIt);
});

// Timers of what is over.

When('the server authorizes it, with a key of {int} s', async function (this: ConformanceWorld, seconds: number) {
  await authorizeWithin(this.get('server'), { seconds });
});
