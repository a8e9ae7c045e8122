/** Where a peer is measured: two namespaces with a wire between them, a folder for its files, and processes that end with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../steps/support/lab/deadlines/until.ts';
import { attempt, run } from '../../steps/support/lab/programs/command.ts';
import { Bench } from '../laboratory.ts';

export type Side = 'client' | 'server';

/** A tunnel that can be measured. */
export interface Peer {
  readonly name: string;
  /** Programs that it takes, and the Debian packages that bring them. */
  readonly programs: readonly string[];
  readonly packages: string;
  /** Keys, certificates and files: no part of the time that it takes to start. */
  readonly prepare?: (place: Place) => Promise<void>;
  /** Resolves when clients can connect. */
  readonly server: (place: Place) => Promise<void>;
  /** Begins to connect. */
  readonly client: (place: Place) => Promise<void>;
  /** The server's address in the tunnel; `Place.inner` if absent. */
  readonly address?: string;
}

const prefixLength = 24;
/** Milliseconds that a peer has for each step of its start. */
const startTime = 10_000;

/** Disposed of, it ends the processes, the namespaces and the folder. */
export class Place implements AsyncDisposable {
  readonly bench: Bench;
  readonly folder = mkdtempSync(join(tmpdir(), 'bench-peer-'));
  /** Port of the peer's server on the wire. */
  readonly port = 5_000;
  readonly #processes: ChildProcess[] = [];

  private constructor(bench: Bench) {
    this.bench = bench;
  }

  static async create(): Promise<Place> {
    return new Place(await Bench.create());
  }

  namespace(side: Side): string {
    return this.bench.lab.namespace(side);
  }

  /** On the wire. */
  outer(side: Side): string {
    return this.bench.lab.address(side);
  }

  /** In the tunnel. */
  inner(side: Side): string {
    return side === 'server' ? '10.9.0.1' : '10.9.0.2';
  }

  /** Writes a file of the peer. @returns its path */
  file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** Starts a program of the peer, which must stay in the foreground. */
  spawn(side: Side, argv: readonly string[], env: Readonly<Record<string, string>> = {}): void {
    const words = ['netns', 'exec', this.namespace(side), ...argv];
    this.#processes.push(spawn('ip', words, { stdio: 'ignore', env: { ...process.env, ...env } }));
  }

  /** Gives a device, as soon as it is there, the inner address of its side. */
  async addressOn(side: Side, device: string): Promise<void> {
    const namespace = this.namespace(side);
    await this.succeeds(side, ['ip', 'link', 'show', device]);
    await run(['ip', 'address', 'replace', `${this.inner(side)}/${prefixLength}`, 'dev', device], { namespace });
    await run(['ip', 'link', 'set', device, 'up'], { namespace });
  }

  /** Waits until the server's port is open. */
  async listening(protocol: 'tcp' | 'udp'): Promise<void> {
    const argv = ['ss', '-Hnl', `--${protocol}`, `sport = :${this.port}`];
    const namespace = this.namespace('server');
    const isOpen = async (): Promise<true | undefined> => (await run(argv, { namespace })) !== '' || undefined;
    await until(`port ${this.port} is open`, isOpen, startTime);
  }

  /** Runs a program again and again until its exit status is 0. */
  async succeeds(side: Side, argv: readonly string[]): Promise<void> {
    const namespace = this.namespace(side);
    const look = async (): Promise<true | undefined> => (await attempt(argv, { namespace })).code === 0 || undefined;
    await until(argv.join(' '), look, startTime);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#processes.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const ended = running.map((child) => once(child, 'exit'));
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(ended);
    rmSync(this.folder, { recursive: true });
    await this.bench[Symbol.asyncDispose]();
  }
}
