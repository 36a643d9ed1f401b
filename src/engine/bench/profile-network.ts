import { buildGraph } from "../graph/build.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { compilePlan, defaultOptimizer } from "../plan/compile.ts";
import type { Plan } from "../plan/plan.ts";
import { type Executor, ExecutorError, type KernelTime, type Session } from "../runtime/executor.ts";
import { checkRoom } from "../runtime/room.ts";
import { createControl } from "../runtime/worker/control.ts";
import { initialState } from "../training/initialize.ts";
import { warmUp } from "./bench-panel.ts";
import type { Profile } from "./profile.ts";
import { measureRoof, type Roofline, rooflineOf } from "./roofline.ts";
import { prepareSteps } from "./training-steps.ts";

/** What a network is profiled on. */
export interface ProfiledDevice {
  readonly executor: Executor;
  /** Of a wasm executor of one thread: what observes its kernels. */
  readonly profile?: Profile;
}

export interface ProfileRequest {
  readonly spec: NetworkSpec;
  readonly batch: number;
}

/** Training steps over which the least time of every kernel is taken. */
const steps = 5;

/**
 * Where the time of a training step goes, and what bounds it on this device.
 * @param onProgress is told the share that is done, 0–1.
 * @throws ExecutorError "unsupported" where the executor does not tell kernels apart.
 */
export async function profileNetwork(
  { spec, batch }: ProfileRequest,
  device: ProfiledDevice,
  onProgress: (share: number) => void = () => {},
): Promise<Roofline> {
  const { executor, profile } = device;
  const part = (share: number) => onProgress(0.9 * share);
  const finish = async (plan: Plan, times: readonly KernelTime[], halves?: Session["halves"]) => {
    const roof = await measureRoof(executor);
    onProgress(1);
    return rooflineOf(plan, times, { device: executor.device, roof }, halves);
  };
  if (profile === undefined) {
    const graph = buildGraph(spec);
    const planAt = (size: number) =>
      compilePlan(graph, { batch: size, optimizer: defaultOptimizer, fuse: executor.fusions ?? true });
    const plan = planAt(batch);
    checkRoom(executor, plan, planAt);
    const session = await executor.load(plan, initialState(plan, 1));
    try {
      if (session.profile === undefined)
        throw new ExecutorError("unsupported", `the ${executor.kind} executor has no kernels to time`);
      const times = await session.profile((done, of) => part(done / of));
      return await finish(plan, times, session.halves);
    } finally {
      session.dispose();
    }
  }
  const work = await prepareSteps(executor, spec, batch);
  try {
    const control = createControl();
    await warmUp(work, control);
    for (let step = 0; step < steps; step++) {
      await control.gate();
      await work.timeStep();
      part((step + 1) / steps);
    }
    return await finish(work.plan, profile.times(work.plan.train));
  } finally {
    work.dispose();
  }
}
