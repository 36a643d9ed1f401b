import { buildGraph } from "../graph/build.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { compilePlan, defaultOptimizer } from "../plan/compile.ts";
import { type Executor, ExecutorError, type KernelTime } from "../runtime/executor.ts";
import { initialState } from "../training/initialize.ts";
import type { StepProfile } from "./bench-panel.ts";
import { convFlops, type ProfileRow } from "./profile.ts";

/**
 * Where each network's training step goes, for executors whose sessions time their kernels (WebGPU). Kernels are timed
 * alone, the same one again and again, so that together they may take longer than the step did.
 * @param stepMs least time of a network's step.
 */
export async function profileSessions(
  executor: Executor,
  networks: readonly { readonly spec: NetworkSpec; readonly stepMs: number }[],
  batch: number,
): Promise<StepProfile[]> {
  const profiles: StepProfile[] = [];
  for (const { spec, stepMs } of networks) {
    const fuse = executor.fusions ?? true;
    const plan = compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer, fuse });
    const session = await executor.load(plan, initialState(plan, 1));
    try {
      if (session.profile === undefined)
        throw new ExecutorError("unsupported", `the ${executor.kind} executor has no kernels to time`);
      const times = await session.profile();
      const kernelMs = times.reduce((sum, { ms }) => sum + ms, 0);
      profiles.push({
        net: spec.name ?? "network",
        kernels: kernelRows(times),
        outsideKernels: 1 - kernelMs / stepMs,
      });
    } finally {
      session.dispose();
    }
  }
  return profiles;
}

/** Times by kernel, the slowest first. A convolution's multiply-adds are those of the kernel that is named by its call. */
export function kernelRows(times: readonly KernelTime[]): ProfileRow[] {
  const rows = new Map<string, { ms: number; flops: number }>();
  for (const { call, kernel, ms } of times) {
    const own = kernel.startsWith(call.op);
    const name = own ? kernel : `${call.op} ${kernel}`;
    const row = rows.get(name) ?? { ms: 0, flops: 0 };
    rows.set(name, { ms: row.ms + ms, flops: row.flops + (own ? convFlops(call) : 0) });
  }
  const total = times.reduce((sum, { ms }) => sum + ms, 0);
  return [...rows]
    .sort((a, b) => b[1].ms - a[1].ms)
    .map(([kernel, { ms, flops }]) => ({
      kernel,
      ms,
      share: ms / total,
      gflops: flops / ms / 1e6,
      idle: 0,
    }));
}
