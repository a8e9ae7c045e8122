/** The whole conversations, and framing in Authorized, against reference/nodes as reference/tunnel sets them up from the configuration. */
import test from 'ava';
import type { Effect, Input, Node } from '../reference/nodes/effect.ts';
import { InitiatorNode } from '../reference/nodes/initiator.ts';
import { ServerNode } from '../reference/nodes/server.ts';
import { parseConfig } from '../reference/tunnel/config/config.ts';
import { Policy } from '../reference/tunnel/server/policy.ts';
import { load, octets, title, type Vector, type VectorGroup } from './load.ts';

const environment = { PNA_INSECURE_DETERMINISTIC: '1' };

/** A node that has just been connected, and what it has sent and delivered since. */
class End {
  readonly #node: Node;
  readonly sent: string[] = [];
  readonly delivered: string[] = [];
  #now = 1_000_000;

  constructor(node: Node, ...first: readonly Input[]) {
    this.#node = node;
    for (const input of first) this.tell(input);
  }

  tell(input: Input): void {
    this.#perform(this.#node.handle(input, this.#now));
  }

  receive(frame: string): void {
    this.tell({ type: 'octets', octets: octets(frame) });
  }

  /** Lets the delay of a refusal, or the silence before a keep-alive, pass. */
  wait(milliseconds: number): void {
    this.#now += milliseconds;
    this.tell({ type: 'time' });
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'send') this.sent.push(effect.octets.toHex());
      if (effect.type === 'deliver') this.delivered.push(effect.datagram.toHex());
    }
  }
}

function initiator(group: VectorGroup): End {
  const config = parseConfig('client', JSON.stringify(group['configuration'].client), 'client.json', environment);
  const node = new InitiatorNode({
    name: config.name,
    staticPrivate: config.staticPrivate,
    server: config.server,
    path: config.path,
    origin: config.origin,
    transforms: config.transforms,
    lifetimes: config.lifetime,
    freshness: () => config.deterministic?.freshness ?? 0n,
    timers: config.timers,
    randomness: config.randomness,
    reconnect: config.reconnect,
  });
  return new End(node, { type: 'command', command: 'connect' }, { type: 'tcp established' });
}

function server(group: VectorGroup): End {
  const config = parseConfig('server', JSON.stringify(group['configuration'].server), 'server.json', environment);
  const node = new ServerNode({
    names: config.names,
    staticPrivate: config.staticPrivate,
    authority: new Policy(config),
    giveWay: () => {},
    source: '192.0.2.1',
    timers: config.timers,
    randomness: config.randomness,
  });
  return new End(node, { type: 'tcp accepted' });
}

type Step = { from: 'initiator' | 'server'; frame: string; octets: string; datagram?: string };

/** Both ends through the first `count` steps: each hears the vector's octets, whatever the other has said. */
function through(group: VectorGroup, steps: readonly Step[], count: number): { initiator: End; server: End } {
  const ends = { initiator: initiator(group), server: server(group) };
  for (const [index, step] of steps.slice(0, count).entries()) {
    if (step.datagram) ends[step.from].tell({ type: 'datagrams', datagrams: [octets(step.datagram)] });
    // The first empty one comes by itself (DATA-08), the others of silence (DATA-13).
    else if (index > 3) ends[step.from].wait(20_000);
    ends[step.from === 'initiator' ? 'server' : 'initiator'].receive(step.octets);
  }
  return ends;
}

const of = (steps: readonly Step[], from: string): Step[] => steps.filter((step) => step.from === from);
const datagrams = (steps: readonly Step[]): string[] => steps.flatMap(({ datagram }) => (datagram ? [datagram] : []));

for (const group of load('conversation')) {
  const [whole, ...broken] = group.tests as [Vector, ...Vector[]];
  const steps: readonly Step[] = whole['steps'];

  test(`conversation, ${group.comment}: every octet of each direction`, (t) => {
    const ends = through(group, steps, steps.length);
    for (const [from, to, joined] of [
      ['initiator', 'server', 'initiatorToServer'],
      ['server', 'initiator', 'serverToInitiator'],
    ] as const) {
      t.deepEqual(
        ends[from].sent,
        of(steps, from).map((step) => step.octets),
      );
      t.is(ends[from].sent.join(''), whole[joined]);
      t.deepEqual(ends[to].delivered, datagrams(of(steps, from)));
    }
  });

  for (const by of ['initiator', 'server'] as const)
    test(`conversation, ${group.comment}: the ${by} ends it, and the other sends no CLOSE`, (t) => {
      const ends = through(group, steps, steps.length);
      const other = ends[by === 'initiator' ? 'server' : 'initiator'];
      const { octets: close } = whole['closes'][by];
      ends[by].tell({ type: 'command', command: by === 'initiator' ? 'end session' : 'shut down' });
      t.is(ends[by].sent.at(-1), close);
      const before = other.sent.length;
      other.receive(close);
      other.tell({ type: 'end of stream' });
      t.is(other.sent.length, before);
    });

  for (const vector of broken)
    test(`conversation, ${group.comment}: ${title(vector)}`, (t) => {
      const step = steps[vector['after']];
      const ends = through(group, steps, vector['after']);
      const receiver = ends[step?.from === 'initiator' ? 'server' : 'initiator'];
      const before = receiver.sent.length;
      receiver.receive(vector['instead']);
      receiver.wait(250);
      t.deepEqual(receiver.sent.slice(before), [vector['answer']]);
      t.is(Number.parseInt(vector['answer'].slice(12, 16), 16), vector['status']);
    });
}

/** One transform with either length of the digest. */
const conversations = load('conversation')
  .slice(0, 4)
  .filter(({ transformId }) => transformId % 0x100 === 1);
/** RELAY, REQUEST, RESPONSE and the empty DATA frame. */
const authorized = 4;

const ends = (group: VectorGroup) => through(group, group.tests[0]?.['steps'] as readonly Step[], authorized);

for (const group of conversations) {
  for (const role of ['initiator', 'server'] as const) {
    for (const vector of load('authorized').flatMap(({ tests }) => tests))
      test(`authorized, ${group['transform']}, ${role}: ${title(vector)}`, (t) => {
        const end = ends(group)[role];
        const before = end.sent.length;
        end.tell({ type: 'octets', octets: octets(vector['octets']) });
        const answers = end.sent.slice(before);
        t.deepEqual(end.delivered, []);
        if (vector.result === 'valid' || vector['verdict'] === 'truncation') return t.deepEqual(answers, []);
        t.is(answers.length, 1);
        return t.is(answers[0]?.slice(0, 16), `0000002805010${`${vector['status'].toString(16)}`.padStart(3, '0')}`);
      });
  }
}
