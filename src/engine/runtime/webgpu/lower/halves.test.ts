import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parsePanel } from "../../../bench/panel.ts";
import { buildGraph } from "../../../graph/build.ts";
import { readsOf, writesOf } from "../../../plan/calls.ts";
import { compilePlan, defaultOptimizer } from "../../../plan/compile.ts";
import { allFusions } from "../../../plan/fusion.ts";
import { intensityOf } from "../../../plan/traffic.ts";
import { elementsPerWord, type Kernel, read, write } from "../kernel.ts";
import { withHalves } from "../kernels/halves.ts";
import { type LoweredPlan, lowerPlan } from "../lowered-plan.ts";
import { defaultTiles, describeTiles, softwareTiles, tilesOn } from "../tiles.ts";

const { entries } = parsePanel(
  JSON.parse(readFileSync(new URL("../../../../../bench/nets.json", import.meta.url), "utf8")),
  "nets.json",
);

/** Words that the dispatches of a step bind. */
function traffic({ program, train }: LoweredPlan): number {
  const operands = train.flatMap(({ bound }) => bound.flatMap((binding) => binding.operands));
  return operands.reduce<number>(
    (sum, operand) => sum + (typeof operand === "number" ? program.lengthOf(operand) : 0),
    0,
  );
}

describe.each(entries)("maps of $net.name as float16", ({ spec }) => {
  const plan = compilePlan(buildGraph(spec), {
    batch: 8,
    optimizer: { ...defaultOptimizer, ema: 0.9 },
    fuse: allFusions,
    keepOutputs: true,
  });
  const whole = lowerPlan(plan, defaultTiles);
  const half = lowerPlan(plan, { ...defaultTiles, storage: "f16" });
  const halved = new Set(
    half.program.tensors.flatMap(({ length }, id) => (length < whole.program.lengthOf(id) ? [id] : [])),
  );

  test("every kernel that binds one knows, and no other", () => {
    expect(half.program.halves).toEqual(halved);
    expect(whole.program.halves.size).toBe(0);
    for (const { kernel, bound } of [...half.train, ...half.evaluate, ...half.averages])
      bound.forEach(({ operands }, i) => {
        for (const operand of operands)
          expect(halved.has(operand as number), `${kernel.name} ${kernel.bindings[i]!.name}`).toBe(
            kernel.bindings[i]!.halves === true,
          );
      });
  });

  test("are what the forward pass makes: nothing that is read back, no gradient", () => {
    const made = plan.train.flatMap(({ op, out }) => (op === "conv2d" ? [out.y] : []));
    expect([...halved].filter((id) => made.includes(id)).length).toBeGreaterThan(plan.parameters.length / 6);
    for (const id of halved) {
      expect(plan.tensors[id]!.buffer).toBe("activations");
      expect(plan.tensors[id]!.name).not.toMatch(/^d /);
    }
    const { images, targets, logits, metrics, outputs } = plan.kept;
    for (const id of [images, targets, logits, metrics, ...Object.values(outputs)])
      expect(halved.has(id)).toBe(false);
  });

  test("count half their bytes in a step's traffic", () => {
    const bytes = (halves?: ReadonlySet<number>) => intensityOf(plan, "training", halves).total.bytes;
    const operands = plan.train.flatMap((call) => [...readsOf(call), ...writesOf(call)]);
    const elements = operands.reduce((sum, id) => sum + (halved.has(id) ? whole.program.lengthOf(id) : 0), 0);
    expect(elements).toBeGreaterThan(0);
    expect(bytes() - bytes(half.program.halves)).toBe(2 * elements);
  });

  test("take a quarter off the bytes of a step's dispatches at batch 64, and more", () => {
    const large = compilePlan(buildGraph(spec), { batch: 64, optimizer: defaultOptimizer, fuse: allFusions });
    const [all, less] = [
      lowerPlan(large, defaultTiles),
      lowerPlan(large, { ...defaultTiles, storage: "f16" }),
    ];
    expect(traffic(less) / traffic(all)).toBeLessThan(3 / 4);
    expect(less.train.length).toBe(all.train.length);
  });
});

describe("a kernel with float16 behind a binding", () => {
  const kernel: Kernel = {
    name: "k",
    args: {},
    bindings: [read("y", "vec4f"), read("dy", "vec4f"), read("one", "f32"), write("out", "vec4f")],
    code: `
var<storage, read> y: array<vec4f>;
var<storage, read> dy: array<vec4f>;
var<storage, read> one: array<f32>;
var<storage, read_write> out: array<vec4f>;
let v = dy[y0] + y[a.yAt + t[i]] * y[1u].xyzw; let same = y[0u] == out[2u];
out[at[0]] = y[3u] + one[i + 1u];`,
  };

  test("has every access to it replaced, and no other", () => {
    const { code, name, bindings } = withHalves(kernel, ["y", "one", "out"]);
    expect(name).toBe("k, halves y one out");
    expect(code).toContain(`
var<storage, read> y: array<vec2u>;
var<storage, read> dy: array<vec4f>;
var<storage, read> one: array<u32>;
var<storage, read_write> out: array<vec2u>;
let v = dy[y0] + unpack_(y[a.yAt + t[i]]) * unpack_(y[1u]).xyzw; let same = unpack_(y[0u]) == unpack_(out[2u]);
out[at[0]] = pack_(unpack_(y[3u]) + unpackOne_(one[(i + 1u) >> 1u], i + 1u));`);
    expect(bindings.map(elementsPerWord)).toEqual([1 / 2, 1 / 4, 2, 1 / 2]);
  });

  test("cannot be one that writes single channels, or holds several tensors", () => {
    const bindings = [write("single", "f32"), read("several", "vec4f", ["a", "b"])];
    for (const { name } of bindings)
      expect(() => withHalves({ ...kernel, bindings }, [name])).toThrow("cannot hold float16");
  });
});

test("is for the tiles of GPUs, and is said in records", () => {
  const gpu = { quads: true, subgroups: true };
  expect(tilesOn(gpu, { ...softwareTiles, storage: "f16" })).toEqual(softwareTiles);
  const half = tilesOn(gpu, { ...defaultTiles, storage: "f16" });
  expect(half.storage).toBe("f16");
  expect(describeTiles(half)).toBe(`${describeTiles(defaultTiles)}, maps as float16`);
});
