/** Keeps from fighting for ever with another program that removes a route as often as it is put back. */

/** More repairs of one route than this within `span` are a fight, which rests for `rest`. Milliseconds. */
const most = 5;
const span = 10_000;
export const rest = 60_000;

export class RepairLimit {
  readonly #repairs = new Map<string, number[]>();
  readonly #resting = new Map<string, number>();
  readonly #contested: (prefix: string) => void;

  /** @param contested told once when the repairs of a route begin to rest */
  constructor(contested: (prefix: string) => void) {
    this.#contested = contested;
  }

  /** Whether a route may be put back now. @param now milliseconds on a monotonic clock */
  admit(prefix: string, now: number): boolean {
    const until = this.#resting.get(prefix);
    if (until !== undefined && now < until) return false;
    this.#resting.delete(prefix);
    const recent = (this.#repairs.get(prefix) ?? []).filter((moment) => moment > now - span);
    if (recent.length < most) {
      this.#repairs.set(prefix, [...recent, now]);
      return true;
    }
    this.#repairs.delete(prefix);
    this.#resting.set(prefix, now + rest);
    this.#contested(prefix);
    return false;
  }
}
