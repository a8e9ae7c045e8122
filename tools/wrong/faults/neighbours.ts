/** What fills the table of neighbours of a server's machine. */
import type { Fault } from '../fault.ts';

export const neighbourTable: readonly Fault[] = [
  {
    id: 'client-prefixes-on-link',
    breaks: ['ADP-38'],
    roles: ['server'],
    does: 'The /64s of tunnel clients are on link at the server.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: ['[{ ...address6, prefixRoute: false }]', '[{ ...address6, prefixRoute: true }]'],
    more: [
      {
        file: 'reference/tunnel/server/server-adapter.ts',
        change: ['      routes: [...lan6, ...routes],\n', '      routes: lan6.length > 0 ? routes : routes,\n'],
      },
    ],
  },
];
