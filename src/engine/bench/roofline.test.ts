import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { complexity } from "../network/complexity.ts";
import { networkOf, smallImageFrame } from "../network/frame.ts";
import type { Plan } from "../plan/plan.ts";
import type { Executor } from "../runtime/executor.ts";
import { createReferenceExecutor } from "../runtime/reference/executor.ts";
import { createWasmExecutor } from "../runtime/wasm/executor.ts";
import { nodeKernels } from "../runtime/wasm/node-kernels.ts";
import { Profile } from "./profile.ts";
import { profileNetwork } from "./profile-network.ts";
import { gflopsOf, macsPerByte, roofAt } from "./roofline.ts";
import { prepareSteps } from "./training-steps.ts";

const loadKernels = nodeKernels(fileURLToPath(new URL("../../../public/kernels", import.meta.url)));
const spec = networkOf({ ...smallImageFrame, input: { height: 12, width: 12, channels: 1 } }, [
  { block: "res_bottleneck", depth: 1, width: 16, stride: 2, bottleneckRatio: 1, groupWidth: 8, seRatio: 0 },
]);

test("a profile on wasm: every convolution three times but the stem's, its multiply-adds, and shares that make the whole", async () => {
  const profile = new Profile();
  const executor = await createWasmExecutor({ loadKernels, observe: profile.observe });
  const shares: number[] = [];
  const found = await profileNetwork({ spec, batch: 4 }, { executor, profile }, (share) =>
    shares.push(share),
  );
  await executor.dispose();
  const macs = found.calls.reduce((sum, call) => sum + call.macs, 0);
  // Forward and twice backward; nobody asks for the gradient of the images.
  const { flops } = complexity(spec);
  const stem = found.calls.find(({ op, layer }) => op === "conv2d" && layer.startsWith("stem"))!;
  const biases = 10;
  expect(macs).toBe(3 * 4 * (flops - biases) - stem.macs);
  expect(found.ms).toBeCloseTo(
    found.calls.reduce((sum, { ms }) => sum + ms, 0),
    6,
  );
  expect(found.calls.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  for (const call of found.calls) expect(call.bytes).toBeGreaterThan(0);
  expect(found.roof.gflops).toBeGreaterThan(0);
  expect(found.roof.gbPerSecond).toBeGreaterThan(0);
  expect(shares.at(-1)).toBeCloseTo(1, 6);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
});

test("bytes are those that a session stores: two of an element that it keeps as float16", async () => {
  // Of an executor whose kernels all take a millisecond.
  const storing = (halved: boolean) =>
    ({
      device: "timed",
      load: async (plan: Plan) => ({
        halves: new Set(halved ? plan.tensors.keys() : []),
        profile: async () => plan.train.map((call) => ({ call, kernel: call.op, ms: 1 })),
        dispose: () => {},
      }),
    }) as unknown as Executor;
  const whole = await prepareSteps(storing(false), spec, 2);
  const half = await prepareSteps(storing(true), spec, 2);
  expect(half.bytesPerStep).toBe(whole.bytesPerStep / 2);
  const { calls, roof } = await profileNetwork({ spec, batch: 2 }, { executor: storing(true) });
  expect(calls.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(half.bytesPerStep);
  // The sum of two maps of 2²² elements.
  expect(roof.gbPerSecond).toBe((3 * 2 * 2 ** 22) / 1e6);
});

test("the roof rises with the intensity until it meets the peak", () => {
  const roof = { gflops: 100, gbPerSecond: 10 };
  expect(roofAt(roof, 1)).toBe(20);
  expect(roofAt(roof, 5)).toBe(100);
  expect(roofAt(roof, 50)).toBe(100);
  expect(macsPerByte({ macs: 6, bytes: 4 })).toBe(1.5);
  expect(gflopsOf({ macs: 1e6, ms: 2 })).toBe(1);
});

test("an executor that does not tell its kernels apart is refused", async () => {
  await expect(
    profileNetwork({ spec, batch: 2 }, { executor: createReferenceExecutor() }),
  ).rejects.toMatchObject({ code: "unsupported" });
}, 60_000);
