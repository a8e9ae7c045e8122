/** What `--output` asks for: `trace.ndjson`, a transition a line, and `keys.log`, with which a capture can be read. */
import { join } from 'node:path';

const { closeSync, constants, fchmodSync, mkdirSync, openSync, writeSync } = process.getBuiltinModule('node:fs');

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

/**
 * Opens both files in `folder`, which is made when absent. Only its owner can read `keys.log`, and nothing is written
 * through a link. A disk that is full is no reason to end a tunnel: then nothing more is written.
 * @param failed is told so, once
 */
export function openTrace(folder: string, now: () => number, failed: (error: Error) => void): Trace {
  mkdirSync(folder, { recursive: true });
  const trace = openToAppend(join(folder, 'trace.ndjson'), 0o644);
  const keys = openToAppend(join(folder, 'keys.log'), 0o600);
  let open = true;
  const close = (): void => {
    if (open) for (const file of [trace, keys]) closeSync(file);
    open = false;
  };
  const append = (file: number, line: string): void => {
    if (!open) return;
    try {
      writeSync(file, line);
    } catch (error) {
      close();
      failed(error as Error);
    }
  };
  return {
    wantsKeys: true,
    write: (record) => append(trace, `${JSON.stringify({ time: Math.round(now() * 1000) / 1000, ...record })}\n`),
    key: (label, octets) => append(keys, `${label} ${octets.toHex()}\n`),
    close,
  };
}

/** Also of a file that is there already the mode is set. @throws Error where it is a link, ELOOP */
function openToAppend(file: string, mode: number): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const fd = openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, mode);
  fchmodSync(fd, mode);
  return fd;
}
