/** What `--output` asks for: `trace.ndjson`, a transition a line, and `keys.log`, with which a capture can be read. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface Trace {
  /** Whether nodes shall emit their keys. */
  readonly wantsKeys: boolean;
  /** A machine's step ([EP] figs. 11 to 13), or another fact worth a line. */
  write(record: Readonly<Record<string, unknown>>): void;
  /** @param octets a secret: with it anyone can read the tunnel. */
  key(label: string, octets: Uint8Array): void;
  close(): void;
}

export const noTrace: Trace = { wantsKeys: false, write: () => {}, key: () => {}, close: () => {} };

/** Opens both files in `folder`, which is made when absent. Only its owner can read `keys.log`. */
export function openTrace(folder: string, now: () => number): Trace {
  mkdirSync(folder, { recursive: true });
  const trace = openSync(join(folder, 'trace.ndjson'), 'a', 0o644);
  const keys = openSync(join(folder, 'keys.log'), 'a', 0o600);
  let open = true;
  return {
    wantsKeys: true,
    write: (record) => {
      if (open) writeSync(trace, `${JSON.stringify({ time: Math.round(now() * 1000) / 1000, ...record })}\n`);
    },
    key: (label, octets) => {
      if (open) writeSync(keys, `${label} ${octets.toHex()}\n`);
    },
    close: () => {
      if (open) for (const file of [trace, keys]) closeSync(file);
      open = false;
    },
  };
}
