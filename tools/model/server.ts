/** What can happen to a tunnel server, and what its actions do: fig. 12. */
import {
  accepting,
  common,
  commonAction,
  type EndPoint,
  heads,
  losses,
  raise,
  reads,
  sendClose,
  sending,
  sequence,
  waiting,
} from './end-points.ts';
import { arm, isDue, order, type Role, unset } from './occasion.ts';
import { range, type Setup } from './setups.ts';

/** The process of a server, for one tunnel connection. */
export function server(setup: Setup): Role {
  const point: EndPoint = {
    setup,
    own: 'true',
    end: 'e',
    proof: 'proved[k] = 1',
    forget: '',
    maySend: [['proved[k]', 'CONFIRM']],
    mayDeliver: 'confirmed[k]',
  };
  return {
    name: 'Server',
    parameters: 'byte me; byte k; byte e',
    // Nothing of a session that is over tells states apart.
    enter: ({ phase }) =>
      sequence(
        'left[me] = 0',
        phase === 'authorized' ? '' : 'confirmed[k] = 0; displaced[k] = 0; proved[k] = proved[k] && cur == k',
      ),
    action: (name, next) => {
      switch (name) {
        case 'send RESPONSE 224':
          return 'put(me, e, RESPONSE)';
        case 'confirm':
          return sequence('timer[me] = 0', arm('keepAlive', next), 'confirmed[k] = 1', displace(setup));
        case 'delay CLOSE':
          return arm('refusal', next);
        default:
          return commonAction(point, name, next);
      }
    },
    occasions: (_, state, resting) => [
      ...(resting ? accepting(setup.relays === 0, 'e / 2') : []),
      { event: 'relay refused', guard: waiting(point, heads('e', 'RELAY')), before: 'take(me, e)' },
      { event: 'request refused', guard: waiting(point, heads('e', 'REQUEST')), before: 'take(me, e)' },
      order('resource limit'),
      ...(state.phase === 'authorized'
        ? [{ event: 'superseded', guard: 'displaced[k]', before: 'displaced[k] = 0', needsRow: 'true' }]
        : []),
      ...common(point, state),
    ],
    doings: (_, state) => [
      ...(reads(state) ? losses(point, state) : []),
      ...(state.deadlines?.includes('refusal')
        ? [
            {
              guard: isDue('refusal'),
              statements: sequence(unset('refusal'), sendClose(point), raise('close sent')),
            },
          ]
        : []),
      ...sending(point, state),
    ],
  };
}

/** A session that is confirmed takes the place of an older one. */
function displace(setup: Setup): string {
  return range(setup.chains)
    .map((chain) => {
      const older = `k != ${chain} && confirmed[${chain}] && SERVES(${chain})`;
      return `if :: ${older} -> displaced[${chain}] = 1 :: else fi`;
    })
    .join('; ');
}
