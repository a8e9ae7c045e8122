/** A DHCP client of the machine's, run on the adapter for as long as that lives ([EP] fig. 23, 512 and 514). */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** Milliseconds that a client has to give its lease back once it is to end. */
const patience = 2_000;

/** In the foreground, so that it ends with us, and without probing for an address that is nobody else's; by preference. */
const clients: readonly (readonly string[])[] = [
  ['dhcpcd', '-B', '-4', '-A', '{device}'],
  ['dhclient', '-4', '-d', '-pf', '/run/dhclient-{device}.pid', '-lf', '/run/dhclient-{device}.leases', '{device}'],
  ['udhcpc', '-f', '-R', '-i', '{device}'],
];

export interface DhcpClientPorts {
  /** Gets each line that it prints. */
  readonly printed: (line: string) => void;
  /** Called when it ended although close() was not called, or could not be started. */
  readonly ended: (reason: string) => void;
}

/**
 * The command line of the first client that is installed.
 * @param path folders as in the environment variable PATH; where daemons lie is looked at in any case
 */
export function installedClient(path = process.env['PATH'] ?? ''): readonly string[] | undefined {
  const folders = [...path.split(delimiter), '/usr/sbin', '/sbin'];
  return clients.find(([program = '']) => folders.some((folder) => isExecutable(join(folder, program))));
}

export class DhcpClient implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #over: Promise<void>;
  #endExpected = false;

  /**
   * @param argv program and arguments, in which `{device}` stands for the adapter; no shell sees them
   * @param device name of an adapter that is up
   */
  constructor(argv: readonly string[], device: string, { printed, ended }: DhcpClientPorts) {
    const [program = '', ...words] = argv.map((word) => word.replaceAll('{device}', device));
    const path = [process.env['PATH'] ?? '', '/usr/sbin', '/sbin'].join(delimiter);
    this.#process = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: path } });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      if (stream !== null) createInterface({ input: stream }).on('line', printed);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#over = promise;
    const over = (reason: string): void => {
      if (!this.#endExpected) ended(`${program} ${reason}`);
      this.#endExpected = true;
      resolve();
    };
    this.#process.once('error', (error: NodeJS.ErrnoException) => over(`could not be started (${error.code})`));
    this.#process.once('exit', (code, signal) =>
      over(signal === null ? `ended with status ${code}` : `ended by ${signal}`),
    );
  }

  /** Ends it, by force if need be. */
  async close(): Promise<void> {
    this.#endExpected = true;
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), patience);
    await this.#over;
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
