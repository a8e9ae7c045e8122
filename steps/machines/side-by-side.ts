/** Steps about connections that a node has at the same time ([EP] figs. 12 and 13). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Then, When } from '@cucumber/cucumber';
import { concat, u32 } from '../../reference/octets.ts';
import { Status } from '../../reference/wire/identifiers.ts';
import { authorizeAtAdapter, isFromTunnel, packetDown } from '../support/adapter.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { watch } from '../support/lab/deadlines/deadline.ts';
import { wireDevice } from '../support/lab/networks/namespace.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import type { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import type { ScriptedServer } from '../support/peers/scripted-server.ts';
import { newInitiator, tunnelThroughRelay } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** What each of the initiators has sent, all of it to be passed on. */
    sentEach: readonly Uint8Array[];
    /** Whose REQUEST is sent, and not answered yet. */
    requesting: readonly ScriptedInitiator[];
    /** A tunnel that was there before others, or stays behind another. */
    oldest: { readonly initiator: ScriptedInitiator; readonly server: ScriptedServer };
    /** Connections that have sent nothing, each with what it has received after a while. */
    newcomers: readonly Uint8Array[];
  }
}

/** The address of nowhere.test, which no node has at first: it is asked for by ARP once a second. */
const nowhere = '10.77.0.99';

/** A REQUEST by its looks, of nothing but this octet. */
const frameOf = (octet: number): Uint8Array => concat(u32(300), Uint8Array.of(2, 1), new Uint8Array(294).fill(octet));

/** An initiator that goes away while the relay waits for nowhere.test. */
async function goneMeanwhile(world: ConformanceWorld): Promise<void> {
  const { relay, connection } = await newInitiator(world, { path: ['relay-b.test', 'nowhere.test'] });
  await connection.send(concat(relay, frameOf(0xc3)));
  // Until the relay has read it, and waits.
  await pause(100);
  connection.finish();
  await connection.ended();
}

/** Who waits for one next node holds nobody up who is for another. */
async function passedMeanwhile(world: ConformanceWorld): Promise<void> {
  const { relay, connection } = await newInitiator(world);
  const whole = concat(relay, frameOf(0xd4));
  await connection.send(whole);
  const passed = await world.get('listener').accept(4_000);
  assertOctets(await passed.octets(whole.length), whole, 'what passes to another next node meanwhile');
}

When(
  'two initiators send RELAY and a frame of their own in pieces for nowhere.test, which comes to be only then',
  async function (this: ConformanceWorld) {
    // So that the relay waits, and is not told soon that nobody is there.
    this.lab.sysctl(this.lab.namespace('relay-b'), `net/ipv4/neigh/${wireDevice}/mcast_solicit`, 30);
    await goneMeanwhile(this);
    const sent: Uint8Array[] = [];
    for (const octet of [0xa1, 0xb2]) {
      // Of two origins, so that the RELAY frames differ too.
      const origin = `origin-${octet}.invalid`;
      const initiator = await newInitiator(this, { origin, path: ['relay-b.test', 'nowhere.test'] });
      const frame = frameOf(octet);
      sent.push(concat(initiator.relay, frame));
      for (const piece of [initiator.relay, frame.subarray(0, 100), frame.subarray(100, 200), frame.subarray(200)]) {
        await initiator.connection.send(piece);
        // Until the relay has read it, so that it doesn't read two at once.
        await pause(60);
      }
    }
    await passedMeanwhile(this);
    await this.lab.ip(this.lab.namespace('server'), `address add ${nowhere}/24 dev ${wireDevice}`);
    this.set('sentEach', sent);
  },
);

When(
  'an initiator sends RELAY, another one RELAY and its frame, and then the first one its own',
  async function (this: ConformanceWorld) {
    const first = await newInitiator(this, { origin: 'origin-1.invalid' });
    const second = await newInitiator(this, { origin: 'origin-2.invalid' });
    await first.sendRelay();
    // Until the relay has read it, and then until it has passed on what the other one sent.
    await pause(100);
    const whole = concat(second.relay, frameOf(0xb2));
    await second.connection.send(whole);
    await pause(200);
    await first.connection.send(frameOf(0xa1));
    this.set('sentEach', [concat(first.relay, frameOf(0xa1)), whole]);
  },
);

Then(
  'each connection of the next node has the RELAY and the frame of one of them',
  async function (this: ConformanceWorld) {
    const expected = this.get('sentEach').map((octets) => octets.toHex());
    const came: string[] = [];
    for (const { length } of this.get('sentEach')) {
      const connection = await this.get('listener').accept();
      await connection.octets(length);
      // Whatever else is passed on has come by then.
      await watch(100);
      came.push(connection.received.toHex());
    }
    assert.deepEqual(came.toSorted(), expected.toSorted());
  },
);

Then('the next node has no connection for who has gone', async function (this: ConformanceWorld) {
  const { accepted } = this.get('listener');
  await assert.rejects(this.get('listener').accept(300), `${accepted} connections were accepted`);
});

When(
  'three initiators have sent RELAY frames that differ, and then each its REQUEST',
  async function (this: ConformanceWorld) {
    const all: ScriptedInitiator[] = [];
    for (const origin of ['one.invalid', 'two.invalid', 'three.invalid']) {
      const initiator = await newInitiator(this, { origin });
      await initiator.sendRelay();
      all.push(initiator);
    }
    // Until the server has read the last one: nothing tells.
    await watch(100);
    for (const initiator of all) await initiator.sendRequest();
    this.set('requesting', all);
  },
);

Then('each of the three has a RESPONSE that it can open', async function (this: ConformanceWorld) {
  for (const initiator of this.get('requesting')) await initiator.readResponse();
});

/** Milliseconds in which a relay gets a tunnel going as it will go on, or what came at once is done with. */
const settling = 500;

When(
  '{int} times {int} initiators reset their tunnels, whose servers send DATA, and {int} others connect, while the relay is suspended',
  { timeout: 120_000 },
  async function (this: ConformanceWorld, rounds: number, tunnels: number, others: number) {
    const { program } = this.iut('relay-b');
    const data = concat(u32(4_096), Uint8Array.of(4, 1), new Uint8Array(4_090).fill(0x5a));
    const received: Uint8Array[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const all = [];
      for (let left = tunnels; left > 0; left -= 1) all.push(await tunnelThroughRelay(this));
      await pause(settling);
      program.suspend();
      for (const { initiator } of all) initiator.connection.reset();
      // Every reset is there before what the servers send.
      await pause(50);
      for (const { server } of all) await server.connection.send(data);
      const newcomers = [];
      for (let left = others; left > 0; left -= 1) newcomers.push(await this.connect('client', 'relay-b'));
      program.resume();
      await pause(settling);
      for (const newcomer of newcomers) {
        received.push(newcomer.received);
        newcomer.reset();
      }
      for (const { server } of all) server.connection.reset();
    }
    this.set('newcomers', received);
  },
);

Then('none of those that connected has received an octet', function (this: ConformanceWorld) {
  const wrong = this.get('newcomers').filter((octets) => octets.length > 0);
  const [first] = wrong;
  assert.equal(wrong.length, 0, `${wrong.length} have, the first one ${first?.subarray(0, 16).toHex()} …`);
});

/** Below every limit on connections of one source, with the first one. */
const staying = 45;
/** Half-open at a time, below the limit on those of one source: a slow relay is not to take minutes. */
const atOnce = 5;

When(
  '{int} other tunnels come and go, but for the last ones',
  { timeout: 180_000 },
  async function (this: ConformanceWorld, count: number) {
    const first = { initiator: this.get('initiator'), server: this.get('server') };
    let left = count;
    const comeAndGo = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const stays = left < staying;
        const { initiator, server } = await tunnelThroughRelay(this);
        // Of those that come at a time it may be the end of another's tunnel, even of one that stays: then nothing ends here.
        server.connection.ended().then(
          () => server.connection.finish(),
          () => {},
        );
        if (stays) continue;
        await initiator.close(Status.endSession);
        await initiator.connection.ended();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, comeAndGo));
    this.set('oldest', first);
  },
);

When(
  'another tunnel comes, before the server of the first one ends its stream',
  async function (this: ConformanceWorld) {
    const former = this.get('server').connection;
    await former.ended();
    const later = await tunnelThroughRelay(this);
    // Until it goes on as it will go on.
    await pause(settling);
    former.finish();
    await pause(settling);
    this.set('oldest', later);
  },
);

Then(
  /^octets pass through the (?:first|later) one both ways, and it ends like any other$/,
  async function (this: ConformanceWorld) {
    const { initiator, server } = this.get('oldest');
    const [near, far] = [initiator.connection, server.connection];
    const frame = Uint8Array.fromHex('0000000a090100112233');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      const before = to.received.length;
      await from.send(frame);
      assertOctets((await to.octets(before + frame.length)).subarray(before), frame, 'what passed');
    }
    near.reset();
    await far.ended();
  },
);

/** The next one is a newer session of bob's name: the one before it ends with that. Who takes 200 ms for each frame needs minutes. */
Then(
  'datagrams of alice pass both ways while bob comes anew {int} times',
  { timeout: 400_000 },
  async function (this: ConformanceWorld, times: number) {
    const [alice, stack] = [this.get('initiator'), this.get('stack')];
    const { clientAddress, serverAddress } = virtualLan;
    for (let number = 1; number <= times; number++) {
      const former = this.get('bob');
      await authorizeAtAdapter(this, 'bob');
      await former.connection[Symbol.asyncDispose]();
      await alice.send(echoReply(clientAddress, serverAddress, number));
      await stack.next(`datagram ${number} of alice`, isFromTunnel);
      const datagram = echoReply(serverAddress, clientAddress, number);
      stack.inject(packetDown(datagram));
      assertOctets(await alice.receive(), datagram, `datagram ${number} for alice`);
    }
  },
);
