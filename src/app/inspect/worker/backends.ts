import type { TensorFlow } from "../../../engine/export/tfjs/layers-model.ts";
import { shareDeviceWithTensorFlow } from "../../../engine/export/tfjs/webgpu-device.ts";
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

/** One device for all TF.js does in this worker, with the limits of its adapter. */
async function openWebGpu(tf: TensorFlow): Promise<BackendInfo | undefined> {
  // Absent in browsers without WebGPU and where the page is not in a secure context.
  const gpu = navigator.gpu as GPU | undefined;
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) return undefined;
  try {
    const { limits, features, info } = adapter;
    const device = await adapter.requestDevice({
      requiredFeatures: features.has("timestamp-query") ? ["timestamp-query"] : [],
      requiredLimits: {
        maxBufferSize: limits.maxBufferSize,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      },
    });
    await shareDeviceWithTensorFlow(tf, device, info);
    const name = [info.vendor, info.architecture, info.description].filter((part) => part !== "").join(" ");
    return { name: "webgpu", device: name, emulated: software.test(name) };
  } catch {
    // An adapter that gives no device is as good as none.
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
