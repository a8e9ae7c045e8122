/** Other choices about work that a local stack leaves to its adapter (section 7.7). */
import type { Right } from '../right.ts';

export const offloadChoices: readonly Right[] = [
  {
    id: 'no-data-options-by-default',
    roles: ['client', 'server'],
    does: 'Where the configuration says nothing, no option of DATA is asked for or selected (section 5.2).',
    touches: ['OFF', 'BUN', 'REQ-20', 'RESP-13', 'DATA-06'],
    file: 'reference/tunnel/config/shared-keys.ts',
    change: ['[...dataOptionNames],', '[],'],
  },
  {
    id: 'offload-done-by-the-receiver',
    roles: ['client', 'server'],
    does: 'What a datagram lacks is done before the local stack gets it.',
    touches: ['OFF'],
    file: 'reference/adapter/receive-path.ts',
    change: ['offload === undefined || this.#offloads ?', 'offload === undefined ?'],
    more: [
      {
        file: 'reference/adapter/receive-path.ts',
        change: [
          'writeVirtioHeader(this.#octets, datagram, offload);',
          'writeVirtioHeader(this.#octets, datagram, undefined);',
        ],
      },
    ],
  },
  {
    id: 'offload-never-sent',
    roles: ['client', 'server'],
    does: 'All work is done before a datagram is sent, whatever was negotiated.',
    touches: ['OFF'],
    file: 'reference/nodes/conversation.ts',
    change: ['this.#machine.sends && this.#session?.takes(offload)', 'this.#machine.sends && offload.segmentSize < 0'],
  },
];
