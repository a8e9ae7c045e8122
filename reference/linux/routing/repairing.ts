/** Puts back the routes and addresses that other programs remove, as long as they do not do so again and again. */
import { type Admit, pauseLength, RepairLimit } from './repair-limit.ts';
import { WorkOnChange } from './work-on-change.ts';

export interface RepairPorts {
  /**
   * Puts back whatever is missing.
   * @param admit asked before each, in words such as "the route to 10.9.0.0/24"
   */
  readonly repair: (admit: Admit) => Promise<void>;
  /** Gets what kept it from putting things back. */
  readonly failed: (error: unknown) => void;
  /** Gets a line for the user when something is left alone because another program removes it. */
  readonly contested: (line: string) => void;
}

/** Repairs after each change of the network, one repair at a time, until it is closed. */
export class Repairing {
  readonly #work: WorkOnChange;
  #later: NodeJS.Timeout | undefined;

  /** Watches the network namespace of the calling thread. */
  constructor({ repair, failed, contested }: RepairPorts) {
    const limit = new RepairLimit((object) => {
      contested(`another program keeps removing ${object}: it is not put back for ${pauseLength / 1000} s`);
      this.#later ??= setTimeout(() => {
        this.#later = undefined;
        this.#work.ask();
      }, pauseLength).unref();
    });
    this.#work = new WorkOnChange(() => repair((object) => limit.admit(object, performance.now())), failed);
  }

  async close(): Promise<void> {
    clearTimeout(this.#later);
    await this.#work.close();
  }
}
