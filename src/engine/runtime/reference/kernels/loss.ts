import type { ReferenceKernel } from "./memory.ts";

export const softmaxCrossEntropy: ReferenceKernel<"softmaxCrossEntropy"> = (
  { in: input, out, attrs },
  memory,
) => {
  const { batch, classes } = attrs;
  const logits = memory(input.logits);
  const targets = memory(input.targets);
  const dLogits = out.dLogits === undefined ? undefined : memory(out.dLogits);
  let lossSum = 0;
  let correct = 0;
  for (let n = 0; n < batch; n++) {
    const row = logits.subarray(n * classes, (n + 1) * classes);
    const target = targets.subarray(n * classes, (n + 1) * classes);
    const mass = target.reduce((sum, t) => sum + t, 0);
    const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const total = row.reduce((sum, z) => sum + Math.exp(z - largest), 0);
    for (let k = 0; k < classes; k++) {
      const logProbability = row[k]! - largest - Math.log(total);
      if (target[k]! > 0) lossSum -= target[k]! * logProbability;
      if (dLogits) dLogits[n * classes + k] = (mass * Math.exp(logProbability) - target[k]!) / batch;
    }
    if (mass > 0 && argMax(row) === argMax(target)) correct++;
  }
  memory(out.metrics).set([lossSum, correct]);
};

/** Ties go to the lower index. */
function argMax(values: Float64Array): number {
  let best = 0;
  values.forEach((value, i) => {
    if (value > values[best]!) best = i;
  });
  return best;
}
