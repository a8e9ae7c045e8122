/** A DHCP client of the machine's, run on the adapter for as long as that lives ([EP] fig. 23, 512 and 514). */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { programIn, searchPath } from './installed.ts';

/** Milliseconds in which a client can give its lease back before it is killed. */
const patience = 2_000;

/**
 * By preference. Each stays in the foreground, so that it ends with this process, and does not ask whether another station
 * has the address: none can.
 */
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

/** The command line of the first client that is installed. @param path folders as in the environment variable PATH */
export function installedClient(path?: string): readonly string[] | undefined {
  return clients.find(([program = '']) => programIn(searchPath(path), program) !== undefined);
}

/**
 * The client's process. If it ends by itself, `ended` of the ports is called; on close it is sent SIGTERM, then SIGKILL.
 */
export class DhcpClient {
  readonly #process: ChildProcess;
  readonly #over: Promise<void>;
  #endExpected = false;

  /**
   * @param argv program and arguments, in which `{device}` stands for the adapter; no shell sees them
   * @param device name of an adapter that is up
   */
  constructor(argv: readonly string[], device: string, { printed, ended }: DhcpClientPorts) {
    const [program = '', ...words] = argv.map((word) => word.replaceAll('{device}', device));
    const env = { ...process.env, PATH: searchPath() };
    this.#process = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env });
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
}
