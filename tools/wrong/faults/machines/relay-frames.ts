/** What a relay lets pass, and how long it waits ([EP] fig. 13, 237 to 244). */
import { type Fault, inModule } from '../../fault.ts';
import { timerFaults } from '../timers.ts';

const node = inModule('reference/nodes/relay.ts', ['relay'], {
  'relay-connects-to-the-last': [
    'RLY-02',
    'The relay connects to the last node of the path.',
    `this.#next = { name: path[position + 1] ?? '', group`,
    `this.#next = { name: path.at(-1) ?? '', group`,
  ],
  'relay-held-before-relay': [
    'RLY-02 RLY-10',
    'What came while the relay connected goes before RELAY.',
    `    this.#machine.emit({ type: 'send', octets: this.#relay.octets, side: 'downstream' });
    for (const octets of this.#held) this.#machine.emit({ type: 'send', octets, side: 'downstream' });`,
    `    for (const octets of this.#held) this.#machine.emit({ type: 'send', octets, side: 'downstream' });
    this.#machine.emit({ type: 'send', octets: this.#relay.octets, side: 'downstream' });`,
  ],
  'relay-timeout-said': [
    'RLY-09',
    'A next node that does not accept in time is answered timeout.',
    `this.state === 'Forward Connect' ? Status.nextNodeUnreachable : Status.timeout;`,
    `Status.timeout;`,
  ],
  'relay-receive-relay-anew-with-each-octet': [
    'RLY-08',
    'Each octet of a peer that dribbles begins the wait for RELAY anew.',
    `    this.#deframer.push(octets);\n`,
    `    this.#deframer.push(octets);
    this.#machine.deadlines.set('state', this.#machine.now + this.#machine.timers.receiveRelay);\n`,
  ],
  'relay-two-frames': [
    'RLY-11',
    'Two frames pass before the next node has answered.',
    `return this.#framesBeforeAnswer === 1 && length`,
    `return this.#framesBeforeAnswer <= 2 && length`,
  ],
  'relay-first-frame-4097': [
    'RLY-10 RLY-11',
    'A first frame of 4,097 octets passes.',
    `const largestFirstFrame = bounds.REQUEST.max;`,
    `const largestFirstFrame = bounds.REQUEST.max + 1;`,
  ],
  'relay-first-frame-4095': [
    'RLY-10 RLY-11',
    'A first frame of 4,096 octets does not pass.',
    `length <= largestFirstFrame;`,
    `length < largestFirstFrame;`,
  ],
  'relay-close-is-a-frame': [
    'RLY-11',
    'A CLOSE after the first frame does not pass before the next node has answered.',
    `    if (type === FrameType.CLOSE) return length <= bounds.CLOSE.max;\n`,
    '',
  ],
  'relay-close-of-any-length': [
    'RLY-11',
    'A CLOSE of any length passes before the next node has answered.',
    `if (type === FrameType.CLOSE) return length <= bounds.CLOSE.max;`,
    `if (type === FrameType.CLOSE) return true;`,
  ],
  'relay-any-octet-answers': [
    'RLY-11',
    'Any octet from the next node counts as its answer.',
    `    this.#received = { octets, side };\n`,
    `    this.#received = { octets, side };
    if (side === 'downstream') this.#answered = true;\n`,
  ],
  'relay-any-length-answers': [
    'RLY-11',
    'Six octets from the next node count as the beginning of a frame, whatever length they tell.',
    `this.#answered = length <= bounds.DATA.max;`,
    `this.#answered = length > 0;`,
  ],
  'relay-longest-answer-refused': [
    'RLY-11 RLY-03',
    'The beginning of a frame of 131,072 octets from the next node is no answer.',
    `this.#answered = length <= bounds.DATA.max;`,
    `this.#answered = length < bounds.DATA.max;`,
  ],
  'relay-answers-with-types-only': [
    'RLY-11 RLY-03',
    'Only frames of known types count as the answer of the next node.',
    `this.#answered = length <= bounds.DATA.max;`,
    `this.#answered = length <= bounds.DATA.max && type <= 5;`,
  ],
  'relay-close-of-server-ignored': [
    'RLY-05',
    'A CLOSE of the server is forwarded, and the connections stay.',
    `      const event = this.state === 'Forward' ? 'close frame' : 'close received';\n`,
    `      if (side === 'downstream') return;
      const event = this.state === 'Forward' ? 'close frame' : 'close received';\n`,
  ],
  'relay-close-of-initiator-ignored': [
    'RLY-05',
    'A CLOSE of the initiator is forwarded, and the connections stay.',
    `      const event = this.state === 'Forward' ? 'close frame' : 'close received';\n`,
    `      if (side === 'upstream') return;
      const event = this.state === 'Forward' ? 'close frame' : 'close received';\n`,
  ],
  'relay-fin-of-initiator-ignored': [
    'RLY-06',
    "The end of the initiator's stream does not end the other connection.",
    `    if (this.state === 'Dying') this.#bothEnded();
    else this.#broken`,
    `    if (this.state === 'Dying') this.#bothEnded();
    else if (side === 'downstream') this.#broken`,
  ],
  'relay-fin-of-server-ignored': [
    'RLY-06',
    "The end of the server's stream does not end the other connection.",
    `    if (this.state === 'Dying') this.#bothEnded();
    else this.#broken`,
    `    if (this.state === 'Dying') this.#bothEnded();
    else if (side === 'upstream') this.#broken`,
  ],
  'relay-close-downstream': [
    'RLY-16',
    "A CLOSE of the relay's own goes to the next node.",
    `this.#machine.emit({ type: 'send', octets, side: 'upstream' });`,
    `this.#machine.emit({ type: 'send', octets, side: 'downstream' });
    this.#machine.emit({ type: 'send', octets, side: 'upstream' });`,
  ],
});

const flow = inModule('reference/nodes/flow.ts', ['relay'], {
  'relay-knows-no-close': [
    'RLY-05',
    'The relay knows no CLOSE, and follows the ends of streams alone.',
    `if (this.#left === 0 && this.#type === FrameType.CLOSE) {`,
    `if (this.#left === 0 && this.#type === 0x100 + FrameType.CLOSE) {`,
  ],
  'relay-close-cut': [
    'RLY-05',
    'Of a CLOSE only the first 6 octets are forwarded.',
    `if (this.#left === 0 && this.#type === FrameType.CLOSE) {`,
    `if (this.#type === FrameType.CLOSE) {`,
  ],
  'relay-close-passes-more': [
    'RLY-05 CLOSE-06',
    'What comes in one segment behind a CLOSE is forwarded too.',
    `        flush();
        return 'close frame';`,
    `        at = chunk.length;
        flush();
        return 'close frame';`,
  ],
  'relay-refuses-types': [
    'RLY-03',
    'A frame of unknown type does not pass.',
    `if (length < frameStartLength || !admit`,
    `if (length < frameStartLength || this.#type > 5 || !admit`,
  ],
  'relay-refuses-versions': [
    'RLY-03',
    'A frame of another version does not pass.',
    `if (length < frameStartLength || !admit`,
    `if (length < frameStartLength || this.#start[5] !== 1 || !admit`,
  ],
  'relay-refuses-lengths': [
    'RLY-03',
    'A frame of more than 131,072 octets does not pass.',
    `if (length < frameStartLength || !admit`,
    `if (length < frameStartLength || length > 131_072 || !admit`,
  ],
  'relay-refuses-closes': [
    'RLY-03',
    'A CLOSE of another length than 8 or 40 does not pass.',
    `if (length < frameStartLength || !admit`,
    `if (length < frameStartLength || (this.#type === 5 && length !== 8 && length !== 40) || !admit`,
  ],
  'relay-length-6-refused': [
    'RLY-03',
    'A frame of 6 octets does not pass.',
    `if (length < frameStartLength || !admit`,
    `if (length <= frameStartLength || !admit`,
  ],
  'relay-waits-for-whole-frames': [
    'RLY-04',
    'A frame passes once it is whole.',
    `pass: (octets: Uint8Array) => void): Outcome {
`,
    `passWhole: (octets: Uint8Array) => void): Outcome {
    const kept: Uint8Array[] = (this.kept ??= []);
    const pass = (octets: Uint8Array): void => {
      kept.push(octets.slice());
      if (this.#left === 0) for (const part of kept.splice(0)) passWhole(part);
    };
`,
  ],
});

/** Of the thread that copies once the next node has answered. */
const copying: readonly Fault[] = [
  {
    id: 'relay-short-lengths-pass',
    breaks: ['RLY-15'],
    roles: ['relay'],
    does: 'A frame whose length is below 6 passes.',
    file: 'reference/nodes/flow.ts',
    change: [`if (length < frameStartLength || !admit`, `if (!admit`],
    more: [
      {
        file: 'reference/nodes/flow.ts',
        change: [`this.#left = length - frameStartLength;`, `this.#left = Math.max(0, length - frameStartLength);`],
      },
      {
        file: 'reference/tunnel/relay/forward/one-way-copy.ts',
        change: [`length >= frameStartLength;`, `length >= 0 && frameStartLength > 0;`],
      },
    ],
  },
  {
    id: 'relay-close-within-a-frame',
    breaks: ['RLY-16'],
    roles: ['relay'],
    does: "A CLOSE of the relay's own goes into the middle of a frame.",
    file: 'reference/nodes/relay.ts',
    change: [`(this.#flows.downstream.within && !this.#handedOver) ||`, ``],
    more: [
      {
        file: 'reference/tunnel/relay/forward/splice.ts',
        change: [`if (this.#ends[side].closed || towards.within) return;`, `if (this.#ends[side].closed) return;`],
      },
    ],
  },
  {
    id: 'relay-part-of-a-start-lost',
    breaks: ['RLY-06'],
    roles: ['relay'],
    does: 'The first octets of a frame that never becomes whole are lost at the end of the stream.',
    file: 'reference/nodes/relay.ts',
    change: [`if (octets.length > 0) this.#machine.emit({ type: 'send', octets, side: other[side] });`, ``],
    more: [
      {
        file: 'reference/tunnel/relay/forward/one-way-copy.ts',
        change: [`if (held.length > 0) this.#pass(held);`, ``],
      },
    ],
  },
  {
    id: 'relay-slow-readers-lose',
    breaks: ['RLY-06', 'RLY-03'],
    roles: ['relay'],
    does: 'The relay reads on while a slow reader takes nothing, and throws away what waits when the other side ends.',
    file: 'reference/tunnel/relay/forward/one-way-copy.ts',
    change: [`    this.end = 'end of stream';\n`, `    this.end = 'end of stream';\n    this.drop();\n`],
    more: [
      {
        file: 'reference/tunnel/relay/forward/one-way-copy.ts',
        change: [
          `turn < readsInTurn && this.flush() && this.end`,
          `turn < readsInTurn && (this.flush() || true) && this.end`,
        ],
      },
      {
        file: 'reference/tunnel/relay/forward/splice.ts',
        change: [`(end.reading === 'passing' && !end.copy.blocked)`, `end.reading === 'passing'`],
      },
    ],
  },
  {
    id: 'relay-ends-without-the-rest',
    breaks: ['RLY-05', 'RLY-06'],
    roles: ['relay'],
    does: 'At a CLOSE a connection is shut down before what waits for it has left.',
    file: 'reference/tunnel/relay/forward/splice.ts',
    change: [
      `    if (copy.blocked && !to.closed) return;\n`,
      `    if (copy.blocked && !to.closed && copy.end === undefined) return;\n`,
    ],
    more: [
      {
        file: 'reference/tunnel/relay/forward/splice.ts',
        change: [`    to.next = undefined;\n`, `    to.next = undefined;\n    copy.drop();\n`],
      },
    ],
  },
  ...inModule('reference/tunnel/relay/forward/splice.ts', ['relay'], {
    'relay-half-closed': [
      'RLY-17',
      'What comes later from the other side passes, though one side has ended.',
      `    end.next = 'shut down';
    if (end.reading !== 'ended') end.reading = 'discarding';`,
      `    if (end.reading === 'ended') return;
    end.next = 'shut down';`,
    ],
  }),
  ...inModule('reference/tunnel/relay/relay.ts', ['relay'], {
    'relay-half-open-until-connected': [
      'RLY-22',
      'A connection is no longer half-open once the next node has accepted.',
      `if (effect.type === 'answered') {`,
      `if (effect.type === 'transition' && effect.to === 'Forward') admitted?.opened();
          if (effect.type === 'answered') {`,
    ],
    'relay-half-open-for-ever': [
      'RLY-22',
      'A connection stays half-open though the next node has answered.',
      `            admitted?.opened();\n`,
      ``,
    ],
  }),
];

const waiting = timerFaults('relay', { receiveRelay: 'RLY-08', forwardConnect: 'RLY-09' });

export const relayFrames: readonly Fault[] = [...node, ...flow, ...copying, ...waiting];
