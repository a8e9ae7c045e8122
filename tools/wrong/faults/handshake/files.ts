/** Nodes that write about every stranger, that a full disk ends, and that take a key which others can read. */
import type { Fault } from '../../fault.ts';

export const files: readonly Fault[] = [
  {
    id: 'a-line-for-each-stranger',
    breaks: ['SEC-04'],
    roles: ['server', 'relay'],
    does: 'A node writes a line about every stranger.',
    file: 'reference/tunnel/limited-log.ts',
    change: ['    return count <= shown;\n', '    return true;\n'],
  },
  {
    id: 'full-disk-is-the-end',
    breaks: ['SEC-05'],
    roles: ['server', 'client', 'relay'],
    does: 'A node that can write nothing into its output folder fails.',
    file: 'reference/tunnel/trace.ts',
    change: ['      close();\n      failed(error as Error);\n', '      throw error;\n'],
  },
  {
    id: 'key-that-others-can-read',
    breaks: ['SEC-06'],
    roles: ['server', 'client'],
    does: 'A private key is taken from a configuration that others can read.',
    file: 'reference/tunnel/config/config.ts',
    change: ["  if ('privateKey' in config)\n", "  if ('privateKey' in config && file === '')\n"],
  },
];
