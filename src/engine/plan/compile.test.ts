import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildGraph } from "../graph/build.ts";
import { complexity } from "../network/complexity.ts";
import type { NetworkSpec, StageSpec } from "../network/spec.ts";
import { type KernelCall, readsOf, writesOf } from "./calls.ts";
import { compilePlan, defaultOptimizer } from "./compile.ts";
import { toPlanLayout, toTorchLayout } from "./layout.ts";
import { type Plan, planBytes } from "./plan.ts";

const stage: fc.Arbitrary<StageSpec> = fc
  .record({
    depth: fc.integer({ min: 1, max: 3 }),
    width: fc.constantFrom(8, 16, 24),
    stride: fc.constantFrom(1, 2),
    seRatio: fc.constantFrom(0, 0.25),
    kind: fc.constantFrom("vanilla", "res_basic", "x", "linear", "mbconv", "fused"),
  })
  .map(({ kind, seRatio, ...common }) => {
    const bottleneck = { ...common, bottleneckRatio: 1, groupWidth: 8, seRatio };
    const mbconv = { ...common, expansion: 4, kernel: 3 };
    if (kind === "x") return { block: "res_bottleneck", ...bottleneck };
    if (kind === "linear") return { block: "res_bottleneck_linear", ...bottleneck };
    if (kind === "mbconv") return { block: "mbconv", ...mbconv, seRatio };
    if (kind === "fused") return { block: "fused_mbconv", ...mbconv };
    return { block: kind as "vanilla" | "res_basic", ...common };
  });

const network: fc.Arbitrary<NetworkSpec> = fc
  .record({
    stages: fc.array(stage, { minLength: 1, maxLength: 3 }),
    stem: fc.record({ type: fc.constantFrom("small", "simple", "resnet"), width: fc.constantFrom(8, 16) }),
    head: fc.record({ width: fc.constantFrom(0, 32) }),
    activation: fc.constantFrom("relu", "silu"),
  })
  .map(({ stages, stem, head, activation }) => ({
    version: 1,
    input: { height: 16, width: 12, channels: 3 },
    classes: 10,
    stem: stem as NetworkSpec["stem"],
    stages,
    head,
    activation: activation as NetworkSpec["activation"],
    norm: { type: "batch", epsilon: 1e-5, momentum: 0.1 },
  }));

const options = { batch: 4, optimizer: defaultOptimizer };

function eachPlan(law: (plan: Plan, spec: NetworkSpec) => void): void {
  fc.assert(
    fc.property(network, (spec) => law(compilePlan(buildGraph(spec), options), spec)),
    { numRuns: 60 },
  );
}

describe("a plan", () => {
  test("every tensor lies within its buffer, 16-byte aligned", () => {
    eachPlan((plan) => {
      const lengths = new Map(plan.buffers.map(({ name, length }) => [name, length]));
      for (const { name, buffer, offset, length } of plan.tensors) {
        expect(offset % 4, name).toBe(0);
        expect(offset + length, name).toBeLessThanOrEqual(lengths.get(buffer) ?? 0);
      }
    });
  });

  test("no call overwrites what a later call still reads, nor its own operands", () => {
    eachPlan((plan) => {
      for (const program of [plan.train, plan.evaluate]) expectNoClobber(plan, program);
    });
  });

  test("every call reads only what was written before it or persists", () => {
    eachPlan((plan) => {
      for (const program of [plan.train, plan.evaluate]) {
        const written = new Set<number>([plan.kept.images, plan.kept.targets]);
        for (const call of program) {
          for (const id of readsOf(call)) {
            const persistent = plan.tensors[id]?.buffer !== "activations";
            expect(persistent || written.has(id), `${call.label} ${call.op} reads ${id}`).toBe(true);
          }
          for (const id of writesOf(call)) written.add(id);
        }
      }
    });
  });

  test("trains every parameter that the complexity counts, and writes every gradient once a step", () => {
    eachPlan((plan, spec) => {
      const sizes = plan.parameters.map(({ tensor }) => plan.tensors[tensor]?.length ?? 0);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(complexity(spec).params);
      const written = plan.train.flatMap(writesOf).map((id) => plan.tensors[id]?.name);
      for (const { name } of plan.parameters)
        expect(written.filter((tensor) => tensor === `grad:${name}`)).toHaveLength(1);
    });
  });

  test("a gradient stands where its parameter does, so that the update is one pass", () => {
    eachPlan((plan) => {
      const gradients = new Map(plan.tensors.map((tensor) => [tensor.name, tensor.offset]));
      for (const { name, tensor } of plan.parameters)
        expect(gradients.get(`grad:${name}`)).toBe(plan.tensors[tensor]?.offset);
    });
  });

  test("reuses memory: under 60% of what a deep network's values take one by one", () => {
    const deep: NetworkSpec = {
      version: 1,
      input: { height: 28, width: 28, channels: 1 },
      classes: 10,
      stem: { type: "small", width: 16 },
      stages: [24, 56, 120].map((width, i) => ({
        block: "res_bottleneck",
        depth: 2 + 2 * i,
        width,
        stride: 2,
        bottleneckRatio: 1,
        groupWidth: 8,
        seRatio: 0,
      })),
      head: { width: 0 },
      activation: "relu",
      norm: { type: "batch", epsilon: 1e-5, momentum: 0.1 },
    };
    const plan = compilePlan(buildGraph(deep), { ...options, batch: 64 });
    const used = new Set(
      [...plan.train, ...plan.evaluate].flatMap((call) => [...readsOf(call), ...writesOf(call)]),
    );
    const separate = plan.tensors.reduce((sum, { length }, id) => sum + (used.has(id) ? 4 * length : 0), 0);
    expect(planBytes(plan)).toBeLessThan(0.6 * separate);
  });
});

/** Simulates a program on memory that only knows which tensor wrote each element last. */
function expectNoClobber(plan: Plan, program: readonly KernelCall[]): void {
  const length = plan.buffers.find(({ name }) => name === "activations")?.length ?? 0;
  const owner = new Int32Array(length).fill(-1);
  const span = (id: number) => {
    const { offset, length: count } = plan.tensors[id] ?? { offset: 0, length: 0 };
    return owner.subarray(offset, offset + count);
  };
  const inArena = (id: number) => plan.tensors[id]?.buffer === "activations";
  for (const id of [plan.kept.images, plan.kept.targets]) span(id).fill(id);
  for (const call of program) {
    const where = `${call.label} ${call.op}`;
    for (const id of readsOf(call).filter(inArena))
      expect(
        span(id).every((last) => last === id),
        `${where} reads ${plan.tensors[id]?.name}`,
      ).toBe(true);
    for (const id of writesOf(call).filter(inArena)) span(id).fill(id);
    for (const id of readsOf(call).filter(inArena))
      expect(
        span(id).every((last) => last === id),
        `${where} overwrites its operand`,
      ).toBe(true);
  }
}

describe("layouts", () => {
  test("PyTorch → plan → PyTorch is the identity", () => {
    const side = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(fc.tuple(side, side, side, side), (shape) => {
        const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
        expect(toTorchLayout({ shape }, toPlanLayout({ shape }, values))).toEqual(values);
      }),
    );
  });

  test("filter k, channel c, tap (y, x) of [K, C, k, k] goes to [y, x, C, K]", () => {
    const plan = toPlanLayout(
      { shape: [2, 3, 1, 2] },
      Float32Array.from({ length: 12 }, (_, i) => i),
    );
    // k = 1, c = 2, x = 1 is element 11 of PyTorch's, and ((0·2 + 1)·3 + 2)·2 + 1 = 11 of the plan's; k = 0, c = 1: 2.
    expect(plan[11]).toBe(11);
    expect(plan[(0 * 3 + 1) * 2]).toBe(2);
  });
});
