import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parsePanel } from "../../bench/panel.ts";
import { buildGraph } from "../../graph/build.ts";
import { createRng } from "../../math/rng.ts";
import { networkOf, smallImageFrame } from "../../network/frame.ts";
import { type NetworkSpec, proxyLayerNorm } from "../../network/spec.ts";
import { compilePlan, defaultOptimizer } from "../../plan/compile.ts";
import { allFusions } from "../../plan/fusion.ts";
import { planBytes } from "../../plan/plan.ts";
import { lowerPlan } from "./lowered-plan.ts";
import type { Dispatch } from "./program.ts";
import { defaultTiles, softwareTiles, type Tiles } from "./tiles.ts";

const panel = parsePanel(
  JSON.parse(readFileSync(new URL("../../../../bench/nets.json", import.meta.url), "utf8")),
  "nets.json",
);
const proxied = networkOf({ ...smallImageFrame, norm: proxyLayerNorm, activation: "silu" }, [
  { block: "mbconv", depth: 2, width: 20, stride: 2, expansion: 4, kernel: 5, seRatio: 0.25 },
]);
const networks: readonly {
  readonly name: string;
  readonly spec: NetworkSpec;
  readonly ema?: number;
  readonly tiles?: Tiles;
}[] = [
  ...panel.entries.map(({ net, spec }) => ({ name: net.name, spec })),
  ...panel.entries.map(({ net, spec }) => ({ name: `${net.name}, averages`, spec, ema: 0.99 })),
  ...panel.entries.map(({ net, spec }) => ({
    name: `${net.name}, without barriers`,
    spec,
    tiles: softwareTiles,
  })),
  ...panel.entries.map(({ net, spec }) => ({
    name: `${net.name}, maps as float16`,
    spec,
    tiles: { ...defaultTiles, storage: "f16" } as const,
  })),
  { name: "proxy norm", spec: proxied },
];

function lowered({ spec, ema, tiles }: (typeof networks)[number], batch: number) {
  const optimizer = { ...defaultOptimizer, ...(ema === undefined ? {} : { ema }) };
  const plan = compilePlan(buildGraph(spec), { batch, optimizer, fuse: allFusions });
  const { program, train, evaluate, averages, placement } = lowerPlan(plan, tiles ?? defaultTiles);
  return { plan, program, lists: [train, evaluate, averages], placement };
}

/** Tensors of every binding of a dispatch. */
function bindingsOf({ bound }: Dispatch) {
  return bound.map(({ access, operands }) => ({
    access,
    ids: operands.filter((operand) => typeof operand === "number"),
  }));
}

describe.each(networks)("$name", (network) => {
  const { plan, program, lists, placement } = lowered(network, 64);
  const place = (id: number) => placement.places[id]!;

  test("no dispatch writes a buffer that it binds a second time, and what it binds together lies in one", () => {
    for (const dispatch of lists.flat()) {
      const bindings = bindingsOf(dispatch).filter(({ ids }) => ids.length > 0);
      const buffers = bindings.map(({ ids }) => new Set(ids.map((id) => place(id).buffer)));
      for (const one of buffers) expect(one.size).toBe(1);
      bindings.forEach(({ access }, i) => {
        if (access === "read") return;
        const others = buffers.filter((_, j) => j !== i).flatMap((one) => [...one]);
        expect(others).not.toContain([...buffers[i]!][0]);
      });
    }
  });

  test("no dispatch writes over what a later one reads", () => {
    for (const list of lists) {
      const owner = new Map<number, { from: number; end: number; id: number }[]>();
      list.forEach((dispatch) => {
        for (const { access, ids } of bindingsOf(dispatch))
          for (const id of ids) {
            const { buffer, offset, length } = place(id);
            const written = owner.get(buffer) ?? [];
            const over = written.filter(({ from, end }) => from < offset + length && offset < end);
            // Whole buffers (gradients, the statistics) hold tensors of their own.
            const whole = program.tensors[id]?.fixed !== undefined;
            if (access === "read" && !whole)
              for (const other of over) expect(other.id, `${dispatch.call.label} reads ${id}`).toBe(id);
            if (access === "write" && !whole) {
              const rest = written.filter((other) => !over.includes(other));
              owner.set(buffer, [...rest, { from: offset, end: offset + length, id }]);
            }
          }
      });
    }
  });

  test("every tensor lies in its buffer, where vectors of four may begin", () => {
    placement.places.forEach((each, id) => {
      if (each === undefined) return;
      expect(each.offset % 4).toBe(0);
      expect(each.offset + each.length, program.tensors[id]?.name).toBeLessThanOrEqual(
        placement.buffers[each.buffer]!.length,
      );
    });
  });

  test("a step has at most 7 dispatches a convolution, and 10 (and one for averaged statistics)", () => {
    // A squeeze-and-excitation has two of its own.
    const inside = (op: string) => (op === "conv2d" ? 1 : op === "squeezeExcite" ? 2 : 0);
    const convolutions = plan.train.reduce((sum, { op }) => sum + inside(op), 0);
    if (network.name !== "proxy norm")
      expect(lists[0]!.length).toBeLessThanOrEqual(7 * convolutions + 10 + (network.ema ? 1 : 0));
  });
});

test("the six-block network takes at most 200 dispatches a step and little more memory than its plan", () => {
  // Stem and six X blocks of 557 k parameters.
  const x: NetworkSpec["stages"][number] = {
    block: "res_bottleneck",
    depth: 2,
    width: 64,
    stride: 1,
    bottleneckRatio: 1,
    groupWidth: 16,
    seRatio: 0,
  };
  const spec = networkOf(smallImageFrame, [
    x,
    { ...x, width: 128, stride: 2 },
    { ...x, width: 256, stride: 2 },
  ]);
  const { plan, lists, placement } = lowered({ name: "six", spec }, 128);
  expect(lists[0]!.length).toBeLessThanOrEqual(200);
  const bytes = 4 * placement.buffers.reduce((sum, { length }) => sum + length, 0);
  expect(bytes).toBeLessThan(1.6 * planBytes(plan));
});

test.each([
  [100, "f32"],
  [30, "f16"],
] as const)(
  "%i networks of a space need fewer than 60 kernels, and later ones hardly a new one, maps as %s",
  (count, storage) => {
    const tiles = { ...defaultTiles, storage };
    const rng = createRng(3, "kernels");
    const names = new Set<string>();
    let withNew = 0;
    for (let i = 0; i < count; i++) {
      const groupWidth = [4, 8, 16, 24][rng.int(0, 3)]!;
      const spec = networkOf(
        smallImageFrame,
        [1, 2, 2].map((stride) => ({
          block: "res_bottleneck" as const,
          depth: rng.int(1, 3),
          width: groupWidth * rng.int(1, 8),
          stride,
          bottleneckRatio: 1,
          groupWidth,
          seRatio: rng.int(0, 1) / 4,
        })),
      );
      const before = names.size;
      for (const { kernel } of lowered({ name: "", spec, tiles }, 64).lists.flat()) names.add(kernel.name);
      if (i > 0 && names.size > before) withNew++;
    }
    expect(names.size).toBeLessThan(60);
    expect(withNew).toBeLessThan(10);
  },
);
