import type { NetworkSpec } from "../network/spec.ts";
import { fullSizeEpochs } from "../training/phases.ts";
import type { Regime } from "../training/regime.ts";
import { median } from "./halving.ts";

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

/**
 * Of the time that was predicted for a whole training, milliseconds for the epochs that the trial got: all of it where it
 * is done. undefined before the first epoch, and for what diverged or failed, whose end nobody predicted.
 */
export function predictedSoFar(trial: {
  readonly status: string;
  readonly predictedMs?: number | undefined;
  readonly epochs: readonly unknown[];
  readonly network: { readonly spec: NetworkSpec };
  readonly regime: Regime;
}): number | undefined {
  const { status, predictedMs, epochs, network, regime } = trial;
  if (predictedMs === undefined || status === "done") return predictedMs;
  if (status === "diverged" || status === "failed" || epochs.length === 0) return undefined;
  const { spec } = network;
  return (predictedMs * fullSizeEpochs(spec, regime, epochs.length)) / fullSizeEpochs(spec, regime);
}

/** A trial under way: its work and time so far, and the share of the whole trial that they are, 0–1. */
export interface WorkUnderWay {
  readonly work: number;
  readonly ms: number;
  readonly share: number;
}

/** Trials that a prediction rests on: few, so that a study of another kind is learned soon. */
const mostRates = 9;

/**
 * Speed of a device, learned from its trials: the median of milliseconds per unit of work over the newest of them, which
 * one odd trial among three or more cannot move beyond the others.
 */
export class CostModel {
  #rates: readonly number[];

  /** @param rates of earlier runs on this device, the newest last, as `rates` gives them. */
  constructor(rates: readonly number[] = []) {
    this.#rates = rates.filter(isRate).slice(-mostRates);
  }

  /** Milliseconds per unit of work, the newest last: what is kept between runs. */
  get rates(): readonly number[] {
    return this.#rates;
  }

  /** A finished trial, or the part of one that is done. */
  observe(work: number, ms: number): void {
    const rate = ms / work;
    if (isRate(rate)) this.#rates = [...this.#rates, rate].slice(-mostRates);
  }

  /**
   * Milliseconds that so much work takes; undefined before anything was measured. A trial under way counts beside the n
   * others with its share: n to share.
   */
  predict(work: number, underWay?: WorkUnderWay): number | undefined {
    const n = this.#rates.length;
    const known = n > 0 ? median(this.#rates) : 0;
    const own = underWay && isRate(underWay.ms / underWay.work) ? underWay : undefined;
    if (own === undefined) return n > 0 ? work * known : undefined;
    return (work * (n * known + own.share * (own.ms / own.work))) / (n + own.share);
  }
}

/** What files and stores hold is checked too. */
function isRate(rate: unknown): rate is number {
  return typeof rate === "number" && Number.isFinite(rate) && rate > 0;
}
