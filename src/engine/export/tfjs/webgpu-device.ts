import type { TensorFlow } from "./layers-model.ts";
import { registerGroupedConvKernel } from "./webgpu-kernel.ts";

/** TF.js asks for its own device last among the backends of this priority. */
const priority = 3;

/**
 * Makes TF.js' webgpu backend work on this device, and on no other: TF.js registers a backend that would request a device
 * of its own, which this replaces. Tensors and the engine's buffers then live on one device, and the grouped
 * convolution has its kernel. The device is the caller's: it is not destroyed with the backend.
 *
 * @param adapterInfo of the device's adapter; TF.js tunes tiles for some vendors
 * @throws Error where this browser has no WebGPU
 */
export async function shareDeviceWithTensorFlow(
  tf: TensorFlow,
  device: GPUDevice,
  adapterInfo?: GPUAdapterInfo,
): Promise<void> {
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  if (tf.findBackendFactory("webgpu") !== null) tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => new WebGPUBackend(device, adapterInfo), priority);
  registerGroupedConvKernel(tf);
}
