import { createRng } from "../../math/rng.ts";
import { drawIndex } from "../draw.ts";
import { type Finding, found, missing } from "../finding.ts";
import { midRanks } from "../permutation-test.ts";
import { metricValue } from "../trials/metrics.ts";
import type { Observation } from "../trials/observation.ts";
import { binFeatures } from "./binned.ts";
import { growTree, predict } from "./tree.ts";

/**
 * Which parameters the error hangs on: permutation importance over a regression forest (Breiman 2001, "Random Forests",
 * §10). Every tree is grown on a bootstrap sample; the trials outside it measure how much worse the tree predicts once a
 * parameter's values are shuffled among them. Of parameters that go together (flops and depth) each may stand for the other.
 * What is learned is the rank of the error: a diverged network then weighs no more than any other bad one.
 */
export interface ParameterImportance {
  readonly key: string;
  /** Growth of the squared error by shuffling, as a share of the variance of the ranks: 0 is no use at all, 2 is all. */
  readonly importance: number;
  /** Standard error over the trees. An importance within two of them of 0 is noise. */
  readonly deviation: number;
}

export interface Importances {
  /** Most important first. */
  readonly parameters: readonly ParameterImportance[];
  /**
   * Share of the variance of the ranks that the forest predicts of trials outside its trees' samples, at most 1. Near or
   * below 0 the parameters say nothing of the error, and their importances neither.
   */
  readonly explained: number;
  readonly n: number;
  /** Parameters that were left out, and why. */
  readonly skipped: readonly { readonly key: string; readonly message: string }[];
}

export interface ForestOptions {
  readonly trees?: number;
  readonly seed?: number;
  /** Trials a leaf has at least. */
  readonly leaf?: number;
}

/** Fewer trials than this cannot be split into anything that a tree could learn from. */
const fewest = 12;

/** Importances of `parameters` (keys of metrics) for the error of these trials; diverged ones count, as the worst. */
export function parameterImportance(
  observations: readonly Observation[],
  parameters: readonly string[],
  { trees = 100, seed = 1, leaf = 3 }: ForestOptions = {},
): Finding<Importances> {
  if (observations.length === 0) return missing("no-trials", "No trials to learn from.");
  const counted = observations.filter(({ error }) => error !== null);
  if (counted.length === 0) return missing("none-finished", "No trial has an error yet.");
  const n = counted.length;
  if (n < fewest)
    return missing("too-few", `Importances need ${fewest} trials with an error; there are ${n}.`);
  const targets = midRanks(counted.map(({ error }) => error!));
  const mean = targets.reduce((sum, each) => sum + each, 0) / n;
  const variance = targets.reduce((sum, each) => sum + (each - mean) ** 2, 0) / n;
  if (variance === 0) return missing("all-equal", "All trials have the same error: nothing to explain.");
  const { used, columns, skipped } = usableColumns(counted, parameters);
  if (used.length === 0)
    return missing("no-values", "No parameter varies over these trials and is known of all of them.");

  const features = binFeatures(columns);
  const { bins } = features;
  const options = { tried: Math.max(1, Math.ceil(used.length / 3)), leaf };
  const rng = createRng(seed, "forest");
  const growth = used.map(() => ({ sum: 0, squares: 0 }));
  const votes = new Float64Array(n);
  const voters = new Uint32Array(n);
  for (let t = 0; t < trees; t++) {
    const drawn = new Uint32Array(n);
    const inside = new Uint8Array(n);
    for (let i = 0; i < n; i++) {
      const trial = drawIndex(rng, n);
      drawn[i] = trial;
      inside[trial] = 1;
    }
    const tree = growTree(features, targets, drawn, rng, options);
    const outside = Uint32Array.from(Array.from(inside.keys()).filter((i) => inside[i] === 0));
    if (outside.length === 0) continue;
    let plain = 0;
    for (const trial of outside) {
      const predicted = predict(tree, (feature) => bins[feature * n + trial]!);
      plain += (predicted - targets[trial]!) ** 2;
      votes[trial]! += predicted;
      voters[trial]! += 1;
    }
    const splits = new Set(tree.feature);
    for (let f = 0; f < used.length; f++) {
      // Shuffling what the tree does not look at changes nothing.
      if (!splits.has(f)) continue;
      const shuffled = rng.shuffle(outside.slice());
      let worse = 0;
      for (let i = 0; i < outside.length; i++) {
        const [trial, other] = [outside[i]!, shuffled[i]!];
        const predicted = predict(tree, (feature) => bins[feature * n + (feature === f ? other : trial)]!);
        worse += (predicted - targets[trial]!) ** 2;
      }
      const by = (worse - plain) / outside.length / variance;
      growth[f]!.sum += by;
      growth[f]!.squares += by * by;
    }
  }
  const ranked = used.map((key, f): ParameterImportance => {
    const importance = growth[f]!.sum / trees;
    const spread = Math.max(0, growth[f]!.squares / trees - importance ** 2);
    return { key, importance, deviation: Math.sqrt(spread / trees) };
  });
  ranked.sort((a, b) => b.importance - a.importance);
  return found({ parameters: ranked, explained: explainedShare(targets, votes, voters, mean), n, skipped });
}

/** 1 − (squared errors outside the samples) / (squared differences from the mean), over trials that had a vote. */
function explainedShare(
  targets: Float64Array,
  votes: Float64Array,
  voters: Uint32Array,
  mean: number,
): number {
  let [missed, total] = [0, 0];
  targets.forEach((target, i) => {
    if (voters[i] === 0) return;
    missed += (votes[i]! / voters[i]! - target) ** 2;
    total += (target - mean) ** 2;
  });
  return total > 0 ? 1 - missed / total : 0;
}

function usableColumns(counted: readonly Observation[], parameters: readonly string[]) {
  const used: string[] = [];
  const columns: number[][] = [];
  const skipped: { key: string; message: string }[] = [];
  for (const key of parameters) {
    const values = counted.map((observation) => metricValue(observation, key));
    const known = values.filter((value): value is number => value !== undefined && Number.isFinite(value));
    if (known.length < values.length)
      skipped.push({ key, message: `known of ${known.length} of ${values.length} trials` });
    else if (new Set(known).size < 2) skipped.push({ key, message: "the same in all trials" });
    else {
      used.push(key);
      columns.push(known);
    }
  }
  return { used, columns, skipped };
}
