/** Estimates the time left of one piece of work from how far it is; a new phase begins anew. */
export class Remaining {
  readonly #now: () => number;
  #phase: string | undefined;
  #start = { at: 0, done: 0 };

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Milliseconds until `done` is `total`, at the pace since the phase began; undefined until half a second of it has gone
   * by, and where the total is unknown.
   */
  after(phase: string, done: number, total: number | undefined): number | undefined {
    const at = this.#now();
    if (phase !== this.#phase || done < this.#start.done) {
      this.#phase = phase;
      this.#start = { at, done };
    }
    const elapsed = at - this.#start.at;
    const gained = done - this.#start.done;
    if (total === undefined || elapsed < 500 || gained <= 0) return undefined;
    return (elapsed * Math.max(0, total - done)) / gained;
  }
}
