/** Who has a place among the half-open connections: sources, network blocks, and who gives way. */
import type { Fault } from '../fault.ts';
import { faultsIn } from './in-file.ts';

const admission = faultsIn('reference/tunnel/admission.ts');
const acceptor = faultsIn('reference/tunnel/acceptor.ts');

export const places: readonly Fault[] = [
  admission(
    'places-of-unanswered-connections-kept',
    'RLY-13',
    'relay',
    'A connection that ends before the next node has answered keeps its place among all connections.',
    "this.#opened(entry);\n    if (entry.state === 'open')",
    "const wasOpen = entry.state === 'open';\n    this.#opened(entry);\n    if (wasOpen)",
  ),
  acceptor(
    'source-is-a-network',
    'SRV-27 RLY-22',
    'server relay',
    'It takes all addresses of a /24 for one source.',
    "const source = socket.remoteAddress ?? '';",
    "const source = (socket.remoteAddress ?? '').replace(/\\.\\d+$/, '.0');",
  ),
  admission(
    'places-given-back-twice',
    'SRV-27 RLY-22',
    'server relay',
    'A connection that was half-open gives its place back a second time when it ends.',
    "if (entry.state !== 'half-open') return;",
    "if (entry.state === 'over') return;",
  ),
];
