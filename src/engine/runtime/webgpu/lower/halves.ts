import type { TensorId } from "../../../plan/call.ts";
import type { KernelCall } from "../../../plan/calls.ts";
import type { Kernel } from "../kernel.ts";
import { canHoldHalves, withHalves } from "../kernels/halves.ts";
import type { Dispatch, Program } from "../program.ts";

/**
 * The lists with the maps of the forward pass stored as float16, which the backward pass reads again. Gradients stay
 * float32: without a scale of the loss most of them lie below float16's least value (6e-8). So do parameters, statistics,
 * sums, and whatever is read back. A map that some kernel writes by single channels stays float32, too.
 */
export function withHalfMaps(
  program: Program,
  lists: readonly (readonly Dispatch[])[],
): readonly (readonly Dispatch[])[] {
  const halves = halfMaps(program, lists);
  for (const id of halves) program.storeAsHalves(id);
  return lists.map((list) =>
    list.map((dispatch) => {
      const names = dispatch.kernel.bindings
        .filter((_, i) => halves.has(dispatch.bound[i]!.operands[0] as TensorId))
        .map(({ name }) => name);
      if (names.length === 0) return dispatch;
      return { ...dispatch, kernel: variantOf(dispatch.kernel, names) };
    }),
  );
}

/** Maps that every kernel can read, and write, as float16. */
export function halfMaps(
  { plan, tensors }: Program,
  lists: readonly (readonly Dispatch[])[],
): ReadonlySet<TensorId> {
  const { train, evaluate, evaluateAverages = [] } = plan;
  const maps = [train, evaluate, evaluateAverages].flatMap(forwardMaps);
  const halves = new Set(maps.filter((id) => tensors[id]?.persistent === false));
  for (const { kernel, bound } of lists.flat())
    bound.forEach(({ operands }, i) => {
      const alone = operands.length === 1 && canHoldHalves(kernel.bindings[i]!);
      if (!alone) for (const operand of operands) halves.delete(operand as TensorId);
    });
  return halves;
}

/** What calls before the loss make of maps. */
export function forwardMaps(calls: readonly KernelCall[]): TensorId[] {
  const loss = calls.findIndex(({ op }) => op === "softmaxCrossEntropy");
  return calls.slice(0, loss < 0 ? calls.length : loss).flatMap(madeMap);
}

function madeMap({ out }: KernelCall): TensorId[] {
  return "y" in out ? [out.y] : [];
}

/** Kernels are told apart by name, and made once. */
const variants = new Map<string, Kernel>();

function variantOf(kernel: Kernel, names: readonly string[]): Kernel {
  const key = [kernel.name, ...names].join();
  const variant = variants.get(key) ?? withHalves(kernel, names);
  variants.set(key, variant);
  return variant;
}
