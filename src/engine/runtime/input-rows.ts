import { transformRow } from "../plan/calls.ts";
import type { Plan } from "../plan/plan.ts";
import { type Batch, type BatchTransforms, ExecutorError, type ImageHandle } from "./executor.ts";

export type ResidentBatch = Extract<Batch, { from: "resident" }>;

/** What of a batch of resident images the rows depend on. */
export type InputBatch = Pick<ResidentBatch, "indices" | "transforms"> & {
  readonly images: Pick<ImageHandle, "shape">;
};

const rowLength = transformRow.length;

/**
 * The rows of `transforms` (plan/calls.ts, Gather) for a batch of resident images: one per index; rows of images that are
 * not there stay as they are.
 * @throws ExecutorError "misuse" where lengths do not match the indices or a number is out of its range.
 */
export function writeInputRows(
  plan: Pick<Plan, "input">,
  batch: InputBatch,
  rows: Float32Array | Float64Array,
): void {
  const { images, indices, transforms = {} } = batch;
  const [height, width] = images.shape;
  const count = indices.length;
  checkTransforms(transforms, count);
  const wanted = count * height * width * images.shape[2];
  if (transforms.pixels !== undefined && transforms.pixels.length !== wanted)
    throw new ExecutorError(
      "misuse",
      `pixels: ${transforms.pixels.length} bytes for ${count} images, ${wanted} needed`,
    );
  const { matrices, gains, offsets, mix } = transforms;
  const resize = Float32Array.of(width / plan.input.width, 0, 0, 0, height / plan.input.height, 0);
  // Once a step for every image: no object is made in the loop.
  for (let n = 0; n < count; n++) {
    const at = rowLength * n;
    const from = matrices === undefined ? 0 : 6 * n;
    const matrix = matrices ?? resize;
    for (let i = 0; i < 6; i++) rows[at + i] = matrix[from + i]!;
    rows[at + 6] = samples(Math.hypot(matrix[from]!, matrix[from + 3]!), width, height);
    rows[at + 7] = samples(Math.hypot(matrix[from + 1]!, matrix[from + 4]!), width, height);
    rows[at + 8] = gains === undefined ? 1 : gains[n]!;
    rows[at + 9] = offsets === undefined ? 0 : offsets[n]!;
    rows[at + 10] = mix === undefined ? 1 : mix.lambdas[n]!;
    rows[at + 11] = mix === undefined ? n : mix.partners[n]!;
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
