/** What a program writes: lines, logs, and an end to it if they are more than anybody would read. */
import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** Octets that a program may write to stdout, and to stderr: 16 MiB. */
export const mostOutput = 16 * 1024 * 1024;
/** Characters of a line that are kept in memory: no event is longer. */
const longestLine = 1024 * 1024;

/**
 * Cuts UTF-8 into lines, without their ends. Of an unended line only the first 1 MiB is kept,
 * and of all output 16 MiB.
 */
export class LineReader {
  readonly #keep: (chunk: Uint8Array) => void;
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #count = 0;

  /** @param keep takes what is read, as it is */
  constructor(keep: (chunk: Uint8Array) => void, onLine: (line: string) => void) {
    this.#keep = keep;
    this.#onLine = onLine;
  }

  /** @returns false once it is more than may be written: nothing of it is kept any more */
  take(chunk: Uint8Array): boolean {
    const isMore = this.#count > mostOutput;
    this.#count += chunk.length;
    if (isMore) return false;
    this.#keep(chunk);
    const lines = `${this.#rest}${this.#decoder.write(chunk)}`.split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) this.#onLine(line);
    return this.#count <= mostOutput;
  }

  /** A last line may lack its end. */
  end(): void {
    if (this.#rest !== '') this.#onLine(this.#rest);
    this.#rest = '';
  }
}

/** A log that a program writes by itself. */
export class OwnLog {
  readonly fd: number;

  constructor(file: string) {
    this.fd = openSync(file, 'w');
  }

  /** Whether it is longer than a program may write. */
  get isFlooded(): boolean {
    return fstatSync(this.fd).size > mostOutput;
  }

  /** @param keep that much of it, from its beginning; the program has ended */
  close(keep = mostOutput): void {
    if (fstatSync(this.fd).size > keep) ftruncateSync(this.fd, keep);
    closeSync(this.fd);
  }
}
