import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { complexity } from "../network/complexity.ts";
import { createReferenceExecutor } from "../runtime/reference/executor.ts";
import { parsePanel, pickEntries } from "./panel.ts";
import { median, prepareSteps } from "./training-steps.ts";

const own = JSON.parse(readFileSync(new URL("../../../bench/nets.json", import.meta.url), "utf8"));
const net = {
  name: "a",
  block: "x",
  input: [8, 8, 1],
  classes: 4,
  stem: 8,
  act: "relu",
  group_width: 8,
  stages: [{ w: 16, d: 1, stride: 2 }],
};
const { group_width: _, ...shared } = net;
const mb = { ...shared, name: "b", block: "mb", expand: 4, se: 0.25 };

describe("the panel of the repository", () => {
  const panel = parsePanel(own);

  test("has the multiply-adds and parameters that PyTorch counts", () => {
    // As count_macs() and numel() of bench/torch_peer.py gave them.
    expect(
      panel.entries.map(({ net, spec }) => [net.name, complexity(spec).flops, complexity(spec).params]),
    ).toEqual([
      ["x1", 1049338, 16362],
      ["x3", 3027002, 90554],
      ["x8", 8403018, 283098],
      ["x20", 22103658, 751066],
      ["y4", 3545334, 114630],
      ["mb4", 4339452, 129628],
      ["x8c", 8644010, 186042],
    ]);
  });

  test("prepared steps carry complexity()'s figures", async () => {
    const { spec } = panel.entries[0]!;
    const work = await prepareSteps(createReferenceExecutor(), spec, 1);
    const { flops, params } = complexity(spec);
    expect(work).toMatchObject({ macsPerImage: flops, params, flopsPerStep: 6 * flops });
    expect(work.bytesPerStep).toBeGreaterThan(12 * params);
  });

  test("networks are picked by name, in the panel's order", () => {
    expect(pickEntries(panel, ["mb4", "x3"]).map(({ net }) => net.name)).toEqual(["x3", "mb4"]);
    expect(() => pickEntries(panel, ["x4"])).toThrow('nets: "x4" is not in the panel; expected x1, x3');
  });
});

test("an MBConv panel becomes MBConv stages; kernels are 3 and the batch 64 unless said", () => {
  const { batch, entries } = parsePanel({ nets: [mb] });
  expect(batch).toBe(64);
  expect(entries[0]?.spec.stages).toEqual([
    { block: "mbconv", depth: 1, width: 16, stride: 2, expansion: 4, kernel: 3, seRatio: 0.25 },
  ]);
});

test.each([
  ["no object", [], "panel: [] is not allowed; expected an object"],
  ["no networks", { nets: [] }, "panel.nets: [] is not allowed"],
  ["an unknown block", { nets: [{ ...net, block: "y" }] }, "panel.nets[0].block"],
  ["an unknown field", { nets: [{ ...net, se_ratio: 1 }] }, "panel.nets[0].se_ratio: unknown field"],
  ["a missing field", { nets: [{ ...net, group_width: undefined }] }, "panel.nets[0].group_width: missing"],
  ["a width of 0", { nets: [{ ...net, stem: 0 }] }, "panel.nets[0].stem: 0 is not allowed; expected"],
  ["two inputs", { nets: [{ ...net, input: [8, 8] }] }, "panel.nets[0].input"],
  [
    "groups that do not divide",
    { nets: [net, { ...net, name: "c", stages: [{ w: 12, d: 1, stride: 1 }] }] },
    "panel.nets[1].stages[0].w: 12 is not allowed; expected a multiple of group_width (8)",
  ],
  [
    "an even kernel",
    { nets: [{ ...mb, stages: [{ w: 16, d: 1, stride: 1, k: 4 }] }] },
    "panel.nets[0].stages[0].k: k must be odd",
  ],
  [
    "a kernel that X blocks do not have",
    { nets: [{ ...net, stages: [{ w: 16, d: 1, stride: 1, k: 5 }] }] },
    "panel.nets[0].stages[0].k: 5 is not allowed; expected 3",
  ],
  ["a name twice", { nets: [net, net] }, `panel.nets[1].name: "a" is nets[0]'s name already`],
])("a panel with %s is refused and the field named", (_, json, message) => {
  expect(() => parsePanel(JSON.parse(JSON.stringify(json)))).toThrow(message);
});

test("medians of odd and even numbers", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});
