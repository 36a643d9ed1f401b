import { buildGraph } from "../engine/graph/build.ts";
import { describeNetwork, type NetworkDescription } from "../engine/network/describe.ts";
import type { NetworkSpec } from "../engine/network/spec.ts";
import { compilePlan, defaultOptimizer } from "../engine/plan/compile.ts";
import { planBytes } from "../engine/plan/plan.ts";
import { table } from "./output.ts";

/** `network` of the command line's JSON. */
export interface DescribedNetwork extends NetworkDescription {
  /** Bytes of all buffers of a training step at the given batch. */
  readonly trainBytes: number;
  /** Adjusted stages, maps that vanish; left out when there is nothing to say. */
  readonly notes?: readonly string[];
}

export function describeWithMemory(spec: NetworkSpec, batch: number): DescribedNetwork {
  const plan = compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer });
  return { ...describeNetwork(spec), trainBytes: planBytes(plan) };
}

/** For people: what it costs, then a line a stage. */
export function networkText(network: DescribedNetwork, batch: number): string {
  const { spec, flops, params, acts, trainBytes } = network;
  const { height, width, channels } = spec.input;
  const rows = network.stages.map((stage, i) => [
    `s${i + 1}`,
    stage.block,
    ...[stage.depth, stage.width, stage.stride, stage.bottleneckRatio ?? stage.expansion].map(cell),
    ...[stage.groupWidth, stage.kernel, stage.seRatio].map(cell),
  ]);
  const expands = network.stages.some((stage) => stage.expansion !== null);
  return [
    `${network.name ?? "network"}: ${height}×${width}×${channels} → ${spec.classes} classes`,
    `flops ${whole(flops)}  params ${whole(params)}  acts ${whole(acts)}  training memory ${bytes(trainBytes)} at batch ${batch}`,
    `stem ${spec.stem.type}, ${spec.stem.width} channels; head ${spec.head.width || "none"}; ${spec.activation}`,
    table(["stage", "block", "d", "w", "stride", expands ? "b / expansion" : "b", "g", "kernel", "SE"], rows),
    ...(network.notes ?? []).map((note) => `note: ${note}`),
  ].join("\n");
}

/** For lists: everything in a line. */
export function networkLine(index: number, network: DescribedNetwork): string {
  const { flops, params, acts, stages } = network;
  const list = (of: (stage: (typeof stages)[number]) => number | null) =>
    stages.map((stage) => cell(of(stage))).join(",");
  return [
    String(index).padStart(4),
    `flops ${millions(flops)}`,
    `params ${millions(params)}`,
    `acts ${millions(acts)}`,
    `d ${list((stage) => stage.depth)}`,
    `w ${list((stage) => stage.width)}`,
    `b ${list((stage) => stage.bottleneckRatio)}`,
    `g ${list((stage) => stage.groupWidth)}`,
  ].join("  ");
}

function cell(value: number | null): string {
  return value === null ? "–" : String(Number(value.toPrecision(6)));
}

function whole(value: number): string {
  return value.toLocaleString("en-US");
}

function millions(value: number): string {
  return `${(value / 1e6).toFixed(3)} M`.padStart(9);
}

/** "41.5 MB". */
function bytes(count: number): string {
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(1)} GB`;
}
