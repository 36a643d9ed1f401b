import { transformRow } from "../plan/calls.ts";
import type { Plan } from "../plan/plan.ts";
import { type Batch, type BatchTransforms, ExecutorError } from "./executor.ts";

export type ResidentBatch = Extract<Batch, { from: "resident" }>;

const rowLength = transformRow.length;

/**
 * The rows of `transforms` (plan/calls.ts, Gather) for a batch of resident images: one per index; rows of images that are
 * not there stay as they are.
 * @throws ExecutorError "misuse" where lengths do not match the indices or a number is out of its range.
 */
export function writeInputRows(
  plan: Pick<Plan, "input">,
  batch: ResidentBatch,
  rows: Float32Array | Float64Array,
): void {
  const { images, indices, transforms = {} } = batch;
  const [height, width] = images.shape;
  const count = indices.length;
  checkTransforms(transforms, count);
  const { matrices, gains, offsets, mix } = transforms;
  const resize = [width / plan.input.width, 0, 0, 0, height / plan.input.height, 0].map(Math.fround);
  for (let n = 0; n < count; n++) {
    const matrix = matrices?.subarray(6 * n, 6 * n + 6) ?? resize;
    const [a = 0, b = 0, , c = 0, d = 0] = matrix;
    rows.set(matrix, rowLength * n);
    rows.set(
      [
        samples(Math.hypot(a, c), width, height),
        samples(Math.hypot(b, d), width, height),
        gains?.[n] ?? 1,
        offsets?.[n] ?? 0,
        mix?.lambdas[n] ?? 1,
        mix?.partners[n] ?? n,
      ],
      rowLength * n + 6,
    );
  }
}

/**
 * Samples along one side of an output pixel that covers `step` source pixels. One bilinear sample reaches over two source
 * pixels, so up to 1.25 of them one is enough (rotations and shears stay as sharp as they are); then as many as pixels
 * pass under it, so that none is left out. Halves, thirds … of a size are exact area averages.
 */
function samples(step: number, width: number, height: number): number {
  return Math.min(Math.max(Math.ceil(step - 0.25), 1), Math.max(width, height));
}

function checkTransforms({ matrices, gains, offsets, mix }: BatchTransforms, count: number): void {
  for (const [what, values, needed] of [
    ["matrices", matrices, 6 * count],
    ["gains", gains, count],
    ["offsets", offsets, count],
    ["lambdas", mix?.lambdas, count],
    ["partners", mix?.partners, count],
  ] as const) {
    if (values === undefined) continue;
    if (values.length !== needed)
      throw new ExecutorError(
        "misuse",
        `${what}: ${values.length} values for ${count} images, ${needed} needed`,
      );
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new ExecutorError("misuse", `${what}[${wrong}] is ${values[wrong]}`);
  }
  const far = mix?.partners.find((partner) => partner >= count);
  if (far !== undefined) throw new ExecutorError("misuse", `partner ${far} in a batch of ${count} images`);
  const outside = mix?.lambdas.find((lambda) => lambda < 0 || lambda > 1);
  if (outside !== undefined) throw new ExecutorError("misuse", `lambda ${outside}: 0 to 1 is allowed`);
}
