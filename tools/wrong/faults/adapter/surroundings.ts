/** What becomes of an end point when its machine does something to its adapter or to its process. */
import type { Fault } from '../../fault.ts';

export const surroundings: readonly Fault[] = [
  {
    id: 'adapter-removed-unnoticed',
    breaks: ['ADP-42'],
    roles: ['client', 'server'],
    does: 'An end point whose adapter was removed goes on without it.',
    file: 'reference/adapter/adapter.ts',
    change: ['    this.#options.failed(error);\n', ''],
  },
  {
    id: 'adapter-removed-as-if-ended',
    breaks: ['ADP-42'],
    roles: ['client'],
    does: 'An initiator whose adapter was removed ends its program with status 0.',
    file: 'reference/tunnel/client/client.ts',
    change: ["    this.#end.resolve('failed');\n", "    this.#end.resolve('done');\n"],
  },
  {
    id: 'server-adapter-down-for-good',
    breaks: ['ADP-43'],
    roles: ['server'],
    does: 'A server that may not put routes back has none to its clients any more after its adapter was down.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: ["prefixRoute: alone && lan === own ? 'last' : false", 'prefixRoute: false'],
  },
];
