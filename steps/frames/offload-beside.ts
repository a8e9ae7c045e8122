/** Steps about datagrams that lack something in IPv6, and beside peers that want none (docs/protocol.md, section 7.7). */
import { setTimeout as pause } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { DataOption } from '../../reference/wire/identifiers.ts';
import { fixed } from '../../vectors/generate/octets.ts';
import { isFromTunnel, watchAdapter } from '../support/adapter.ts';
import { findAddress } from '../support/adapter-addresses.ts';
import { reachServer } from '../support/kernel.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { within } from '../support/lab/deadlines/deadline.ts';
import { virtualLan, virtualLan6 } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import { udpInside } from '../support/lab/packets/udp.ts';
import { identityOf } from '../support/peers/identities.ts';
import { assertWhole, judgedDatagram } from '../support/peers/offload.ts';
import type { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { newInitiator, scriptedInitiator } from '../support/peers.ts';
import { tunnelOfBoth } from '../support/tunnels.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** An initiator beside the scenario's: it wants no flags. */
    beside: ScriptedInitiator;
    /** Datagrams to each. */
    programSent: number;
  }
}

const { clientAddress, serverAddress, mtu } = virtualLan;
const bobsAddress = '10.8.0.11';
const flags = DataOption.checksum | DataOption.segmentation;
const wanted = { dataOptions: ['checksum', 'segmentation'] };

Given('a tunnel in both families, both ends of which want flags 0 and 1', async function (this: ConformanceWorld) {
  await tunnelOfBoth(this, { client: wanted, server: wanted });
  await findAddress(this, virtualLan6.clientPrefix);
  await reachServer(this.lab.namespace('client'), serverAddress);
});

// Two clients of one server.

Given(
  "a tunnel server's adapter with alice, who takes flags 0 and 1, and bob, whose transform is 0x0101, authorized",
  async function (this: ConformanceWorld) {
    await this.startLab();
    const addresses = { alice: clientAddress, bob: bobsAddress };
    const initiators = Object.entries(addresses).map(([name, address]) => ({
      ...{ name, address },
      publicKey: identityOf(name).publicKey,
    }));
    await this.startServer({ initiators, transforms: ['chacha20poly1305', 'aes256ctr-hmacsha256'], ...wanted });
    watchAdapter(this, 'server');
    await scriptedInitiator(this, { suite: 'x25519', dataOptions: flags });
    const transforms = ['aes256ctr-hmacsha256'] as const;
    const bob = await newInitiator(this, { suite: 'x25519', identity: identityOf('bob'), transforms });
    this.set('beside', bob);
    for (const [peer, address] of [
      [this.get('initiator'), clientAddress],
      [bob, bobsAddress],
    ] as const) {
      await peer.authorize();
      // Once a datagram has come through, the server has confirmed who sent it.
      await peer.send(echoReply(address, serverAddress, 20));
      await this.get('stack').next('a datagram of each', isFromTunnel);
    }
  },
);

/** Longer than what is worth a flag of its own to nobody, and shorter. */
const lengths = [10, 400, 1_200];
const port = 5_009;

const dataOf = (name: string, number: number): Uint8Array =>
  fixed(`${name} ${number}`, lengths[number % lengths.length]!);

When(
  'a program at the server sends each of them {int} datagrams of UDP by turns',
  async function (this: ConformanceWorld, count: number) {
    const socket = udpInside(this.lab.namespace('server'));
    this.own({ [Symbol.asyncDispose]: async () => void socket.close() });
    for (let number = 0; number < count; number++) {
      socket.send(dataOf('alice', number), port, clientAddress);
      socket.send(dataOf('bob', number), port, bobsAddress);
      await pause(5);
    }
    this.set('programSent', count);
  },
);

const isUdp = (datagram: Uint8Array): boolean =>
  datagram[0] === 0x45 && datagram[9] === 17 && datagram[22]! * 256 + datagram[23]! === port;

Then('each of them gets all of hers and his, in right ones', async function (this: ConformanceWorld) {
  const count = this.get('programSent');
  const alice = this.get('initiator');
  const bob = this.get('beside');
  const judged: Readonly<Record<string, () => Promise<Uint8Array>>> = {
    alice: async () => judgedDatagram(alice, (await alice.expect('DATA')).octets, flags),
    bob: async () => {
      const datagram = await bob.receive();
      if (isUdp(datagram)) assertWhole(datagram, mtu, 'a datagram of bob');
      return datagram;
    },
  };
  for (const [name, next] of Object.entries(judged)) {
    for (let number = 0; number < count; ) {
      const datagram = await within(10_000, `datagram ${number} of ${name}`, next());
      if (!isUdp(datagram)) continue;
      assertOctets(datagram.subarray(28), dataOf(name, number), `datagram ${number} of ${name}`);
      number += 1;
    }
  }
});
