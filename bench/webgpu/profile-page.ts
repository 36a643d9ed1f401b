import { profileNetwork } from "../../src/engine/bench/profile-network.ts";
import type { Roofline } from "../../src/engine/bench/roofline.ts";
import type { NetworkSpec } from "../../src/engine/network/spec.ts";
import { createWebGpuExecutor } from "../../src/engine/runtime/webgpu/executor.ts";

declare global {
  var gpuProfile: (spec: NetworkSpec, batch: number) => Promise<Roofline>;
}

globalThis.gpuProfile = async (spec, batch) => {
  const executor = await createWebGpuExecutor();
  try {
    return await profileNetwork({ spec, batch }, { executor });
  } finally {
    await executor.dispose();
  }
};
