/** Steps about the ARP and DHCP server emulators ([EP] fig. 17, 324 to 332), from the local stack's side of the adapter. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { type ClientData, decodeClientData } from '../../reference/wire/client-data.ts';
import { apart } from '../../vectors/dhcp-reply.ts';
import { load, type Vector, type VectorGroup } from '../../vectors/load.ts';
import { Nonconformance } from './lab/failure.ts';
import type { PacketSocket } from './lab/packet-socket.ts';
import type { Json } from './peers/configuration.ts';
import { ScriptedServer } from './peers/scripted-server.ts';
import { lab } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    vectorGroup: VectorGroup;
    /** How many vectors were judged. */
    judged: number;
  }
}

const device = 'pna0';
const etherTypeOffset = 12;
const isArp = (frame: Uint8Array): boolean => frame[etherTypeOffset] === 8 && frame[13] === 6;
/** Whether a frame is of UDP from port 67. */
export const isDhcpReply = (frame: Uint8Array): boolean =>
  frame[etherTypeOffset] === 8 && frame[13] === 0 && frame[23] === 17 && frame[34] === 0 && frame[35] === 67;
export const isArpReply = (frame: Uint8Array): boolean => isArp(frame) && frame[20] === 0 && frame[21] === 2;

/** A datagram that goes through the tunnel: what was not answered by an emulator would come before it. */
const control = Uint8Array.fromHex('4500001c000100004001669f0a08000a0a0800010000ffff00000000');
/** About a node that no other vector asks for: an answer to anything else differs from the answer to it. */
const question = load('arp')[0]?.tests.find(
  ({ comment }) => comment === 'another address of the virtual LAN',
) as Vector;

Given(
  'an adapter configured by nobody, with the client data of the {word} vectors about {}',
  async function (this: ConformanceWorld, subject: string, group: string) {
    await emulatorsUnderTest(this, subject, group, { defaultRoute: true });
  },
);

/**
 * @param accept what the user accepts of the client data of the group
 * @param alter makes other client data of it
 */
export async function emulatorsUnderTest(
  world: ConformanceWorld,
  subject: string,
  group: string,
  accept: Json,
  alter: (clientData: ClientData) => ClientData = (clientData) => clientData,
): Promise<void> {
  const found = load(subject).find(({ comment }) => comment === group);
  if (found === undefined) throw new Error(`no group of ${subject} vectors is about ${JSON.stringify(group)}`);
  world.set('vectorGroup', found);
  await lab(world);
  const listener = await world.listen('server');
  const client = await world.startClient({ adapter: { configure: 'none', routes: false }, accept });
  const data: unknown = found['clientData'];
  const options = typeof data === 'string' ? { clientData: alter(decodeClientData(Uint8Array.fromHex(data))) } : {};
  const server = new ScriptedServer(await listener.accept(), options);
  await server.authorize();
  await client.event('adapter');
  world.set('server', server);
}

/** Injects a packet as the stack would send it, and what must be answered after it: nothing may come between. */
async function silent(
  socket: PacketSocket,
  { tcId, comment, packet }: Vector,
  isAnswer: (frame: Uint8Array) => boolean,
) {
  socket.inject(Uint8Array.fromHex(packet));
  socket.inject(Uint8Array.fromHex(question['packet']));
  const first = await socket.next('an answer', (frame) => isArpReply(frame) || isAnswer(frame));
  if (!sameArp(first, question['reply'])) throw new Nonconformance(`${tcId} ${comment}: answered ${first.toHex()}`);
}

/** Equal, but for the zeros by which Ethernet may pad. */
function sameArp(frame: Uint8Array, reply: string): boolean {
  const right = Uint8Array.fromHex(reply);
  return (
    Buffer.from(frame).subarray(0, right.length).equals(right) &&
    frame.subarray(right.length).every((octet) => octet === 0)
  );
}

When('the stack sends the ARP packets flagged {word}', async function (this: ConformanceWorld, flag: string) {
  const socket = this.packetSocket('client', device);
  const tests = this.get('vectorGroup').tests.filter(({ flags }) => flags.includes(flag));
  for (const vector of tests) {
    if (vector.result === 'invalid') {
      await silent(socket, vector, isArpReply);
      continue;
    }
    socket.inject(Uint8Array.fromHex(vector['packet']));
    const reply = await socket.next(`an ARP reply to ${vector.comment}`, isArpReply);
    if (!sameArp(reply, vector['reply']))
      throw new Nonconformance(`${vector.tcId} ${vector.comment}: ${reply.toHex()}`);
  }
  this.set('judged', tests.length);
  socket.inject(intoTunnel());
});

When('the stack sends the DHCP packets flagged {word}', async function (this: ConformanceWorld, flag: string) {
  const socket = this.packetSocket('client', device);
  const tests = this.get('vectorGroup').tests.filter(({ flags }) => flags.includes(flag));
  for (const vector of tests) {
    if (vector.result === 'invalid') {
      await silent(socket, vector, isDhcpReply);
      continue;
    }
    socket.inject(Uint8Array.fromHex(vector['packet']));
    judge(vector, await socket.next(`a DHCP reply to ${vector.comment}`, isDhcpReply));
  }
  this.set('judged', tests.length);
  socket.inject(intoTunnel());
});

/** @throws AssertionError naming the vector and the field that differs */
function judge({ tcId, comment, reply }: Vector, packet: Uint8Array): void {
  const about = `${tcId} ${comment}`;
  const { options: wanted, absent, ...fields } = reply;
  const said = apart(packet);
  assert.deepEqual(said.fields, fields, about);
  assert.deepEqual(said.sums, [0, 0], `${about}: the checksums of IP and UDP`);
  assert.ok(said.bootpLength >= 300, `${about}: ${said.bootpLength} octets`);
  assert.equal(said.options[0]?.code, 53, `${about}: option 53 is not first`);
  for (const option of wanted) {
    const found = said.options.find(({ code }) => code === option.code);
    assert.equal(found?.value, option.value, `${about}: option ${option.code}`);
    if (option.parts !== undefined) assert.deepEqual(found?.parts, option.parts, `${about}: parts of ${option.code}`);
  }
  const unwanted = said.options.filter(({ code }) => absent.includes(code)).map(({ code }) => code);
  assert.deepEqual(unwanted, [], `${about}: options that must not be there`);
}

/** A datagram in an Ethernet packet: what was sent before it and is no emulator's comes out of the tunnel before it. */
export function intoTunnel(): Uint8Array {
  const header = Uint8Array.fromHex(question['packet']).slice(0, 14);
  header.set(Uint8Array.fromHex(question['reply']).subarray(6, 12));
  header.set([8, 0], etherTypeOffset);
  return new Uint8Array([...header, ...control]);
}

Then('each was answered or not as its vector says', function (this: ConformanceWorld) {
  assert.ok(this.get('judged') > 0, 'no vector has that flag');
});

Then('none of them entered the tunnel', async function (this: ConformanceWorld) {
  assert.equal((await this.get('server').receive()).toHex(), control.toHex());
});
