/** Nodes that write about every stranger. */
import type { Fault } from '../fault.ts';

export const logSize: readonly Fault[] = [
  {
    id: 'a-line-for-each-stranger',
    breaks: ['SEC-04'],
    roles: ['server', 'relay'],
    does: 'A node writes a line about every stranger.',
    file: 'reference/tunnel/limited-log.ts',
    change: ['    return count <= shown;\n', '    return true;\n'],
  },
];
