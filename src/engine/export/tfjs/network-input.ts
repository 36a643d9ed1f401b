import type { NetworkSpec } from "../../network/spec.ts";
import { transformRow } from "../../plan/calls.ts";
import type { ResidentImages } from "../../runtime/executor.ts";
import { writeInputRows } from "../../runtime/input-rows.ts";
import { gather } from "../../runtime/reference/kernels/gather.ts";

/**
 * Images as the engine's evaluation gives them to a network: normalized and, where the network takes another size,
 * resized. NHWC.
 */
export function networkInput(
  set: ResidentImages,
  { input, classes }: Pick<NetworkSpec, "input" | "classes">,
  indices: Uint32Array,
): Float32Array {
  const batch = indices.length;
  const transforms = new Float64Array(batch * transformRow.length);
  writeInputRows({ input }, { images: set, indices }, transforms);
  const images = new Float64Array(batch * input.height * input.width * input.channels);
  const tensors = [transforms, images, new Float64Array(batch * classes)];
  gather(
    {
      op: "gather",
      label: "gather",
      in: { transforms: 0 },
      out: { images: 1, targets: 2 },
      update: {},
      attrs: { ...input, batch, classes, labelSmoothing: 0 },
    },
    (id) => tensors[id]!,
    set,
    { indices },
  );
  return Float32Array.from(images);
}
