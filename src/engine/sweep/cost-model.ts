import type { NetworkSpec } from "../network/spec.ts";
import { fullSizeEpochs } from "../training/phases.ts";
import type { Regime } from "../training/regime.ts";

/**
 * What a trial costs, in units of one multiply-add of a forward pass. Backward costs twice the forward; normalization,
 * activation and addition pass over every activation a few times, which takes as long as some thirty multiply-adds each.
 */
export function trialWork(
  network: { readonly flops: number; readonly acts: number; readonly spec: NetworkSpec },
  regime: Regime,
): number {
  const { images, testImages, validation = 0, ema = 0 } = regime;
  const perImage = network.flops + workPerActivation * network.acts;
  const evaluated = testImages * (ema > 0 ? 2 : 1) + validation;
  return perImage * fullSizeEpochs(network.spec, regime) * (3 * images + evaluated);
}

const workPerActivation = 30;

/** Speed of this device, learned from the trials of this run. */
export class CostModel {
  #work = 0;
  #ms = 0;

  /** A finished trial, or the part of one that is done. */
  observe(work: number, ms: number): void {
    this.#work += work;
    this.#ms += ms;
  }

  /** Milliseconds that so much work takes; undefined before anything was measured. */
  predict(work: number, underWay: { readonly work: number; readonly ms: number } = { work: 0, ms: 0 }) {
    const known = this.#work + underWay.work;
    return known > 0 ? (work * (this.#ms + underWay.ms)) / known : undefined;
  }
}
