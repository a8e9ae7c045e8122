/** What has to hold, and the requirements that say so. */

export interface Property {
  /** As `--property` and the report name it. */
  readonly name: string;
  readonly sentence: string;
  /** Requirements and sections of docs/protocol.md. */
  readonly source: string;
}

/** Asserted at each step; all of them are checked in one search, with the search for deadlocks. */
export const assertions = {
  ANSWER: {
    name: 'answered',
    sentence:
      'A row answers whatever happens to a node: a frame, a timer, the end or the loss of a connection, an order to end.',
    source: 'FRAME-13, INI-05 to INI-15, SRV-01 to SRV-15, RLY-01 to RLY-12',
  },
  DELIVER: {
    name: 'delivered',
    sentence: 'DATA is delivered only where both end points are keyed, the server is confirmed, and no CLOSE has come.',
    source: 'INI-03, SRV-16, CLOSE-09',
  },
  CONFIRM: {
    name: 'confirmed',
    sentence: 'The server sends no DATA before a valid DATA frame of the initiator has come.',
    source: 'SRV-16',
  },
  ORDER: {
    name: 'order',
    sentence: 'Nothing follows a CLOSE or FIN in its direction, and an initiator sends no DATA before it has keys.',
    source: 'CLOSE-06, INI-02',
  },
  RETORT: {
    name: 'unretorted',
    sentence: 'A CLOSE is never answered with a CLOSE.',
    source: 'CLOSE-07, INI-04, SRV-09',
  },
  TIMER: { name: 'timers', sentence: 'No deadline is set in a state that does not have it.', source: 'section 10' },
  ALONE: {
    name: 'alone',
    sentence: 'A node opens a connection only when the former one is closed.',
    source: 'INI-09, RLY-02',
  },
  HARMONY: {
    name: 'harmony',
    sentence: 'Where nobody does harm, no node sees a protocol error, an integrity failure or another version.',
    source: 'section 9',
  },
} as const satisfies Readonly<Record<string, Property>>;

export type Assertion = keyof typeof assertions;

/** The number of an assertion in the model. */
export const numberOf = (assertion: Assertion): number => Object.keys(assertions).indexOf(assertion) + 1;

export const deadlock: Property = {
  name: 'deadlock',
  sentence:
    'Nobody waits for what will never come: where nothing can happen any more, each node is Idle or Dead, or was never reached.',
  source: 'sections 9, 10',
};

/** Checked one by one, for runs in which every node that can always go on does go on some day. */
export const liveness = {
  settled: {
    name: 'settled',
    sentence: 'Each tunnel connection comes to be Dead at every node, or Authorized at both ends.',
    source: 'INI-14, SRV-14, SRV-17, RLY-06, RLY-08, RLY-09, RLY-27, DATA-14, CLOSE-08, SRV-18',
  },
  renewed: {
    name: 'renewed',
    sentence: 'Reconnect leads to Authorized or Dead.',
    source: 'INI-09',
  },
  rests: {
    name: 'rests',
    sentence: 'The initiator comes to Authorized, Dead or Idle again and again.',
    source: 'INI-14, INI-15, INI-16',
  },
} as const satisfies Readonly<Record<string, Property>>;

export type Liveness = keyof typeof liveness;

/** The search for deadlocks and failed assertions, and then one search for each of the others. */
export type Search = 'safety' | Liveness;
export const searches: readonly Search[] = ['safety', ...(Object.keys(liveness) as Liveness[])];

/** All of them, in the order of docs/model.md. */
export const properties: readonly Property[] = [...Object.values(assertions), deadlock, ...Object.values(liveness)];
