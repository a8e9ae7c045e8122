/** A DHCP client as people use it, on a device of a namespace: a process in the foreground, with mounts of its own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { patience, within } from '../deadlines/deadline.ts';
import { LabFailure } from '../failure.ts';
import { run } from '../programs/command.ts';
import { Program } from '../programs/process.ts';
import { Mounts } from './mounts.ts';
import type { Purpose, Recipe, RunningClient } from './recipe.ts';

export interface DhcpClientOptions {
  readonly name: string;
  readonly recipe: Recipe;
  /** As `ip netns` knows it. */
  readonly namespace: string;
  readonly device: string;
  /** Takes its logs, and its leases, which outlast it. */
  readonly folder: string;
}

// Where resolvconf is installed, the clients' scripts leave resolv.conf to it.
const mounts = `set -e
mount --bind "$STATE" /mnt
mount -t tmpfs -o mode=0755 tmpfs /run
if [ -x /sbin/resolvconf ]; then mount --bind /dev/null /sbin/resolvconf; fi
`;

/** Before the client itself is run. */
const prepared = `echo '{"event":"prepared"}'\n`;

/** One client with one device; what differs between dhclient, udhcpc and the others is in its recipe. */
export class DhcpClient implements AsyncDisposable, RunningClient {
  readonly options: DhcpClientOptions;
  #program: Program | undefined;
  #mounts: Mounts | undefined;
  #started = 0;

  constructor(options: DhcpClientOptions) {
    this.options = options;
  }

  get recipe(): Recipe {
    return this.options.recipe;
  }

  /** Resolves once it has applied a lease. */
  async start(purpose: Purpose = 'use', milliseconds = patience): Promise<void> {
    const { name, namespace, device, folder } = this.options;
    const state = join(folder, `${name}-state`);
    mkdirSync(state, { recursive: true });
    const log = `${name}-${++this.#started}`;
    this.#mounts?.[Symbol.dispose]();
    this.#mounts = undefined;
    this.#program = Program.start({
      namespace,
      argv: ['unshare', '--mount', 'sh', '-c', mounts + this.recipe.script(purpose).replace(/^(?=exec )/m, prepared)],
      env: { STATE: state, DEVICE: device },
      stdoutLog: join(folder, `${log}.stdout.log`),
      stderrLog: join(folder, `${log}.stderr.log`),
    });
    await this.program.event('prepared').catch((error: Error) => {
      throw new LabFailure(`${name} could not be started, which for some clients takes root: ${error.message}`);
    });
    await this.recipe.settled(this, milliseconds, purpose);
    this.#mounts = Mounts.of(this.program.pid);
  }

  get program(): Program {
    if (this.#program === undefined) throw new LabFailure(`${this.options.name} was never started`);
    return this.#program;
  }

  /** Runs a program beside the client, in its mounts and its network. */
  inside(...argv: string[]): Promise<string> {
    const { pid } = this.program;
    return run(['nsenter', '--target', String(pid), '--mount', '--net', '--', ...argv]);
  }

  /** A file as the client's scripts see it. */
  read(path: string): Promise<string> {
    return this.inside('cat', path);
  }

  /** Ends it; it keeps its lease, unless it is one that never does. */
  async end(): Promise<void> {
    if (this.recipe.end === undefined) await this.program.terminate();
    else await this.recipe.end(this);
    await within(patience, `${this.options.name} ending`, this.program.exited, () => this.program.lastWords());
  }

  /** Ends it and its helpers at once: one that is left would hold its stdout open. */
  kill(): void {
    if (this.#program === undefined) return;
    this.#mounts ??= Mounts.of(this.#program.pid);
    this.#mounts?.kill();
    if (this.#program.running) this.#program.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    this.#mounts?.[Symbol.dispose]();
    await this.#program?.[Symbol.asyncDispose]();
  }
}
