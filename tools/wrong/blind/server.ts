/** The tunnel server: limits, timers, sessions. */
import type { Fault } from '../fault.ts';
import { faultsIn } from '../faults/in-file.ts';

const acceptor = faultsIn('reference/tunnel/acceptor.ts');
const node = faultsIn('reference/nodes/server.ts');
const running = faultsIn('reference/nodes/running-machine.ts');

export const blindServer: readonly Fault[] = [
  acceptor(
    'source-is-a-network',
    'SRV-27 RLY-22',
    'server relay',
    'It takes all addresses of a /24 for one source.',
    "const source = socket.remoteAddress ?? '';",
    "const source = (socket.remoteAddress ?? '').replace(/\\.\\d+$/, '.0');",
  ),
  node(
    'refusals-one-after-the-other',
    'SRV-07',
    'server',
    'It refuses one REQUEST at a time: each waits for the refusal before it, then for its own delay.',
    "'delay CLOSE': () => this.#machine.after(options.timers.refusalDelay, 'refusal'),",
    "'delay CLOSE': () => {\n        const { now, deadlines } = this.#machine;\n        globalThis.refusing = Math.max(now, globalThis.refusing ?? 0) + options.timers.refusalDelay;\n        deadlines.set('refusal', globalThis.refusing);\n      },",
  ),
  running(
    'connect-wait-runs-from-acceptance',
    'SRV-14',
    'server',
    'The time for REQUEST is what is left of the time for RELAY.',
    "this.deadlines.clear('state');",
    "if (state !== 'Connect Wait') this.deadlines.clear('state');",
    [
      {
        file: 'reference/nodes/running-machine.ts',
        change: ['if (timer !== undefined) this', "if (timer !== undefined && timer !== 'connectWait') this"],
      },
    ],
  ),
];
