/** Framing (FRAME): reserved bits, frames that have no place in a state, memory, frames that stall. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const deframer = faultsIn('reference/wire/deframer.ts');
const conversation = faultsIn('reference/nodes/conversation.ts');
const serverNode = faultsIn('reference/nodes/server.ts');
const initiatorNode = faultsIn('reference/nodes/initiator.ts');
const opened = faultsIn('reference/wire/opened.ts');
const relayFrame = faultsIn('reference/wire/relay.ts');

const judged = '      this.#judged = judgeStart(this.#peek(frameStartLength));';
const inAuthorized = '    } else throw new Unexpected(`${type} in Authorized`);';
const ignoring = (type: string): string =>
  `    } else if (type !== '${type}') throw new Unexpected(\`\${type} in Authorized\`);`;
const stalled = "    if (this.#deframer.partial) machine.after(machine.timers.stalledFrame, 'stalledFrame');";
const serverOpening = '    else throw new Unexpected(`${type} in ${this.state}`);';
const serverIgnoring = (type: string, state: string): string =>
  `    else if (type !== '${type}' || this.state !== '${state}') throw new Unexpected(\`\${type} in \${this.state}\`);`;
const clientOpening = "    if (type !== 'RESPONSE' || this.#handshake === undefined) throw";

export const framesInStates: readonly Fault[] = [
  // FRAME-11
  relayFrame(
    'relay-reserved-accepted',
    'FRAME-11',
    'server relay',
    'The reserved octet of RELAY is not looked at.',
    'if (reserved !== 0)',
    'if (reserved < 0)',
  ),
  relayFrame(
    'relay-reserved-low-bit',
    'FRAME-11',
    'server relay',
    'Of the reserved octet of RELAY only the lowest bit is looked at.',
    'if (reserved !== 0)',
    'if ((reserved & 1) !== 0)',
  ),
  relayFrame(
    'relay-reserved-sent',
    'FRAME-11',
    'client',
    'The reserved octet of RELAY is sent as 1.',
    'hopCount, reserved: 0 }',
    'hopCount, reserved: 1 }',
  ),
  opened(
    'flags-low-octet-accepted',
    'FRAME-11 REQ-02',
    'client server',
    'The low octet of the flags of REQUEST and RESPONSE is not looked at.',
    "if ((flags & 0xff) !== 0) throw new Malformed(`${layout.describe('flags')}",
    "if (flags < 0) throw new Malformed(`${layout.describe('flags')}",
    [
      {
        file: 'reference/wire/opened.ts',
        change: [
          'if ((flags & 0xff) !== 0) throw new Malformed(`${name} flags',
          'if (flags < 0) throw new Malformed(`${name} flags',
        ],
      },
    ],
  ),
  opened(
    'flags-high-bit-accepted',
    'FRAME-11 REQ-02',
    'client server',
    'The highest bit of the low octet of the flags is not looked at.',
    "if ((flags & 0xff) !== 0) throw new Malformed(`${layout.describe('flags')}",
    "if ((flags & 0x7f) !== 0) throw new Malformed(`${layout.describe('flags')}",
    [
      {
        file: 'reference/wire/opened.ts',
        change: [
          'if ((flags & 0xff) !== 0) throw new Malformed(`${name} flags',
          'if ((flags & 0x7f) !== 0) throw new Malformed(`${name} flags',
        ],
      },
    ],
  ),
  opened(
    'flags-low-octet-sent',
    'FRAME-11 REQ-02',
    'client server',
    'The low octet of the flags is sent as 1.',
    'flags: suite << 8,',
    'flags: (suite << 8) | 1,',
    [
      {
        file: 'reference/wire/opened.ts',
        change: [
          "if ((flags & 0xff) !== 0) throw new Malformed(`${layout.describe('flags')}",
          "if (flags < 0) throw new Malformed(`${layout.describe('flags')}",
        ],
      },
    ],
  ),
  // FRAME-13
  ...['RELAY', 'REQUEST', 'RESPONSE'].map((type) =>
    conversation(
      `authorized-ignores-${type.toLowerCase()}`,
      'FRAME-13 INI-11',
      'client server',
      `In Authorized ${type} is ignored.`,
      inAuthorized,
      ignoring(type),
    ),
  ),
  conversation(
    'authorized-misplaced-as-integrity',
    'FRAME-13 INI-11',
    'client server',
    'In Authorized a frame that has no place is an integrity failure.',
    'error instanceof IntegrityFailure)',
    'error instanceof IntegrityFailure || (error instanceof Unexpected && this.#session !== undefined))',
  ),
  ...(
    [
      ['REQUEST', 'Receive Relay'],
      ['RESPONSE', 'Receive Relay'],
      ['DATA', 'Receive Relay'],
      ['RELAY', 'Connect Wait'],
      ['RESPONSE', 'Connect Wait'],
      ['DATA', 'Connect Wait'],
    ] as const
  ).map(([type, state]) =>
    serverNode(
      `${state.toLowerCase().replace(' ', '-')}-ignores-${type.toLowerCase()}`,
      state === 'Receive Relay' ? 'FRAME-13 SRV-02 RELAY-01' : 'FRAME-13 SRV-03',
      'server',
      `In ${state} ${type} is ignored.`,
      serverOpening,
      serverIgnoring(type, state),
    ),
  ),
  ...['RELAY', 'REQUEST', 'DATA'].map((type) =>
    initiatorNode(
      `response-wait-ignores-${type.toLowerCase()}`,
      'FRAME-13 INI-12',
      'client',
      `In Response Wait ${type} is ignored.`,
      clientOpening,
      `    if (type === '${type}') return;\n${clientOpening}`,
    ),
  ),
  // FRAME-14
  deframer(
    'memory-as-claimed',
    'FRAME-14',
    'server relay',
    'As many octets as a frame claims are reserved when its first 6 octets have come.',
    judged,
    `${judged}\n      (this as unknown as { reserved: Uint8Array }).reserved = new Uint8Array(this.#judged.length).fill(1);`,
  ),
  deframer(
    'memory-before-judged',
    'FRAME-14',
    'server relay',
    'Up to 64 MiB are reserved for the length that a frame claims before it is judged.',
    judged,
    `      const claimed = new DataView(this.#peek(4).slice().buffer).getUint32(0);
      (this as unknown as { reserved: Uint8Array }).reserved = new Uint8Array(Math.min(claimed, 2 ** 26)).fill(1);
${judged}`,
  ),
  // FRAME-15
  conversation(
    'stalled-never',
    'FRAME-15',
    'client server',
    'A frame that is begun may stay begun without end.',
    stalled,
    '    if (this.#deframer.partial) {}',
  ),
  conversation(
    'stalled-late',
    'FRAME-15',
    'client server',
    'A stalled frame is given up after three times its time.',
    stalled,
    stalled.replace('stalledFrame,', 'stalledFrame * 3,'),
  ),
  conversation(
    'stalled-early',
    'FRAME-15',
    'client server',
    'A stalled frame is given up after half of its time.',
    stalled,
    stalled.replace('stalledFrame,', 'stalledFrame / 2,'),
  ),
  conversation(
    'stalled-not-anew',
    'FRAME-15',
    'client server',
    'The time of a stalled frame runs from its first octet, whatever comes of it.',
    stalled,
    "    if (this.#deframer.partial) {\n      if (machine.deadlines.get('stalledFrame') === undefined) machine.after(machine.timers.stalledFrame, 'stalledFrame');\n    }",
  ),
  conversation(
    'stalled-data-only',
    'FRAME-15',
    'client server',
    'Only a DATA frame can be stalled.',
    stalled,
    stalled.replace(
      'this.#deframer.partial',
      "this.#deframer.partial && (this.#deframer.begun ?? { type: 'DATA' }).type === 'DATA'",
    ),
  ),
  conversation(
    'stalled-once-judged',
    'FRAME-15',
    'client server',
    'A frame of which fewer than 6 octets have come is not stalled.',
    stalled,
    stalled.replace('this.#deframer.partial', 'this.#deframer.begun'),
  ),
  conversation(
    'stalled-not-cleared',
    'FRAME-15',
    'client server',
    'The time of a stalled frame runs on once the frame is whole.',
    "    else machine.deadlines.clear('stalledFrame');\n",
    '',
  ),
  conversation(
    'stalled-as-timeout',
    'FRAME-15',
    'client server',
    'A stalled frame is answered "timeout".',
    "this.#machine.end(integrityFailure('a frame never became whole'))",
    "this.#machine.end({ event: 'protocol error', cause: bySelf(Status.timeout) })",
  ),
];
