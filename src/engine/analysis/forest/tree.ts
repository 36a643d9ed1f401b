import type { Rng } from "../../math/rng.ts";
import { drawIndex } from "../draw.ts";
import { type BinnedFeatures, maxBins } from "./binned.ts";

/** A regression tree as flat arrays: node i splits on `feature[i]`, or is a leaf where that is −1. */
export interface Tree {
  readonly feature: readonly number[];
  /** Bins up to this one go left. */
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Mean of the leaf. */
  readonly value: readonly number[];
}

export interface TreeOptions {
  /** Features that a split may choose from, drawn anew for each. */
  readonly tried: number;
  /** Trials that a leaf has at least. */
  readonly leaf: number;
}

/**
 * Grows a tree over these trials (indices, repeats allowed): each split is the one that lessens the sum of squared
 * differences from the mean most (Breiman et al. 1984, CART).
 */
export function growTree(
  { bins, counts, n }: BinnedFeatures,
  targets: Float64Array,
  trials: Uint32Array,
  rng: Rng,
  { tried, leaf }: TreeOptions,
): Tree {
  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const value: number[] = [];
  const order = Uint32Array.from(counts.keys());
  const sums = new Float64Array(maxBins);
  const sizes = new Uint32Array(maxBins);

  const grow = (from: number, to: number): number => {
    const node = feature.length;
    const size = to - from;
    let total = 0;
    for (let i = from; i < to; i++) total += targets[trials[i]!]!;
    feature.push(-1);
    threshold.push(0);
    left.push(0);
    right.push(0);
    value.push(total / size);
    if (size < 2 * leaf) return node;
    const split = bestSplit(from, to, total);
    if (!split) return node;
    const middle = partition(from, to, split.feature, split.threshold);
    feature[node] = split.feature;
    threshold[node] = split.threshold;
    left[node] = grow(from, middle);
    right[node] = grow(middle, to);
    return node;
  };

  const bestSplit = (from: number, to: number, total: number) => {
    const size = to - from;
    // What a split gains over no split: Σ²/n of both sides against Σ²/n of the whole.
    let best = (total * total) / size + 1e-12 * Math.abs(total);
    let found: { feature: number; threshold: number } | undefined;
    for (let i = 0; i < tried; i++) {
      const other = i + drawIndex(rng, order.length - i);
      const candidate = order[other]!;
      order[other] = order[i]!;
      order[i] = candidate;
      const count = counts[candidate]!;
      if (count < 2) continue;
      sums.fill(0, 0, count);
      sizes.fill(0, 0, count);
      const column = candidate * n;
      for (let k = from; k < to; k++) {
        const trial = trials[k]!;
        const bin = bins[column + trial]!;
        sums[bin]! += targets[trial]!;
        sizes[bin]! += 1;
      }
      let [sum, below] = [0, 0];
      for (let bin = 0; bin < count - 1; bin++) {
        if (sizes[bin] === 0) continue;
        sum += sums[bin]!;
        below += sizes[bin]!;
        if (below < leaf || size - below < leaf) continue;
        const gain = (sum * sum) / below + (total - sum) ** 2 / (size - below);
        if (gain > best) {
          best = gain;
          found = { feature: candidate, threshold: bin };
        }
      }
    }
    return found;
  };

  /** Puts the trials that go left first. */
  const partition = (from: number, to: number, by: number, upTo: number): number => {
    let middle = from;
    for (let i = from; i < to; i++) {
      const trial = trials[i]!;
      if (bins[by * n + trial]! > upTo) continue;
      trials[i] = trials[middle]!;
      trials[middle++] = trial;
    }
    return middle;
  };

  grow(0, trials.length);
  return { feature, threshold, left, right, value };
}

/** What the tree says of a trial, which looks up its bin of a feature. */
export function predict(tree: Tree, binOf: (feature: number) => number): number {
  let node = 0;
  while (tree.feature[node]! >= 0)
    node = binOf(tree.feature[node]!) <= tree.threshold[node]! ? tree.left[node]! : tree.right[node]!;
  return tree.value[node]!;
}
