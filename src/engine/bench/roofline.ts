import type { KernelCall } from "../plan/calls.ts";
import type { Plan } from "../plan/plan.ts";
import { trafficOf } from "../plan/traffic.ts";
import type { Executor, KernelTime, Session } from "../runtime/executor.ts";
import { measurePeak } from "./peak.ts";
import { runSingleCalls } from "./single-calls.ts";

/** What bounds every kernel of a device (Williams, Waterman, Patterson 2009, doi:10.1145/1498765.1498785), as measured. */
export interface Roof {
  /** 10⁹ operations a second, 2 per multiply-add, of the executor's own matrix product at its best. */
  readonly gflops: number;
  /** 10⁹ bytes a second of the sum of two maps, read and written: the best of maps of 1 MB, about a layer's, and of 16 MB. */
  readonly gbPerSecond: number;
}

/** One call of a training step. */
export interface RooflineCall {
  /** pycls' name of the layer, e.g. "s1.b1.f.a". */
  readonly layer: string;
  readonly op: KernelCall["op"];
  /** Of all its kernels. */
  readonly ms: number;
  /** Of the step. */
  readonly share: number;
  /** Multiply-adds; 0 for calls that do none. */
  readonly macs: number;
  /** Operands read and written, each once. */
  readonly bytes: number;
}

/** Where the time of one network's training step goes on a device. */
export interface Roofline {
  readonly device: string;
  readonly batch: number;
  /** Sum of the calls' times. */
  readonly ms: number;
  /** The slowest first. */
  readonly calls: readonly RooflineCall[];
  readonly roof: Roof;
}

/** Multiply-adds per byte moved: where a call stands under the roof. */
export function macsPerByte({ macs, bytes }: Pick<RooflineCall, "macs" | "bytes">): number {
  return bytes === 0 ? 0 : macs / bytes;
}

/** Achieved: 10⁹ operations a second. */
export function gflopsOf({ macs, ms }: Pick<RooflineCall, "macs" | "ms">): number {
  return ms === 0 ? 0 : (2 * macs) / ms / 1e6;
}

/** What the roof allows at so many multiply-adds per byte. */
export function roofAt({ gflops, gbPerSecond }: Roof, intensity: number): number {
  return Math.min(gflops, 2 * intensity * gbPerSecond);
}

/** @param halves tensors that are stored as float16. */
export function rooflineOf(
  plan: Plan,
  times: readonly KernelTime[],
  { device, roof }: Pick<Roofline, "device" | "roof">,
  halves?: Session["halves"],
): Roofline {
  const byCall = new Map<KernelCall, number>();
  for (const { call, ms } of times) byCall.set(call, (byCall.get(call) ?? 0) + ms);
  const total = [...byCall.values()].reduce((sum, ms) => sum + ms, 0);
  const calls = [...byCall].map(([call, ms]) => ({
    layer: call.label,
    op: call.op,
    ms,
    share: total === 0 ? 0 : ms / total,
    ...trafficOf(call, plan, halves),
  }));
  return { device, batch: plan.batch, ms: total, calls: calls.sort((a, b) => b.ms - a.ms), roof };
}

/** Elements of each of three maps. */
const moved = [2 ** 18, 2 ** 22];
const channels = 64;

/** Takes half a second, on an emulated GPU some more. */
export async function measureRoof(executor: Executor): Promise<Roof> {
  let gbPerSecond = 0;
  for (const length of moved) {
    const sum: KernelCall = {
      op: "add",
      label: "sum",
      in: { a: 0, b: 1 },
      out: { y: 2 },
      update: {},
      attrs: { rows: length / channels, channels },
    };
    const { ms, bytes } = await runSingleCalls(executor, sum, [length, length, length], 100);
    gbPerSecond = Math.max(gbPerSecond, bytes / ms / 1e6);
  }
  return { gflops: await measurePeak(executor, 150), gbPerSecond };
}
