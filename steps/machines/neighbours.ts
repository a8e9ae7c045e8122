/** Steps about how many neighbours the kernel of a tunnel server comes to know. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { isIpv6 } from '../../reference/packets/addresses.ts';
import { cat, u16, u32 } from '../../vectors/generate/octets.ts';
import { checksum, icmp6, ipv4 } from '../../vectors/generate/packets.ts';
import { patience } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { ipJson } from '../support/lab/networks/iproute2.ts';
import type { Family } from '../support/lab/networks/kernel-tables.ts';
import { virtualLan, virtualLan6 } from '../support/lab/networks/virtual-lan.ts';
import { run } from '../support/lab/programs/command.ts';
import { identityOf } from '../support/peers/identities.ts';
import { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Initiators that are authorized, with the addresses from which each may send. */
    senders: readonly { readonly initiator: ScriptedInitiator; readonly addresses: readonly string[] }[];
  }
}

const echoRequest = 128;
const echoReply = 129;
/** Requests in flight: the server drops what is more than its queue. */
const abreast = 16;

/** A program of its own, whose socket is the namespace's. A kernel whose table is full refuses. */
const sender = `
  const family = process.argv[1].includes(':') ? 'udp6' : 'udp4';
  const socket = require('node:dgram').createSocket(family);
  const next = ([to, ...others]) =>
    to === undefined ? socket.close() : socket.send('x', 9, to, () => next(others));
  next(process.argv.slice(1));`;

/** In IPv4 nobody has those above it. */
const lastHeld = 20;

/** @param prefix of 64 bits, or of 24 in IPv4 */
const addressesOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    isIpv6(prefix)
      ? prefix.replace('::/64', `:1::${(index + 1).toString(16)}`)
      : prefix.replace('.0/24', `.${index + 1 + lastHeld}`),
  );

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
  /^the server's kernel sends datagrams to (\d+) addresses of (\S+?)(?: and (\S+) each)?$/,
  async function (this: ConformanceWorld, words: string, one: string, other: string | null) {
    const prefixes = other === null ? [one] : [one, other];
    const all = prefixes.flatMap((prefix) => addressesOf(prefix, Number(words)));
    await run([process.execPath, '--eval', sender, ...all], { namespace: this.lab.namespace('server') });
  },
);

Given(
  /^a tunnel server's adapter with (\d+) initiators authorized, and a network behind each(, in a group)?$/,
  async function (this: ConformanceWorld, words: string, group: string | null) {
    const all = Array.from({ length: Number(words) }, (_, index) => ({
      name: `initiator-${index}`,
      address: `10.8.0.${20 + index}`,
      network: `10.20.${index}`,
    }));
    const initiators = all.map(({ name, address, network }) => ({
      ...{ name, publicKey: identityOf(name).publicKey, address },
      networks: [`${network}.0/24`],
    }));
    await this.startLab();
    await this.startServer({ initiators, ...(group && { traffic: { routeHook: ['/bin/true'] } }) });
    const senders: { initiator: ScriptedInitiator; addresses: string[] }[] = [];
    for (const { name, address, network } of all) {
      const initiator = new ScriptedInitiator(await this.connect(), { identity: identityOf(name) });
      await initiator.authorize();
      await initiator.send();
      senders.push({ initiator, addresses: [address, `${network}.7`] });
    }
    this.set('senders', senders);
  },
);

When(
  "each of them has had an echo of the server's adapter from its own address and from its network",
  async function (this: ConformanceWorld) {
    for (const { initiator, addresses } of this.get('senders'))
      for (const source of addresses) {
        const message = cat(Uint8Array.of(8, 0, 0, 0), u32(0));
        message.set(u16(checksum(message)), 2);
        const echo = ipv4({ source, destination: virtualLan.serverAddress, protocol: 1, payload: message });
        // The route to a network comes after the confirmation, and nothing tells.
        const ask = async () => {
          await initiator.send(echo);
          const datagram = await initiator.receive({ milliseconds: 500 }).catch(() => undefined);
          return (datagram !== undefined && datagram[9] === 1 && datagram[20] === 0) || undefined;
        };
        await until(`an echo for ${source}`, ask, patience);
      }
  },
);

const flags = { IPv4: '-4', IPv6: '-6' } as const;

Then(
  "the server's kernel has no more than {int} neighbours on the adapter in {family}",
  async function (this: ConformanceWorld, allowed: number, family: Family) {
    const namespace = this.lab.namespace('server');
    const words = [flags[family], 'neighbour', 'show', 'dev', adapterIn(namespace), 'nud', 'all'];
    const all = await ipJson<{ readonly dst: string }>(namespace, ...words);
    const unicast = all.filter(({ dst }) => !dst.startsWith('ff'));
    assert.ok(unicast.length <= allowed, `it has ${unicast.length}: ${unicast.slice(0, 4).map(({ dst }) => dst)} …`);
  },
);
