/** Steps about how many neighbours the kernel of a tunnel server comes to know. */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { cat, u16, u32 } from '../../vectors/generate/octets.ts';
import { icmp6 } from '../../vectors/generate/packets.ts';
import { adapterIn } from '../support/lab/adapter-device.ts';
import { run } from '../support/lab/command.ts';
import { ipJson } from '../support/lab/iproute2.ts';
import { virtualLan6 } from '../support/lab/virtual-lan.ts';
import type { ConformanceWorld } from '../support/world.ts';

const echoRequest = 128;
const echoReply = 129;
/** Requests in flight: the server drops what is more than its queue. */
const abreast = 16;

/** A program of its own, whose socket is the namespace's. A kernel whose table is full refuses. */
const sender = `
  const socket = require('node:dgram').createSocket('udp6');
  const next = ([to, ...others]) =>
    to === undefined ? socket.close() : socket.send('x', 9, to, () => next(others));
  next(process.argv.slice(1));`;

const addressesOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => prefix.replace('::/64', `:1::${(index + 1).toString(16)}`));

When(
  /^alice has had an echo of the server's adapter from (\d+) addresses of her \/64$/,
  async function (this: ConformanceWorld, words: string) {
    const count = Number(words);
    const alice = this.get('initiator');
    const askers = addressesOf(virtualLan6.clientPrefix, count);
    for (let at = 0; at < count; at += abreast) {
      const some = askers.slice(at, at + abreast);
      for (const [index, source] of some.entries()) {
        const body = cat(u16(7), u16(at + index), u32(0));
        await alice.send(icmp6({ source, destination: virtualLan6.serverAddress, type: echoRequest, body }));
      }
      for (let left = some.length; left > 0; ) {
        const datagram = await alice.receive();
        if (datagram[0]! >> 4 === 6 && datagram[40] === echoReply) left -= 1;
      }
    }
  },
);

When(
  "the server's kernel sends datagrams to {int} addresses of {word} and {word} each",
  async function (this: ConformanceWorld, count: number, one: string, other: string) {
    const all = [one, other].flatMap((prefix) => addressesOf(prefix, count));
    await run([process.execPath, '--eval', sender, ...all], { namespace: this.lab.namespace('server') });
  },
);

Then(
  "the server's kernel has no more than {int} neighbours on the adapter in IPv6",
  async function (this: ConformanceWorld, most: number) {
    const namespace = this.lab.namespace('server');
    const words = ['-6', 'neighbour', 'show', 'dev', adapterIn(namespace), 'nud', 'all'];
    const all = await ipJson<{ readonly dst: string }>(namespace, ...words);
    const unicast = all.filter(({ dst }) => !dst.startsWith('ff'));
    assert.ok(unicast.length <= most, `it has ${unicast.length}: ${unicast.slice(0, 4).map(({ dst }) => dst)} …`);
  },
);
