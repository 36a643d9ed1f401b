import type { TensorFlow } from "../../../engine/export/tfjs/layers-model.ts";
import { shareDeviceWithTensorFlow } from "../../../engine/export/tfjs/webgpu-device.ts";
import { openGpu } from "../../../engine/runtime/webgpu/device.ts";
import type { BackendInfo } from "./protocol.ts";

const software = /swiftshader|llvmpipe|software|basic render/i;

/** The backends of TF.js that work here; real GPUs first, emulated ones behind the processor. */
export async function findBackends(tf: TensorFlow): Promise<BackendInfo[]> {
  const found = [await openWebGpu(tf), findWebGl(), cpu].filter((each) => each !== undefined);
  return [...found.filter(({ emulated }) => !emulated), ...found.filter(({ emulated }) => emulated)];
}

const cpu: BackendInfo = {
  name: "cpu",
  device: "this processor, one thread, plain JavaScript",
  emulated: false,
};

/**
 * One device for all TF.js does in this worker, opened as the engine's is. It cannot be the very one that trains: that is
 * another worker's, and a device cannot be handed over.
 */
async function openWebGpu(tf: TensorFlow): Promise<BackendInfo | undefined> {
  try {
    const { device, info, description, software: emulated } = await openGpu();
    await shareDeviceWithTensorFlow(tf, device, info);
    return { name: "webgpu", device: description.replace(/^webgpu /, ""), emulated };
  } catch {
    // No WebGPU, no adapter, or one that gives no device.
    return undefined;
  }
}

function findWebGl(): BackendInfo | undefined {
  if (typeof OffscreenCanvas === "undefined") return undefined;
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  if (gl === null) return undefined;
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const device = names === null ? "" : String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return { name: "webgl", device, emulated: software.test(device) };
}
