/** What a scenario leaves on the disk: a folder of its own inside the run's, with captures, configurations and logs. */
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ITestCaseHookParameter } from '@cucumber/cucumber';
import { readPcap } from './lab/captures/pcap.ts';
import { idOf, slug } from './scenario-id.ts';

/** A passing scenario's capture larger than this is not kept: 4 MiB. */
const largestKeptCapture = 4 * 1024 * 1024;

/** Makes the folder at once. @throws Error where it cannot be made */
export class Evidence {
  /** The folder, counted from that of the run: what the report links to. */
  readonly path: string;
  readonly folder: string;
  readonly #captures: string[] = [];

  /** @param run folder of the run */
  constructor(run: string, { pickle }: Pick<ITestCaseHookParameter, 'pickle'>) {
    // One scenario is put to many wrong implementations at once, or to one implementation several times.
    const special = pickle.tags.find(({ name }) => /^@(wrong:|attempt:|again$)/.test(name));
    const own = special === undefined ? [] : [slug(special.name)];
    this.path = join('scenarios', ...own, idOf(pickle.uri, pickle.name));
    this.folder = join(run, this.path);
    mkdirSync(this.folder, { recursive: true });
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(join(this.folder, name), content);
  }

  /** Where a capture of that name goes. */
  captureFile(name: string): string {
    const file = join(this.folder, `${name}.pcap`);
    this.#captures.push(file);
    return file;
  }

  /**
   * Where in each capture something happened: `wire.pcap: packet 12 of 14, at TIME, was the last before the failure`, or why
   * that can't be told.
   * @param time milliseconds since the epoch
   */
  async placesOf(time: number): Promise<string[]> {
    const places: string[] = [];
    for (const file of this.#captures) {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? Infinity) > largestKeptCapture) continue;
      const packets = await readPcap(file).catch((error: Error) => error);
      if (packets instanceof Error) {
        places.push(`${basename(file)}: ${packets.message}`);
        continue;
      }
      const before = packets.filter((packet) => packet.time <= time * 1000).length;
      const of = `of ${packets.length}, at ${new Date(time).toISOString()}`;
      places.push(`${basename(file)}: packet ${before} ${of}, was the last before the failure`);
    }
    return places;
  }

  /** After a scenario that passed: all of it goes, or only what is too large to keep. */
  thin(keep: 'all' | 'failed'): void {
    if (keep === 'failed') rmSync(this.folder, { recursive: true, force: true });
    for (const file of this.#captures) {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largestKeptCapture) rmSync(file);
    }
  }
}
