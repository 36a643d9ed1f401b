import { readFileSync } from "node:fs";
import { defaultNorm, type NetworkSpec, type StageSpec } from "../src/engine/network/spec.ts";

/** nets.json: the panel that peers run too (PyTorch, jax-js, TF.js), in words of its own. */
interface PanelNet {
  readonly name: string;
  readonly block: "x" | "mb";
  readonly input: readonly [height: number, width: number, channels: number];
  readonly classes: number;
  readonly stem: number;
  readonly act: "relu" | "swish";
  readonly group_width?: number;
  readonly expand?: number;
  readonly se?: number;
  readonly stages: readonly {
    readonly w: number;
    readonly d: number;
    readonly stride: number;
    readonly k?: number;
  }[];
}

export const panelBatch = 64;

export function panel(names?: readonly string[]): NetworkSpec[] {
  const text = readFileSync(new URL("./nets.json", import.meta.url), "utf8");
  const { nets } = JSON.parse(text) as { readonly nets: readonly PanelNet[] };
  return nets.filter(({ name }) => names === undefined || names.includes(name)).map(specOf);
}

function specOf(net: PanelNet): NetworkSpec {
  const [height, width, channels] = net.input;
  const stages = net.stages.map(({ w, d, stride, k = 3 }): StageSpec => {
    const common = { depth: d, width: w, stride, seRatio: net.se ?? 0 };
    return net.block === "mb"
      ? { block: "mbconv", ...common, expansion: net.expand ?? 1, kernel: k }
      : { block: "res_bottleneck", ...common, bottleneckRatio: 1, groupWidth: net.group_width ?? w };
  });
  return {
    version: 1,
    name: net.name,
    input: { height, width, channels },
    classes: net.classes,
    stem: { type: "small", width: net.stem },
    stages,
    head: { width: 0 },
    activation: net.act === "swish" ? "silu" : "relu",
    norm: defaultNorm,
  };
}
