/** Steps about client data that a later connection brings: what the emulators answer then, and what the kernel has. */
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Then } from '@cucumber/cucumber';
import { physicalText } from '../../reference/packets/physical.ts';
import { readDhcp } from '../../vectors/dhcp-reply.ts';
import { clientPacket, option } from '../../vectors/generate/dhcp-packet.ts';
import { sent } from '../../vectors/generate/neighbour-packet.ts';
import { cat, u16, zeros } from '../../vectors/generate/octets.ts';
import { address, broadcast, ethernet } from '../../vectors/generate/packets.ts';
import { hex6, meaningOf, networkOf, optionsIn } from '../../vectors/neighbour-options.ts';
import { watchAdapter } from '../support/adapter.ts';
import { known } from '../support/known.ts';
import { optionOf } from '../support/lab/captures/dhcp-messages.ts';
import { patience } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { linkOf, physicalOf, routesTo } from '../support/lab/networks/kernel-tables.ts';
import { isArpReply, isFromDhcpServer } from '../support/lab/packets/emulator-questions.ts';
import { isDiscovery, targetOf, type } from '../support/lab/packets/neighbour-packets.ts';
import type { PacketSocket } from '../support/lab/packets/packet-socket.ts';
import { neighbourSolicitation, routerSolicitation } from '../support/lab/packets/solicitations.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Who asks: the stack's socket, its physical address, and a number that no question before had. */
interface Asker {
  readonly stack: PacketSocket;
  readonly physical: Uint8Array;
  readonly number: number;
}

/** @returns what the answer says about it; undefined where none came */
type Question = (asker: Asker, about: string) => Promise<string | undefined>;

/** Milliseconds in which an answer comes, if one does. */
const answerTime = 300;

async function answerTo(
  { stack }: Asker,
  packets: readonly Uint8Array[],
  isAnswer: (frame: Uint8Array) => boolean,
): Promise<Uint8Array | undefined> {
  for (const packet of packets) stack.inject(packet);
  const over = performance.now() + answerTime;
  for (;;) {
    const isLast = performance.now() > over;
    const found = stack.settle().find(isAnswer);
    if (found !== undefined || isLast) return found;
    await pause(10);
  }
}

type OfOffer = (offer: ReturnType<typeof readDhcp>) => string | undefined;
const ofOffer: Readonly<Record<string, OfOffer>> = {
  address: ({ fields }) => fields.yiaddr,
  'DNS servers': (offer) => optionOf(offer, 6)?.match(/.{8}/g)?.map(dottedQuad).join(', ') ?? 'none',
  routes: (offer) => optionOf(offer, 121) ?? 'none',
  lease: (offer) => String(Number(`0x${optionOf(offer, 51) ?? ''}`) || 'none'),
  mask: (offer) => dottedQuad(optionOf(offer, 1) ?? ''),
  server: (offer) => dottedQuad(optionOf(offer, 54) ?? ''),
  MTU: (offer) => String(Number(`0x${optionOf(offer, 26) ?? ''}`) || 'none'),
};

const dottedQuad = (hex: string): string => Uint8Array.fromHex(hex).join('.');

/** Octets of Ethernet, IPv6 and the fixed part before the options of a router advertisement. */
const advertisementAt = 14 + 40 + 16;

/** Where its router lifetime stands, of two octets. */
const lifetimeAt = 14 + 40 + 6;

/** The question, and one about a node that is always answered for: what has not come before that answer does not come. */
async function resolved(asker: Asker, about: string): Promise<string | undefined> {
  const lan = about.replace(/\d+$/, '');
  const sender = `${lan}${100 + (asker.number % 100)}`;
  const question = (target: string): Uint8Array => {
    const packet = cat(u16(1), u16(0x0800), [6, 4], u16(1), asker.physical, address(sender), zeros(6), address(target));
    return ethernet(broadcast, asker.physical, 0x0806, packet);
  };
  const answers = (frame: Uint8Array, target: string): boolean =>
    isArpReply(frame) && frame.subarray(28, 32).join('.') === target && frame.subarray(38, 42).join('.') === sender;
  const control = `${lan}99`;
  const last = await answerTo(asker, [question(about), question(control)], (frame) => answers(frame, control));
  if (last === undefined) return undefined;
  const answer = asker.stack.settle().find((frame) => answers(frame, about));
  return answer === undefined ? 'none' : physicalText(answer.subarray(22, 28));
}

const questions: Readonly<Record<string, Question>> = {
  ARP: resolved,
  DISCOVER: async (asker, about) => {
    const xid = 0x5eed_4000 + asker.number;
    const packet = clientPacket({ op: 1, xid, chaddr: physicalText(asker.physical), options: [option(53, [1])] });
    const isAnswer = (frame: Uint8Array): boolean =>
      isFromDhcpServer(frame) && readDhcp(frame).fields.xid === xid.toString(16);
    const offer = await answerTo(asker, [packet], isAnswer);
    return offer && known(ofOffer, about)(readDhcp(offer));
  },
  REBINDING: async (asker, about) => {
    const xid = 0x5eed_8000 + asker.number;
    const message = { op: 1, xid, ciaddr: about, chaddr: physicalText(asker.physical), options: [option(53, [3])] };
    const isAnswer = (frame: Uint8Array): boolean =>
      isFromDhcpServer(frame) && readDhcp(frame).fields.xid === xid.toString(16);
    const answer = await answerTo(asker, [clientPacket(message, { source: about })], isAnswer);
    return answer && known({ '05': 'ACK', '06': 'NAK' }, optionOf(readDhcp(answer), 53) ?? '');
  },
  'neighbour solicitation': async (asker, about) => {
    const source = `fe80::${asker.number.toString(16)}`;
    const packet = sent(neighbourSolicitation(about, { source, physical: physicalText(asker.physical) }));
    const isAnswer = (frame: Uint8Array): boolean =>
      isDiscovery(frame, type.advertisement) &&
      hex6(targetOf(frame)) === hex6(about) &&
      frame.subarray(38, 54).toHex() === hex6(source);
    const answer = await answerTo(asker, [packet], isAnswer);
    return (
      answer &&
      meaningOf(optionsIn(answer.slice(14 + 40 + 24)).options)
        .targetPhysical.map(physicalText)
        .join()
    );
  },
  /** One that nobody asked for says the same. */
  'router solicitation': async (asker, about) => {
    const source = `fe80::${asker.number.toString(16)}`;
    const packet = sent(routerSolicitation({ source, physical: physicalText(asker.physical) }));
    const before = new Set(asker.stack.settle());
    const isAnswer = (frame: Uint8Array): boolean => isDiscovery(frame, type.routerAdvertisement) && !before.has(frame);
    const answer = await answerTo(asker, [packet], isAnswer);
    if (about === 'default router') return answer && (answer[lifetimeAt]! + answer[lifetimeAt + 1]! > 0 ? 'yes' : 'no');
    return (
      answer &&
      meaningOf(optionsIn(answer.slice(advertisementAt)).options)
        .routes.toSorted()
        .join(', ')
    );
  },
};

/** As a question returns it. */
const expectedOf = (question: string, about: string, answer: string): string =>
  question === 'router solicitation' && about === 'routes'
    ? answer.split(', ').map(networkOf).toSorted().join(', ')
    : answer;

/** Nothing tells when an adapter that was there goes by other client data. */
Then("soon the stack's questions get these answers", async function (this: ConformanceWorld, table: DataTable) {
  const namespace = this.lab.namespace('client');
  watchAdapter(this, 'client');
  const stack = this.get('stack');
  let number = 0x100;
  for (const { question = '', about = '', answer = '' } of table.hashes()) {
    const expected = expectedOf(question, about, answer);
    let came: string | undefined;
    const look = async (): Promise<true | undefined> => {
      number += 1;
      const physical = await physicalOf(namespace, adapterIn(namespace));
      came = await known(questions, question)({ stack, physical, number }, about);
      return came === expected || undefined;
    };
    const hint = (): string => `it is ${came ?? 'no answer'}`;
    await until(`${question} about ${about} answered with ${expected}`, look, patience, hint);
  }
});

Then(
  'soon the client routes {word} by {word} alone',
  async function (this: ConformanceWorld, network: string, gateway: string) {
    const namespace = this.lab.namespace('client');
    const expected = `${gateway} ${adapterIn(namespace)}`;
    let found = '';
    const look = async (): Promise<true | undefined> => {
      found = (await routesTo(namespace, network)).map((route) => `${route.gateway} ${route.dev}`).join(', ');
      return found === expected || undefined;
    };
    await until(`a route to ${network} by ${expected} alone`, look, patience, () => `it is ${found || 'none'}`);
  },
);

Then('soon the adapter has the physical address {word}', async function (this: ConformanceWorld, physical: string) {
  const namespace = this.lab.namespace('client');
  let found = '';
  const look = async (): Promise<true | undefined> => {
    // One that is made anew is away for a moment.
    found = await linkOf(namespace, adapterIn(namespace)).then(
      ({ address }) => address,
      () => 'that of no adapter',
    );
    return found === physical || undefined;
  };
  await until(`the physical address ${physical}`, look, patience, () => `it is ${found}`);
});
