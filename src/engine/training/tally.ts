import type { BatchResult } from "../runtime/executor.ts";

/** Sums of batch results. */
export class Tally {
  lossSum = 0;
  #correct = 0;
  #count = 0;

  add({ lossSum, correct, count }: BatchResult): void {
    this.lossSum += lossSum;
    this.#correct += correct;
    this.#count += count;
  }

  get loss(): number {
    return this.lossSum / this.#count;
  }

  get error(): number {
    return (this.#count - this.#correct) / this.#count;
  }
}
