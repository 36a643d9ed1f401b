import type { LatencyBackend } from "../../../engine/sweep/latency-key.ts";

export const backendLabels: Readonly<Record<LatencyBackend, string>> = {
  webgpu: "WebGPU",
  webgl: "WebGL",
  cpu: "CPU",
};
