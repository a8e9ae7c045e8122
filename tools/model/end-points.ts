/** What can happen to either end point, and what the actions of both do: figs. 11 and 12. */
import type { State } from '../../reference/machines/machine.ts';
import { arm, type Doing, deadline, must, type Occasion, order, unknownAction } from './occasion.ts';
import type { Assertion } from './properties.ts';
import type { Setup } from './setups.ts';

/** Events that a node raises itself, by their number in the model. */
const raisedEvents = ['relay sent', 'request sent', 'close sent', 'recorded'] as const;
/** The event comes once the node has its turn again. */
export const raise = (event: (typeof raisedEvents)[number]): string =>
  `raised[me] = ${raisedEvents.indexOf(event) + 1}`;

/** Nothing that the node does itself is on its way. */
export const nothingPending = 'raised[me] == 0 && !disc[me]';

/** An end point as Promela sees it. */
export interface EndPoint {
  readonly setup: Setup;
  /** The condition under which it has a connection. */
  readonly own: string;
  /** Its end of the connection. */
  readonly end: string;
  /** What a valid DATA frame shows. */
  readonly proof: string;
  /** Its connection is gone. */
  readonly forget: string;
  /** What has to hold when DATA is sent, and when it is delivered. */
  readonly maySend: readonly (readonly [condition: string, assertion: Assertion])[];
  readonly mayDeliver: string;
}

const faultEvents = ['protocol error', 'integrity failure', 'unsupported version'];
/** Statements of Promela, one after the other; what is absent or empty is left out. */
export const sequence = (...statements: readonly (string | undefined)[]): string =>
  statements.filter((text) => text !== undefined && text !== '').join('; ');
/** The frame that an end reads next is of this kind. */
export const heads = (end: string, frame: string): string => `head(${end}) == ${frame}`;
/** A line of the trace, in parentheses behind the row in a ladder: what raised the event. */
export const because = (text: string): string => `printf("@why %d ${text}\\n", me)`;
/** A line of the trace: what somebody on the wire does. */
export const tellHarm = (text: string): string => `printf("@harm %d ${text}\\n", me)`;

/** Whether a node in this state judges what comes; in any other it discards it. */
export const reads = ({ phase }: State): boolean => phase === 'opening' || phase === 'authorized';

/** A frame waits to be read, and `condition` holds. */
export const waiting = ({ own, end }: EndPoint, condition: string): string =>
  `${own} && open[${end}] && head(${end}) != 0 && ${condition}`;

/** What can happen in a state of either machine: orders, timers, the end of a connection, frames. */
export function common(point: EndPoint, state: State): Occasion[] {
  const { own, end, forget, setup } = point;
  // Where nobody does harm, nobody may see a fault.
  const judged = (occasion: Occasion): Occasion =>
    setup.harm === 0 && faultEvents.includes(occasion.event) && !occasion.harm
      ? { ...occasion, before: sequence(occasion.before, must('false', 'HARMONY')) }
      : occasion;
  return [
    order('end session'),
    { event: 'timeout', guard: 'timer[me]', before: 'timer[me] = 0', needsRow: 'true' },
    ...raisedEvents.map((event, index) => ({
      event,
      guard: `raised[me] == ${index + 1}`,
      before: 'raised[me] = 0',
      needsRow: 'true',
    })),
    { event: 'disconnected', guard: 'disc[me]', before: 'disc[me] = 0', needsRow: 'raised[me] == 0' },
    {
      event: 'network error',
      guard: `${own} && open[${end}] && rst[${end}]`,
      before: sequence(because('RST'), `gone(${end})`, forget),
      needsRow: nothingPending,
    },
    deadline('silence', 'network error', `${own} && !dribble[(${end}) / 2]`, because('nothing came')),
    deadline('expiry', 'key expired'),
    ...(state.phase === 'ending' ? ending(point) : []),
    ...(reads(state) ? [...reading(point, state), ...harming(point, state)].map(judged) : []),
  ];
}

/** Frames that come where they are only discarded, and the end of the stream. */
function ending(point: EndPoint): Occasion[] {
  const { own, end } = point;
  return [
    { event: 'frame', guard: waiting(point, `head(${end}) != FIN`), before: `take(me, ${end})`, needsRow: 'true' },
    {
      event: 'end of stream',
      guard: `${own} && open[${end}] && !disc[me] && (ended[${end}] || ${heads(end, 'FIN')})`,
      before: `if :: ended[${end}] :: else -> take(me, ${end}); ended[${end}] = 1 fi`,
      needsRow: `fin[${end}]`,
    },
  ];
}

/** Frames that come where they are read: an event each, or *protocol error*. */
function reading(point: EndPoint, { phase }: State): Occasion[] {
  const { end, proof } = point;
  const frame = (name: string, event: string, before?: string, condition?: string): Occasion => ({
    event,
    instead: 'protocol error',
    guard: waiting(point, condition === undefined ? heads(end, name) : `${heads(end, name)} && ${condition}`),
    before: sequence(`take(me, ${end})`, before),
    needsRow: 'true',
  });
  const fault = 'protocol error';
  const closed = `got[${end}] = 1`;
  const torn = `torn[TORN(${end})]`;
  const fin = frame('FIN', 'network error', `ended[${end}] = 1`);
  if (phase === 'opening')
    return [
      frame('RELAY', 'relay'),
      frame('REQUEST', 'request authorized'),
      frame('RESPONSE', 'response'),
      frame('DATA', fault),
      frame('CLOSE', 'close received', closed),
      frame('KEYED', 'close received', closed),
      fin,
    ];
  return [
    frame('DATA', 'data', proof, `!${torn}`),
    frame('DATA', 'integrity failure', undefined, torn),
    frame('KEYED', 'close received', closed, `!${torn}`),
    frame('KEYED', 'network error', because('a CLOSE that does not verify'), torn),
    frame('CLOSE', 'network error', because('a CLOSE that does not verify')),
    ...['RELAY', 'REQUEST', 'RESPONSE'].map((name) => frame(name, fault)),
    fin,
  ];
}

/** What somebody on the wire adds, right before it is read. */
function harming({ own, end }: EndPoint, { phase }: State): Occasion[] {
  const added = (event: string, what: string, before?: string): Occasion => ({
    event,
    guard: `${own} && open[${end}]`,
    before: sequence(tellHarm(`adds ${what}`), before),
    harm: true,
    needsRow: 'true',
  });
  return [
    added('protocol error', 'a malformed frame'),
    added('unsupported version', 'a frame of another version'),
    ...(phase === 'opening'
      ? [added('close received', 'a CLOSE', `got[${end}] = 1`)]
      : [added('network error', 'an unkeyed CLOSE'), added('integrity failure', 'a DATA frame')]),
  ];
}

/** What harms whoever reads at this end, and is no event yet. */
export function losses({ own, end }: EndPoint, { phase }: State): Doing[] {
  const link = `(${end}) / 2`;
  const harm = (condition: string, what: string, statements: string): Doing => ({
    guard: `HARM && ${own} && open[${end}] && ${condition}`,
    statements: sequence('harm = harm - 1', tellHarm(what), statements),
  });
  return [
    harm(
      `head(${end}) != 0 && head(${end}) != FIN`,
      'drops the next frame',
      `take(me, ${end}); if :: f == DATA || f == KEYED -> torn[TORN(${end})] = 1 :: else fi`,
    ),
    harm(`!cut[${link}] && open[(${end}) ^ 1]`, 'lets nothing pass any more, and tells nobody', `sever(${end})`),
    harm(`!rst[${end}]`, 'breaks the connection', `rst[${end}] = 1; rst[(${end}) ^ 1] = open[(${end}) ^ 1]`),
    ...(phase === 'authorized' ? [harm(`!dribble[${link}]`, 'keeps silence away', `dribble[${link}] = 1`)] : []),
  ];
}

/** Actions of both end points. */
export function commonAction(point: EndPoint, name: string, next: State): string {
  const { end } = point;
  switch (name) {
    case 'key the connection':
      return sequence('keyed[me] = 1', 'left[me] = 1', arm('silence', next), arm('expiry', next));
    case 'send CLOSE':
      return sequence(sendClose(point), raise('close sent'));
    case 'send empty DATA':
      return sendData(point, next);
    case 'deliver':
      return sequence(
        must(`keyed[me] && !got[${end}] && ${point.mayDeliver}`, 'DELIVER'),
        'printf("@deliver %d\\n", me)',
      );
    case 'shut down writing':
      return sequence('keyed[me] = 0', `finish(me, ${end})`);
    case 'disconnect':
      return sequence(
        'keyed[me] = 0',
        `if :: ${point.own} -> drop(me, ${end}); ${point.forget || 'skip'} :: else fi`,
        'disc[me] = 1',
      );
    case 'send CLOSE and disconnect':
      return sequence(sendClose(point), commonAction(point, 'disconnect', next));
    case 'activate adapter':
    case 'discard':
    case 'report':
      return 'skip';
    default:
      throw unknownAction(name);
  }
}

/** Keyed once the node is; no CLOSE may have come before (CLOSE-07). */
export const sendClose = ({ end }: EndPoint): string =>
  sequence(
    must(`!got[${end}]`, 'RETORT'),
    `if :: keyed[me] -> put(me, ${end}, KEYED) :: else -> put(me, ${end}, CLOSE) fi`,
  );

const sendData = ({ end, maySend }: EndPoint, next: State): string =>
  sequence(
    ...maySend.map(([condition, property]) => must(condition, property)),
    arm('keepAlive', next),
    `put(me, ${end}, DATA)`,
  );

/** One more DATA frame on each connection: a datagram, or a keep-alive. */
export const sending = (point: EndPoint, state: State): Doing[] =>
  state.sendsAfter === undefined
    ? []
    : [
        {
          guard: `sends[me] && left[me] && ${point.own} && !rst[${point.end}]`,
          statements: sequence('left[me] = 0', sendData(point, state)),
        },
      ];

/** Nothing answers who connects. */
export const lostSyn = (connecting: string, forget: string): Doing => ({
  guard: `HARM && ${connecting}`,
  statements: sequence('harm = harm - 1', tellHarm('lets no answer come'), forget),
});

/** A connection comes: from the initiator or a stranger to the first node of a chain, else from the relay before it. */
export function accepting(first: boolean, link: string): Occasion[] {
  const event = 'tcp accepted';
  if (!first) return [{ event, guard: `syn[${link}]`, before: `syn[${link}] = 0; join(${link})`, needsRow: 'true' }];
  const replayed = (after: string): Occasion => ({
    event,
    guard: 'FREE(k)',
    before: sequence(
      tellHarm('replays RELAY and REQUEST on a connection of its own'),
      'renew(k)',
      `replay(${link})`,
      after,
    ),
    harm: true,
    needsRow: 'true',
  });
  return [
    {
      event,
      guard: 'opening && cur == NONE && PLACE(k)',
      before: `renew(k); cur = k; join(${link})`,
      needsRow: 'true',
    },
    replayed(''),
    replayed(`dribble[${link}] = 1`),
  ];
}
