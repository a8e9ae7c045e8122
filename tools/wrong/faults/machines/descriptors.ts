/** What goes wrong at a node that may open no more descriptors. */
import type { Fault } from '../../fault.ts';

const acceptor = 'reference/tunnel/acceptor.ts';
const refused = `        refuseAtOnce(socket);
        refused?.();`;

export const descriptors: readonly Fault[] = [
  {
    id: 'relay-dies-out-of-descriptors',
    breaks: ['RLY-26'],
    roles: ['relay'],
    does: 'A relay that has no descriptor left for a moment of two while it hands a tunnel over ends.',
    file: 'reference/tunnel/relay/forward/hand-over.ts',
    change: ['    if (error instanceof SystemCallFailure) return undefined;\n', ''],
    more: [
      {
        file: 'reference/tunnel/descriptors.ts',
        change: ['descriptor >= descriptorLimit() - reserve', 'descriptor >= descriptorLimit() + reserve'],
      },
    ],
  },
  {
    id: 'dies-out-of-descriptors',
    breaks: ['RLY-26', 'SRV-33'],
    roles: ['relay', 'server'],
    does: 'A node that has no descriptor for a newcomer ends.',
    file: acceptor,
    change: [refused, `        throw new Error('no descriptors');`],
  },
  {
    id: 'others-end-for-a-newcomer',
    breaks: ['RLY-26', 'SRV-33'],
    roles: ['relay', 'server'],
    does: 'A node that has no descriptor for a newcomer ends the connection that it has had longest.',
    file: acceptor,
    change: [
      refused,
      `        const [oldest] = this.open as unknown as Iterable<{ connection: { destroy(): void } }>;
        oldest?.connection.destroy();`,
    ],
  },
  {
    id: 'spins-out-of-descriptors',
    breaks: ['RLY-26', 'SRV-33'],
    roles: ['relay', 'server'],
    does: 'A node that has no descriptor for a newcomer tries again and again without a pause.',
    file: acceptor,
    change: [
      refused,
      `        const again = (): unknown => setImmediate(again);
        again();
        refuseAtOnce(socket);`,
    ],
  },
  {
    id: 'never-again-out-of-descriptors',
    breaks: ['RLY-26', 'SRV-33'],
    roles: ['relay', 'server'],
    does: 'A node that had no descriptor for a newcomer once takes none any more.',
    file: acceptor,
    change: [
      refused,
      `        refuseAtOnce(socket);
        server.close();`,
    ],
  },
];
