/** A DNS server of the laboratory: dnsmasq with the records that a scenario gives it, and nobody behind it. */

import { once } from 'node:events';
import { closeSync, openSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { patience, within } from '../deadlines/deadline.ts';
import { LabFailure } from '../failure.ts';
import type { Child } from '../programs/child.ts';
import { spawnInside } from '../programs/command.ts';

export interface NameServerOptions {
  /** As `ip netns` knows it. */
  readonly namespace: string;
  /** Where it listens: port 53, UDP and TCP. */
  readonly address: string;
  /** Its log `dnsmasq.log` goes there. */
  readonly folder: string;
}

/** A member of a group (RFC 2782). */
export interface ServiceRecord {
  readonly target: string;
  readonly port?: number;
  readonly priority?: number;
  readonly weight?: number;
}

/** A question that was put to the server. */
export interface Query {
  /** `A`, `AAAA`, `SRV` … */
  readonly type: string;
  readonly name: string;
  /** Address of who asked. */
  readonly from: string;
}

/** An address of the wire that no node has: what is sent there is never answered. */
const nobody = '10.77.0.99';

/** Where a server listens that fails, next to this one. */
const failingPort = 5300;
const failing = `127.0.0.1#${failingPort}`;

/**
 * The names below `test` are its own: one without a record does not exist (NXDOMAIN). Every other name is refused. Records
 * take effect at the next `start`; all have a lifetime of 0 s.
 */
export class NameServer implements AsyncDisposable {
  readonly #options: NameServerOptions;
  readonly #log: string;
  readonly #hosts = new Map<string, readonly string[]>();
  readonly #services = new Map<string, readonly ServiceRecord[]>();
  readonly #faults = new Map<string, string>();
  #process: Child | undefined;
  #failing: Child | undefined;

  constructor(options: NameServerOptions) {
    this.#options = options;
    this.#log = join(options.folder, 'dnsmasq.log');
    closeSync(openSync(this.#log, 'w'));
  }

  /** The addresses of a name, in the order in which they are answered; none takes the name away. */
  host(name: string, ...addresses: readonly string[]): this {
    this.#hosts.set(name, addresses);
    return this;
  }

  /** The records of `_pna._tcp.NAME`. A target of '.' says that there is no such service; no records take the group away. */
  srv(name: string, records: readonly ServiceRecord[]): this {
    this.#services.set(name, records);
    return this;
  }

  /** Questions for this very name, `_pna._tcp.` included where that is meant, are answered REFUSED. */
  refuse(name: string): this {
    this.#faults.set(name, '#');
    return this;
  }

  /** Questions for this name are not answered at all. */
  silence(name: string): this {
    this.#faults.set(name, nobody);
    return this;
  }

  /** Questions for this name are answered SERVFAIL: this server asks one that fails. */
  fail(name: string): this {
    this.#faults.set(name, failing);
    return this;
  }

  /** Starts it with the records as they are now, again if it was running; resolves when it answers. */
  async start(): Promise<void> {
    await this[Symbol.asyncDispose]();
    if ([...this.#faults.values()].includes(failing)) await this.#startFailing();
    const before = this.#written().length;
    const err = openSync(this.#log, 'a');
    const child = spawnInside(this.#options.namespace, this.#commandLine(), { stdio: ['ignore', 'ignore', err] });
    closeSync(err);
    this.#process = child;
    // Its sockets are open before it says so.
    const started = Promise.withResolvers<void>();
    const look = () => this.#written().includes('started, version', before) && started.resolve();
    const watcher = watch(this.#log, look);
    look();
    child.once('close', () => started.reject(new LabFailure(`dnsmasq: ${this.#written().slice(before).trim()}`)));
    try {
      await within(patience, 'dnsmasq starting', started.promise);
    } finally {
      watcher.close();
    }
  }

  /** What was asked so far: it is written down before it is answered. */
  get queries(): Query[] {
    return [...this.#written().matchAll(/query\[(\w+)\] (\S+) from (\S+)$/gm)].map(
      ([, type = '', name = '', from = '']) => ({
        type,
        name,
        from,
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const children = [this.#process, this.#failing];
    this.#process = undefined;
    this.#failing = undefined;
    for (const child of children) {
      if (child === undefined || !child.running) continue;
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    }
  }

  async #startFailing(): Promise<void> {
    const argv = [process.execPath, join(import.meta.dirname, 'failing-name-server.ts'), String(failingPort)];
    const child = spawnInside(this.#options.namespace, argv, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#failing = child;
    const started = Promise.withResolvers<void>();
    child.stdout?.once('data', () => started.resolve());
    child.once('close', () => started.reject(new LabFailure('the DNS server that fails has ended')));
    await within(patience, 'a DNS server that fails starting', started.promise);
  }

  #written(): string {
    return readFileSync(this.#log, 'utf8');
  }

  #commandLine(): string[] {
    const hosts = [...this.#hosts].flatMap(([name, addresses]) =>
      addresses.map((address) => `--host-record=${name},${address}`),
    );
    const services = [...this.#services].flatMap(([name, records]) =>
      records.map(({ target, port = 3265, priority = 0, weight = 0 }) => {
        const value = target === '.' ? '' : `,${target},${port},${priority},${weight}`;
        return `--srv-host=_pna._tcp.${name}${value}`;
      }),
    );
    const faults = [...this.#faults].map(([name, upstream]) => `--server=/${name}/${upstream}`);
    return [...program.split(' '), `--listen-address=${this.#options.address}`, ...hosts, ...services, ...faults];
  }
}

/** Nothing of the machine's own set-up, no file of a process id; answers in the order of the records. */
const program =
  'dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --pid-file --user=root --group=root ' +
  '--bind-interfaces --log-facility=- --log-queries --local=/test/ --local-ttl=0 --no-round-robin';
