/** What can happen to a relay, and what its actions do: fig. 13. Its end u is towards the initiator, d the other one. */
import type { State } from '../../reference/machines/machine.ts';
import { accepting, because, lostSyn, sequence, tellHarm } from './end-points.ts';
import { type Doing, must, type Occasion, order, type Role, unknownAction } from './occasion.ts';
import type { Setup } from './setups.ts';

const link = 'd / 2';
const head = (end: string, frame: string): string => `head(${end}) == ${frame}`;
const either = (end: string, ...frames: readonly string[]): string =>
  `(${frames.map((frame) => head(end, frame)).join(' || ')})`;

/** Whether an end can be read from: the lower one only once the relay knows that it is connected. */
const readable: Readonly<Record<Side, string>> = { u: 'open[u]', d: 'linked' };
const gone: Readonly<Record<Side, string>> = { u: 'gone(u)', d: 'gone(d); linked = 0' };
const sides = ['u', 'd'] as const;
type Side = (typeof sides)[number];

/** The process of a relay, for one tunnel connection. */
export function relay(setup: Setup): Role {
  return {
    name: 'Relay',
    parameters: 'byte me; byte k; byte u; byte d; bit first',
    locals: 'bit linked; byte out; int held;',
    action,
    occasions: (_, state, resting) => [
      ...(resting ? acceptances() : []),
      order('end session'),
      { event: 'timeout', guard: 'timer[me]', before: 'timer[me] = 0', needsRow: 'true' },
      ...(state.phase === 'opening' ? opening(setup) : []),
      ...(state.phase === 'forwarding' ? forwarding() : []),
      ...(state.phase === 'ending' ? ending() : []),
      ...(state.phase === 'ending' || state.phase === 'unconnected' ? [] : sides.flatMap((side) => reset(setup, side))),
    ],
    doings: (_, state) => [
      ...(state.phase === 'ending' ? quietly() : []),
      ...(state.phase === 'forwarding' ? [...sides.flatMap(losses), lostSyn(`syn[${link}]`, `syn[${link}] = 0`)] : []),
    ],
  };
}

function acceptances(): Occasion[] {
  return [
    ...accepting(true, 'u / 2').map((one) => ({ ...one, guard: `first && ${one.guard}` })),
    ...accepting(false, 'u / 2').map((one) => ({ ...one, guard: `!first && ${one.guard}` })),
  ];
}

/** The connection has gone; or nothing passes there, and TCP asked whether the peer is still there. */
function reset({ unasked }: Setup, side: Side): Occasion[] {
  const lost = (guard: string, text: string): Occasion => ({
    event: 'network error',
    guard: `${readable[side]} && ${guard}`,
    before: sequence(because(text), gone[side]),
    needsRow: 'true',
  });
  const asked = unasked ? [] : [lost(`cut[${side} / 2]`, 'TCP asked in vain')];
  return [lost(`rst[${side}]`, 'RST'), ...asked];
}

/** A frame that has to be RELAY. */
function opening({ harm }: Setup): Occasion[] {
  const frame = (event: string, before: string, ...names: readonly string[]): Occasion => ({
    event,
    instead: 'protocol error',
    guard: `open[u] && ${either('u', ...names)}`,
    before: `take(me, u)${before}`,
    needsRow: 'true',
  });
  return [
    frame('relay', '', 'RELAY'),
    { event: 'relay refused', guard: `open[u] && ${head('u', 'RELAY')}`, before: 'take(me, u)' },
    order('resource limit'),
    frame('protocol error', harm === 0 ? `; ${must('false', 'HARMONY')}` : '', 'REQUEST', 'RESPONSE', 'DATA'),
    frame('close received', '; got[u] = 1', 'CLOSE', 'KEYED'),
    frame('network error', '; ended[u] = 1', 'FIN'),
    forged('protocol error', 'a malformed frame', 'u'),
    forged('unsupported version', 'a frame of another version', 'u'),
    forged('close received', 'a CLOSE', 'u', 'got[u] = 1'),
  ];
}

function forged(event: string, what: string, side: Side, after?: string): Occasion {
  return {
    event,
    guard: readable[side],
    before: sequence(tellHarm(`adds ${what}`), after),
    harm: true,
    needsRow: 'true',
  };
}

const ends = ['close frame', 'close received'];

/** Every frame passes; a CLOSE is the last one. */
function forwarding(): Occasion[] {
  const from = (side: Side): Occasion[] => {
    const at = (condition: string): string => `${readable[side]} && head(${side}) != 0 && ${condition}`;
    const read = `take(me, ${side}); out = ${side === 'u' ? 'd' : 'u'}`;
    return [
      {
        event: 'frame',
        guard: at(`!${either(side, 'CLOSE', 'KEYED', 'FIN')}`),
        before: read,
        needsRow: 'true',
      },
      {
        event: 'frame',
        after: ends,
        guard: at(either(side, 'CLOSE', 'KEYED')),
        before: `${read}; got[${side}] = 1`,
        needsRow: 'true',
      },
      {
        event: 'network error',
        guard: at(head(side, 'FIN')),
        before: `take(me, ${side}); ended[${side}] = 1`,
        needsRow: 'true',
      },
      forged('protocol error', 'a frame of a wrong length', side),
      {
        ...forged('frame', 'a CLOSE', side, `f = CLOSE; out = ${side === 'u' ? 'd' : 'u'}; got[${side}] = 1`),
        after: ends,
      },
    ];
  };
  return [
    ...sides.flatMap(from),
    { event: 'tcp established', guard: 'open[d] && !linked', before: 'linked = 1', needsRow: 'true' },
    { event: 'connect failed', wanted: true, guard: `syn[${link}]`, before: `syn[${link}] = 0`, needsRow: 'true' },
  ];
}

const openEnded = '(!open[u] || ended[u]) && (!linked || ended[d])';
const nothingOpen = '!open[u] && !linked';

function ending(): Occasion[] {
  return [
    ...sides.map((side) => ({
      event: 'frame',
      guard: `${readable[side]} && head(${side}) != 0 && head(${side}) != FIN`,
      before: `take(me, ${side})`,
      needsRow: 'true',
    })),
    { event: 'end of stream', guard: `!disc[me] && !(${nothingOpen}) && ${openEnded}`, needsRow: 'true' },
    { event: 'disconnected', guard: nothingOpen, needsRow: 'true' },
    ...sides.map((side) => ({
      event: 'network error',
      guard: `${readable[side]} && rst[${side}] && ${side === 'u' ? '!linked' : '!open[u]'}`,
      before: `${because('RST')}; ${gone[side]}`,
      needsRow: 'true',
    })),
  ];
}

/** In Dying: one of two connections ends or is gone. The machine hears of both together. */
function quietly(): Doing[] {
  return sides.flatMap((side) => [
    {
      guard: `${readable[side]} && ${head(side, 'FIN')}`,
      statements: `take(me, ${side}); ended[${side}] = 1`,
    },
    {
      guard: `${readable[side]} && rst[${side}] && ${side === 'u' ? 'linked' : 'open[u]'}`,
      statements: `${because('RST')}; ${gone[side]}`,
    },
  ]);
}

function losses(side: Side): Doing[] {
  const harm = (condition: string, what: string, statements: string): Doing => ({
    guard: `HARM && ${readable[side]} && ${condition}`,
    statements: sequence('harm = harm - 1', tellHarm(what), statements),
  });
  return [
    harm(
      `head(${side}) != 0 && head(${side}) != FIN`,
      'drops the next frame',
      `take(me, ${side}); if :: f == DATA || f == KEYED -> torn[TORN(${side})] = 1 :: else fi`,
    ),
    harm(`!cut[${side} / 2] && open[${side} ^ 1]`, 'lets nothing pass any more, and tells nobody', `sever(${side})`),
    harm(`!rst[${side}]`, 'breaks the connection', `rst[${side}] = 1; rst[${side} ^ 1] = open[${side} ^ 1]`),
  ];
}

const stopConnecting = `syn[${link}] = 0; if :: linked -> finish(me, d) :: else -> drop(me, d) fi`;

function action(name: string, next: State): string {
  switch (name) {
    case 'open':
      return `must(!open[d] && !syn[${link}], ALONE); syn[${link}] = 1`;
    case 'hold':
      return 'assert(held < 16777216); held = held + f * unit(held)';
    case 'forward RELAY':
      return 'put(me, d, RELAY); wire[d] = wire[d] + (passes(d) -> 16 * held : 0); held = 0';
    case 'forward':
      return 'put(me, out, f); out = 0';
    case 'send CLOSE':
      return 'if :: open[u] -> must(!got[u], RETORT); put(me, u, CLOSE) :: else fi';
    case 'shut down writing':
      return `held = 0; finish(me, u); ${stopConnecting}`;
    case 'disconnect':
      return `held = 0; syn[${link}] = 0; drop(me, u); drop(me, d); linked = 0; disc[me] = 1`;
    case 'send CLOSE and disconnect':
      return sequence(action('send CLOSE', next), action('disconnect', next));
    case 'choose forwarding address 239':
    case 'discard':
    case 'report':
      return 'skip';
    default:
      throw unknownAction(name);
  }
}
