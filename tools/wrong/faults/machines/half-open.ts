/** Who has a place among the half-open connections, and who gives way ([EP] figs. 12 and 13). */
import { type Fault, type FaultyRole, inModule } from '../../fault.ts';

const file = 'reference/tunnel/admission.ts';

/** What both roles count. @param half requirement on how many are half-open @param order that on who gives way */
const common = (role: FaultyRole, half: string, order: string): readonly Fault[] =>
  inModule(file, [role], {
    [`${role}-half-open-one-more`]: [
      half,
      'One more connection in all than the limit is half-open.',
      `(half.total < halfOpen ||`,
      `(half.total <= halfOpen ||`,
    ],
    [`${role}-half-open-one-fewer`]: [
      half,
      'One connection in all fewer than the limit is half-open.',
      `(half.total < halfOpen ||`,
      `(half.total < halfOpen - 1 ||`,
    ],
    [`${role}-half-open-per-source-one-more`]: [
      half,
      'One more connection from one source than the limit is half-open.',
      `(half.of(name) < ofSource ||`,
      `(half.of(name) <= ofSource ||`,
    ],
    [`${role}-half-open-per-source-one-fewer`]: [
      half,
      'One connection from one source fewer than the limit is half-open.',
      `(half.of(name) < ofSource ||`,
      `(half.of(name) < ofSource - 1 ||`,
    ],
    [`${role}-half-open-sources-not-told-apart`]: [
      half,
      'All connections count as ones of the same source.',
      `(half.of(name) < ofSource ||`,
      `(half.total < ofSource ||`,
    ],
    [`${role}-newcomers-refused`]: [
      half,
      'Where all places are taken, newcomers are refused.',
      `    if (entry === undefined) return false;\n`,
      `    if (entry !== undefined || entry === undefined) return false;\n`,
    ],
    [`${role}-gives-way-stays-open`]: [
      half,
      'What gives way counts no more and stays open.',
      `    entry.giveWay();\n`,
      '',
    ],
    [`${role}-ending-gives-way-last`]: [
      order,
      'What is refused or over gives way after the others.',
      `['ending', 'opening', 'forwarded', 'stale', 'fresh']`,
      `['opening', 'forwarded', 'stale', 'ending', 'fresh']`,
    ],
    [`${role}-opening-gives-way-last`]: [
      order,
      'What is not whole gives way after the others.',
      `['ending', 'opening', 'forwarded', 'stale', 'fresh']`,
      `['ending', 'forwarded', 'stale', 'opening', 'fresh']`,
    ],
  } as Record<string, [string, string, string, string]>);

const server = inModule(file, ['server'], {
  'server-stale-never-gives-way': [
    'SRV-28',
    'A replay keeps its place.',
    `['ending', 'opening', 'forwarded', 'stale', 'fresh']`,
    `['ending', 'opening', 'forwarded', 'fresh', 'stale']`,
  ],
  'server-fresh-gives-way': [
    'SRV-30',
    'A fresh authorised connection gives way to a newcomer.',
    `const yielding = stages.slice(0, -1);`,
    `const yielding = stages.slice();`,
  ],
  'server-any-block-gives-way': [
    'SRV-29',
    'It is one of the block with the fewest that gives way.',
    `if (block.length > fullest.length) fullest = block;`,
    `if (fullest.length === 0 || block.length < fullest.length) fullest = block;`,
  ],
  'server-first-block-gives-way': [
    'SRV-29',
    'Whoever has come first gives way, whatever its block.',
    `if (fullest.length > 0) return fullest[this.#random(fullest.length)];`,
    `if (fullest.length > 0) return entries.find((entry) => entry.stage === stage);`,
  ],
  'server-share-not-kept': [
    'SRV-31',
    'A source from which a session came has no share.',
    `return (entry) => inScope(entry) && !isTrusted(entry);`,
    `return (entry) => inScope(entry) && (isTrusted(entry) || !isTrusted(entry));`,
  ],
  'server-relay-like-any-other': [
    'SRV-32',
    'A relay that the operator names has the places of any other source.',
    `this.#relays.has(name) ? (this.#limits.halfOpenPerRelay ?? halfOpenPerSource) : halfOpenPerSource;`,
    `halfOpenPerSource;`,
  ],
  'server-everybody-like-a-relay': [
    'SRV-32',
    'Every source has as many places as a relay.',
    `this.#relays.has(name) ? (this.#limits.halfOpenPerRelay ?? halfOpenPerSource) : halfOpenPerSource;`,
    `this.#limits.halfOpenPerRelay ?? halfOpenPerSource;`,
  ],
});

const sources = inModule('reference/tunnel/sources.ts', ['server'], {
  'server-source-whole-ipv6-address': [
    'SRV-27',
    'Each IPv6 address is a source of its own.',
    `name: network(text, 64)`,
    `name: network(text, 128)`,
  ],
  'server-source-ipv6-48': [
    'SRV-27',
    'All of an IPv6 /48 is one source.',
    `name: network(text, 64)`,
    `name: network(text, 48)`,
  ],
});

const policy = inModule('reference/tunnel/server/policy.ts', ['server'], {
  'server-half-open-freed-by-response': [
    'SRV-27',
    'A connection is no longer half-open once RESPONSE is sent.',
    `    connected.admitted.reached(connected.unconfirmed.fresh ? 'fresh' : 'stale');\n`,
    `    connected.admitted.opened();\n`,
  ],
  'server-half-open-when-confirmed': [
    'SRV-27 SRV-28',
    'Confirmed connections count as half-open.',
    `    connected?.admitted.opened();\n`,
    '',
  ],
  'server-ending-not-told-apart': [
    'SRV-28',
    'What is refused or over is taken for what is not whole.',
    `    connected?.admitted.reached('ending');\n`,
    '',
  ],
});

const giving = inModule('reference/machines/server.ts', ['server'], {
  'server-receive-relay-gives-no-way': [
    'SRV-27 SRV-28',
    'What is silent counts no more when it gives way, and stays open.',
    `    ['Receive Relay', ['gives way'], ['send CLOSE and disconnect'], 'Dying', 'binding'],\n`,
    '',
  ],
  'server-connect-wait-gives-no-way': [
    'SRV-28',
    'What has sent RELAY counts no more when it gives way, and stays open.',
    `    ['Connect Wait', ['gives way'], ['send CLOSE and disconnect'], 'Dying', 'binding'],\n`,
    '',
  ],
  'server-refused-gives-no-way': [
    'SRV-28',
    'What waits for its refusal counts no more when it gives way, and stays open.',
    `['Close', ['network error', 'gives way'],`,
    `['Close', ['network error'],`,
  ],
  'server-refused-gives-way-with-close': [
    'SRV-28',
    'A refusal is sent before its time when its connection gives way.',
    `    ['Close', ['network error', 'gives way'], ['disconnect'], 'Dying', 'binding'],`,
    `    ['Close', ['network error'], ['disconnect'], 'Dying', 'binding'],
    ['Close', ['gives way'], ['send CLOSE and disconnect'], 'Dying', 'binding'],`,
  ],
  'server-gives-way-without-close': [
    'SRV-28',
    'What is silent is closed without a word.',
    `['Receive Relay', ['gives way'], ['send CLOSE and disconnect'],`,
    `['Receive Relay', ['gives way'], ['disconnect'],`,
  ],
});

const relayOrder = inModule(file, ['relay'], {
  'relay-forwarded-never-gives-way': [
    'RLY-23',
    'What the next node has not answered keeps its place.',
    `const yielding = stages.slice(0, -1);`,
    `const yielding = stages.slice(0, 2);`,
  ],
  'relay-forwarded-gives-way-to-its-source': [
    'RLY-24',
    'What the next node has not answered gives way to its own source: a path that leads back never ends.',
    `yielding.filter((stage) => stage !== 'forwarded');`,
    `yielding;`,
  ],
  'relay-connections-one-more': [
    'RLY-13',
    'One more connection in all than the limit is let in.',
    `(all.total < connections ||`,
    `(all.total <= connections ||`,
  ],
  'relay-connections-one-fewer': [
    'RLY-13',
    'One connection in all fewer than the limit is let in.',
    `(all.total < connections ||`,
    `(all.total < connections - 1 ||`,
  ],
  'relay-connections-per-source-one-more': [
    'RLY-13',
    'One more connection from one source than the limit is let in.',
    `(all.of(name) < connectionsPerSource ||`,
    `(all.of(name) <= connectionsPerSource ||`,
  ],
  'relay-connections-per-source-one-fewer': [
    'RLY-13',
    'One connection from one source fewer than the limit is let in.',
    `(all.of(name) < connectionsPerSource ||`,
    `(all.of(name) < connectionsPerSource - 1 ||`,
  ],
  'relay-connections-per-source-not-told-apart': [
    'RLY-13',
    'All connections count as ones of the same source.',
    `(all.of(name) < connectionsPerSource ||`,
    `(all.total < connectionsPerSource ||`,
  ],
});

const onward = inModule('reference/nodes/relay.ts', ['relay'], {
  'relay-connects-for-relay-alone': [
    'RLY-25',
    'The relay connects as soon as RELAY has come.',
    `    const following = this.#deframer.takeUnread();
    if (following.length > 0) this.#receiveBehind(following);`,
    `    this.#machine.step('relay');
    const following = this.#deframer.takeUnread();
    if (following.length > 0) this.#frame(following, 'upstream');`,
  ],
  'relay-connects-for-a-frame-start': [
    'RLY-25',
    'The relay connects as soon as the frame behind RELAY has begun.',
    `else if (behind.length >= length) {`,
    `else if (behind.length >= frameStartLength) {`,
  ],
  'relay-frame-behind-4095': [
    'RLY-20',
    'Behind RELAY a frame of 4,096 octets is refused.',
    `length > (isClose ? bounds.CLOSE.max : largestFirstFrame))`,
    `length >= (isClose ? bounds.CLOSE.max + 1 : largestFirstFrame))`,
  ],
  'relay-frame-behind-judged-when-whole': [
    'RLY-20',
    'Behind RELAY a frame that is too long is awaited.',
    `length > (isClose ? bounds.CLOSE.max : largestFirstFrame))`,
    `(length > (isClose ? bounds.CLOSE.max : largestFirstFrame) && behind.length >= 4_097))`,
  ],
  'relay-frame-behind-awaited-for-ever': [
    'RLY-21',
    'Once RELAY has come, nothing bounds the wait for the frame behind it.',
    `    const behind = this.#behind;\n`,
    `    const behind = this.#behind;
    this.#machine.deadlines.clear('state');\n`,
  ],
});

export const halfOpen: readonly Fault[] = [
  ...common('server', 'SRV-27', 'SRV-28'),
  ...server,
  ...sources,
  ...policy,
  ...giving,
  ...common('relay', 'RLY-22', 'RLY-23'),
  ...relayOrder,
  ...onward,
];
