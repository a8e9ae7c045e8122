/** Initiators that are right on their first connection, and on a later one go on with something of the one before. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const node = 'reference/nodes/initiator.ts';
const conversation = 'reference/nodes/conversation.ts';
const running = 'reference/nodes/running-machine.ts';
const sessions = 'reference/nodes/session.ts';

/** Something of the process that the changed module keeps from one connection to the next. */
const kept = (name: string, value: string): string => `(globalThis.${name} ??= ${value})`;

const inNode = inModule(node, ['client'], {
  'back-off-anew-after-first-session-alone': [
    'INI-16',
    'The back-off starts anew once Authorized was reached for the first time, and never again.',
    'if (!this.#brief) this.#failures = 0;',
    `if (!this.#brief && ${kept('reset', 'true')}) this.#failures = 0;\n    globalThis.reset = false;`,
  ],
  'bounds-of-first-response-stay': [
    'INI-09 INI-10 RESP-05',
    'The bounds of the first RESPONSE hold for the keys of later connections, too.',
    'const { lifetimes, options: dataOptions } = keyExchangeData;',
    `const { options: dataOptions } = keyExchangeData;\n    const lifetimes = ${kept('bounds', 'keyExchangeData.lifetimes')};`,
  ],
  'transform-of-first-response-stays': [
    'INI-10 RESP-03 KEY-01',
    'The transform of the first RESPONSE is used on later connections, whatever their RESPONSE says.',
    `    const { transform, keyExchangeData } = response;
    const { lifetimes`,
    `    const { keyExchangeData } = response;
    const transform = ${kept('transform', 'response.transform')};
    const { lifetimes`,
  ],
  'options-of-first-response-stay': [
    'DATA-06 RESP-09 OFF-05 BUN-06',
    'The options of the first RESPONSE hold for later connections, too.',
    'lifetimes, percent, dataOptions });',
    `lifetimes, percent, dataOptions: ${kept('options', 'dataOptions')} });`,
  ],
  'options-of-all-responses-together': [
    'DATA-06 RESP-09 OFF-05 BUN-06',
    'An option that was negotiated once holds for all later connections.',
    'lifetimes, percent, dataOptions });',
    'lifetimes, percent, dataOptions: (globalThis.options = (globalThis.options ?? 0) | dataOptions) });',
  ],
});

const ofState = inModule(conversation, ['client'], {
  'third-keep-alive-in-a-row-missing': [
    'DATA-13',
    'After two keep-alives in a row there is no third one until a datagram has been sent.',
    "machine.after(machine.timers.keepAlive, 'keepAlive');",
    `globalThis.quiet = datagrams.length > 0 ? 0 : (globalThis.quiet ?? 0) + 1;
    if (globalThis.quiet < 3) machine.after(machine.timers.keepAlive, 'keepAlive');`,
  ],
});

const ofSession = inModule(sessions, ['client'], {
  'takes-options-of-before': [
    'DATA-06 BUN-03 OFF-02 DATA-10',
    'Frames with options of an earlier connection are taken, though this one has not negotiated them.',
    'createOpener(transform, this.#peer, { counter: this.#received, dataOptions })',
    'createOpener(transform, this.#peer, { counter: this.#received, dataOptions: (globalThis.taken = (globalThis.taken ?? 0) | dataOptions) })',
  ],
  'octets-of-received-frames-one-too-many': [
    'INI-09',
    'A key is renewed when the peer has sent more octets than the bound of nine tenths, and not when it has sent as many.',
    'received.octets >= octets;',
    'received.octets > octets;',
  ],
  'received-frames-one-too-many': [
    'INI-09',
    'A key is renewed one frame late where it is the peer that uses it up.',
    'received.frames >= frames',
    'received.frames > frames',
  ],
  'time-bound-in-whole-seconds': [
    'INI-09',
    'Nine tenths of the bound of time are rounded down to whole seconds.',
    'lifetimes.seconds * 10 * percent',
    'Math.floor((lifetimes.seconds * percent) / 100) * 1_000',
  ],
});

const several = ofSeveral({
  'timers-of-first-connection-alone': [
    'INI-14 CLOSE-08 INI-27',
    'client',
    'The timer of a state runs when it is entered for the first time, and never again.',
    [
      running,
      'if (timer !== undefined) this',
      'globalThis.entered ??= new Set();\n    if (timer !== undefined && globalThis.entered.size < globalThis.entered.add(state).size) this',
    ],
  ],
  'timer-of-first-response-wait-alone': [
    'INI-14',
    'client',
    'Without a RESPONSE it waits for ever on all connections but the first.',
    [
      running,
      'if (timer !== undefined) this',
      "if (state === 'Response Wait') globalThis.waits = (globalThis.waits ?? 0) + 1;\n    if (timer !== undefined && !(state === 'Response Wait' && globalThis.waits > 1)) this",
    ],
  ],
  'timer-of-first-reconnect-alone': [
    'INI-09 INI-10 CLOSE-08',
    'client',
    'From the second renewal of a key on it waits for ever for a peer that does not end its stream.',
    [
      running,
      'if (timer !== undefined) this',
      "if (state === 'Reconnect') globalThis.renewals = (globalThis.renewals ?? 0) + 1;\n    if (timer !== undefined && !(state === 'Reconnect' && globalThis.renewals > 1)) this",
    ],
  ],
  'connected-subnets-of-first-connection': [
    'CD-07 CD-16 ADP-20 ADP-35',
    'client',
    'Which subnets the machine is connected to is looked up once: what it has joined since is not protected.',
    [
      'reference/tunnel/client/client-adapter.ts',
      'this.#connected = connectedSubnets(adapter.name);',
      'this.#connected = globalThis.connected ??= connectedSubnets(adapter.name);',
    ],
  ],
  'pins-first-address-alone': [
    'ADP-13',
    'client',
    'When it connects again, only the first address of the next node is kept out of the tunnel.',
    [
      'reference/tunnel/client/client-adapter.ts',
      'this.#open.wanted = { ...this.#open.wanted, firstHops };',
      'this.#open.wanted = { ...this.#open.wanted, firstHops: firstHops.slice(0, 1) };',
    ],
  ],
  'half-the-time-for-each-address': [
    'PATH-17',
    'client',
    'Each address of the next node may take half of the time, however many there are.',
    [
      'reference/tunnel/names/group.ts',
      'Math.ceil(patience / untried.reduce((sum, { endpoints }) => sum + endpoints.length, 0))',
      'Math.ceil(patience / Math.min(2, untried.reduce((sum, { endpoints }) => sum + endpoints.length, 0)))',
    ],
  ],
});

export const secondConnections: readonly Fault[] = [...inNode, ...ofState, ...ofSession, ...several];
