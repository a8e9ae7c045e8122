/** Puts back the routes and addresses that other programs remove, as long as they do not do so again and again. */
import { type Admit, RepairLimit, rest } from './repair-limit.ts';
import { watchNetwork } from './route-watch.ts';

export interface RepairPorts {
  /**
   * Puts back whatever is missing.
   * @param admit asked before each, in words such as "the route to 10.9.0.0/24"
   */
  readonly repair: (admit: Admit) => Promise<void>;
  /** Told what kept it from putting things back. */
  readonly failed: (error: unknown) => void;
  /** Told, with a line for the user, when something is left alone because another program removes it. */
  readonly contested: (line: string) => void;
}

export class Repairing {
  readonly #ports: RepairPorts;
  readonly #limit: RepairLimit;
  readonly #watch: { close(): Promise<void> };
  #asked = false;
  #turn: Promise<unknown> = Promise.resolve();
  #later: NodeJS.Timeout | undefined;
  #closed = false;

  /** Watches the network namespace of the calling thread. */
  constructor(ports: RepairPorts) {
    this.#ports = ports;
    this.#limit = new RepairLimit((what) => {
      ports.contested(`another program keeps removing ${what}: it is not put back for ${rest / 1000} s`);
      this.#later ??= setTimeout(() => {
        this.#later = undefined;
        this.#repair();
      }, rest).unref();
    });
    this.#watch = watchNetwork(() => this.#repair());
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#later);
    await this.#watch.close();
    await this.#turn;
  }

  /** A burst of changes is one repair, and one more when some came in between. */
  #repair(): void {
    if (this.#asked || this.#closed) return;
    this.#asked = true;
    this.#turn = this.#turn
      .then(async () => {
        this.#asked = false;
        if (!this.#closed) await this.#ports.repair((what) => this.#limit.admit(what, performance.now()));
      })
      .catch((error: unknown) => {
        if (!this.#closed) this.#ports.failed(error);
      });
  }
}
