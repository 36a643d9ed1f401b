import { expect, test } from "vitest";
import type { GpuOffer } from "../../../engine/sweep/protocol.ts";
import { offerTexts } from "./offer-texts.ts";

const swiftshader = { device: "webgpu google swiftshader", software: true } as const;
const real = { device: "webgpu acme 9000", software: false } as const;
const passed = { available: true, selfTest: "passed" } as const;

test.each<[GpuOffer, string]>([
  [{ available: false, reason: "this browser has no WebGPU" }, "not here: this browser has no WebGPU."],
  [{ ...real, ...passed }, "acme 9000, computes right."],
  [
    { ...swiftshader, ...passed },
    "google swiftshader, a processor that plays a GPU, computes right; slower than WebAssembly.",
  ],
  [
    { ...real, available: false, reason: "webgpu acme 9000 computes wrong: losses are off by 12%" },
    "acme 9000 computes wrong: losses are off by 12%.",
  ],
  [
    { ...swiftshader, available: false, reason: "webgpu google swiftshader computes wrong" },
    "google swiftshader, a processor that plays a GPU, computes wrong.",
  ],
  [{ ...real, available: false, reason: "no memory is left" }, "acme 9000, not taken: no memory is left."],
])("of a GPU %j the panel says, naming it once: %s", (webgpu, text) => {
  const wasm = { available: true, cores: 4, suggested: 2 };
  expect(offerTexts({ webgpu, wasm, automatic: "wasm" })).toEqual([
    `WebGPU: ${text}`,
    "WebAssembly: up to 4 threads; results do not depend on them.",
  ]);
});
