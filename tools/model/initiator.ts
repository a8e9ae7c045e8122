/** What can happen to the tunnel initiator, and what its actions do: fig. 11. */
import {
  because,
  common,
  commonAction,
  type EndPoint,
  heads,
  losses,
  lostSyn,
  nothingPending,
  raise,
  reads,
  sending,
  sequence,
  tellHarm,
  waiting,
} from './end-points.ts';
import { arm, deadline, must, type Occasion, type Role } from './occasion.ts';
import type { Setup } from './setups.ts';

/** The process of node 0, which opens one connection after the other. */
export function initiator(setup: Setup): Role {
  const end = 'cur * STRIDE';
  const own = 'cur != NONE';
  const point: EndPoint = {
    setup,
    own,
    end,
    proof: '',
    forget: 'keyed[me] = 0; proved[cur] = proved[cur] && SERVES(cur); cur = NONE',
    maySend: [['keyed[me]', 'ORDER']],
    mayDeliver: 'proved[cur]',
  };
  const send = (frame: string, event: 'relay sent' | 'request sent'): string =>
    sequence(`put(me, ${end}, ${frame})`, raise(event));
  return {
    name: 'Initiator',
    parameters: 'byte me',
    enter: () => 'left[me] = 0',
    action: (name, next) => {
      switch (name) {
        case 'open':
          return sequence(must(`!(${own})`, 'ALONE'), 'opening = 1', 'keyed[me] = 0');
        case 'send RELAY':
          return send('RELAY', 'relay sent');
        case 'send REQUEST':
          return send('REQUEST', 'request sent');
        case 'record':
          return raise('recorded');
        case 'disconnect':
          return sequence('opening = 0', commonAction(point, name, next));
        case 'start back-off':
          return arm('backOff', next);
        default:
          return commonAction(point, name, next);
      }
    },
    occasions: (name, state) => [
      { event: 'connect', guard: '!stopped' },
      { event: 'tcp established', guard: `opening && ${own}`, before: 'opening = 0', needsRow: nothingPending },
      {
        event: 'network error',
        guard: `opening && !(${own})`,
        before: sequence(because('not connected'), 'opening = 0'),
        wanted: true,
        needsRow: nothingPending,
      },
      deadline('backOff', 'back-off over'),
      ...common(point, state).map((one) =>
        name === 'TCP Open' && one.event === 'network error' ? { ...one, guard: `!opening && ${one.guard}` } : one,
      ),
      ...(state.phase === 'opening' ? spoiltResponses(point) : []),
    ],
    doings: (name, state) => [
      ...(state.timer === 'tcpOpen' ? [lostSyn('opening && cur == NONE', 'opening = 0')] : []),
      ...(name === 'Idle' ? [{ guard: '!stopped', statements: 'stopped = 1' }] : []),
      ...(reads(state) ? losses(point, state) : []),
      ...sending(point, state),
    ],
  };
}

/** A RESPONSE that does not open, or that opens and says what it may not: then the connection has keys for a CLOSE. */
function spoiltResponses(point: EndPoint): Occasion[] {
  const { end } = point;
  const faults = [
    ['integrity failure', ''],
    ['integrity failure', 'keyed[me] = 1'],
    ['protocol error', ''],
    ['protocol error', 'keyed[me] = 1'],
  ] as const;
  return faults.map(([event, key]) => ({
    event,
    guard: waiting(point, heads(end, 'RESPONSE')),
    before: sequence(tellHarm('spoils RESPONSE'), `take(me, ${end})`, key),
    harm: true,
    needsRow: 'true',
  }));
}
