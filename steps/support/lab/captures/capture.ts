/** tcpdump on a device of a namespace, from "listening on" to the last packet. */
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { patience, within } from '../deadlines/deadline.ts';
import { LabFailure, Starved } from '../failure.ts';
import type { Child } from '../programs/child.ts';
import { spawnInside } from '../programs/command.ts';
import { type Packet, readPcap } from './pcap.ts';

/** Milliseconds for which a sender of many packets waits for tcpdump to have read them. */
const behindAtMost = 20;

export interface CaptureOptions {
  /** As `ip netns` knows it. */
  readonly namespace: string;
  readonly device: string;
  /** Where the pcap goes. */
  readonly file: string;
  /** In tcpdump's language; everything if absent. */
  readonly filter?: string;
}

/** `file` is a pcap, whole once the capture has stopped. @throws LabFailure when tcpdump fails */
export class Capture implements AsyncDisposable {
  readonly file: string;
  readonly #process: Child;
  readonly #output: Output;
  readonly #closed: Promise<unknown>;
  #stopped: Promise<void> | undefined;

  private constructor(file: string, child: Child, output: Output) {
    this.file = file;
    this.#process = child;
    this.#output = output;
    this.#closed = once(child, 'close');
  }

  /** Resolves once packets are being captured. */
  static async start(options: CaptureOptions): Promise<Capture> {
    // --immediate-mode hands each packet over at once, -U writes it at once: without them an early stop leaves an empty file.
    // Immediate mode's ring has slots of the snapshot length: the largest segment that offload makes, and room for 250 of them.
    // The kernel clears the whole ring, 5 ms for each 16 MiB.
    const flags = ['-n', '-U', '--immediate-mode', '-Z', 'root', '-B', '16384', '-s', '65600'];
    const argv = ['tcpdump', ...flags, '-i', options.device, '-w', options.file];
    if (options.filter !== undefined) argv.push(options.filter);
    const child = spawnInside(options.namespace, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
    const output = new Output();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => output.add(text));
    const listening = Promise.withResolvers<void>();
    output.next(() => output.text.includes('listening on')).then(listening.resolve);
    child.once('close', () => listening.reject(new LabFailure(`tcpdump: ${output.text.trim()}`)));
    const capture = new Capture(options.file, child, output);
    await within(patience, 'tcpdump listening', listening.promise).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error instanceof LabFailure ? error : new LabFailure(String(error));
    });
    return capture;
  }

  /**
   * Waits until tcpdump has written packets that were just sent; 20 ms at most, since TCP may have put several into one.
   * @param octets of the pcap file that the packets take
   * @param from its length before them, in octets
   */
  async keepUp(octets: number, from: number): Promise<void> {
    const end = performance.now() + behindAtMost;
    while (this.length < from + octets && performance.now() < end) await pause(1);
  }

  /** Octets in the file so far. */
  get length(): number {
    return statSync(this.file).size;
  }

  /** Ends the capture; everything that was on the wire before is in the file then. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  /** The packets so far; ends the capture. */
  async packets(): Promise<Packet[]> {
    await this.stop();
    return readPcap(this.file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => this.#process.kill('SIGKILL'));
  }

  async #end(): Promise<void> {
    if (this.#process.running) {
      await this.#drain();
      this.#process.kill('SIGINT');
      await within(patience, 'tcpdump ending', this.#closed);
    }
    if (this.#process.exitCode !== 0) throw new LabFailure(`tcpdump: ${this.#output.text.trim()}`);
    const dropped = /(\d+) packets? dropped by kernel\s*$/.exec(this.#output.text)?.[1] ?? '0';
    if (dropped !== '0') throw new Starved(`tcpdump had no turn in time, and lost ${dropped} packets`);
  }

  /** SIGINT makes tcpdump forget what it has not read yet: ask it (SIGUSR1) until it has written all that the kernel counted. */
  async #drain(): Promise<void> {
    const end = performance.now() + patience;
    for (let [last, unchanged] = [-1, 0]; unchanged < 100 && performance.now() < end; ) {
      const before = this.#output.text.length;
      const answered = this.#output.next(() => counts.test(this.#output.text.slice(before)));
      this.#process.kill('SIGUSR1');
      await within(patience, 'tcpdump answering SIGUSR1', Promise.race([answered, this.#closed]));
      const found = counts.exec(this.#output.text.slice(before));
      if (found === null || Number(found[1]) >= Number(found[2])) return;
      unchanged = Number(found[1]) === last ? unchanged + 1 : 0;
      last = Number(found[1]);
    }
  }
}

const counts = /(\d+) packets? captured, (\d+) packets? received by filter/;

/** What a program has written so far, and a way to wait for more. */
class Output {
  text = '';
  #waiting: { readonly enough: () => boolean; readonly resolve: () => void }[] = [];

  add(more: string): void {
    this.text += more;
    this.#waiting = this.#waiting.filter(({ enough, resolve }) => {
      if (!enough()) return true;
      resolve();
      return false;
    });
  }

  next(enough: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ enough, resolve });
    return promise;
  }
}
