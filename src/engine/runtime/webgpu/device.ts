import { ExecutorError } from "../executor.ts";
import { bufferBytes } from "./lowered-plan.ts";

/** Limits asked for as the adapter offers them. Kernels need none above the default; large batches and TF.js do. */
const wantedLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupsPerDimension",
] as const;

const wantedFeatures: readonly GPUFeatureName[] = ["timestamp-query", "subgroups"];

/** One GPU device and what is held on it. */
export class Gpu {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
  /** Computes on the processor (SwiftShader, WARP, llvmpipe). */
  readonly software: boolean;
  /** It has subgroup operations. */
  readonly subgroups: boolean;
  /** Its subgroups have four invocations, always. */
  readonly quads: boolean;
  /** Settles when the device is lost, with the reason; also after dispose(). */
  readonly lost: Promise<string>;
  #lostReason: string | undefined;
  #error: string | undefined;
  readonly #buffers = new Set<GPUBuffer>();

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    this.device = device;
    this.info = info;
    this.software = isSoftware(info);
    const { subgroupMinSize, subgroupMaxSize } = info;
    this.subgroups = device.features.has("subgroups");
    this.quads = this.subgroups && subgroupMinSize === 4 && subgroupMaxSize === 4;
    this.lost = device.lost.then(({ reason, message }) => {
      this.#lostReason = message || reason || "no reason given";
      return this.#lostReason;
    });
    device.addEventListener("uncapturederror", (event) => {
      this.#error ??= (event as GPUUncapturedErrorEvent).error.message;
    });
  }

  /** In words, for records: vendor, architecture and what the driver adds. */
  get description(): string {
    const { vendor, architecture, device, description } = this.info;
    const words = [vendor, architecture, description || device].filter((word) => word !== "");
    return `webgpu ${words.join(" ") || "unknown adapter"}`;
  }

  /** Buffers not yet destroyed. */
  get bufferCount(): number {
    return this.#buffers.size;
  }

  buffer(label: string, bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.device.createBuffer({
      label,
      size: bufferBytes(bytes),
      usage,
    });
    this.#buffers.add(buffer);
    return buffer;
  }

  release(buffers: Iterable<GPUBuffer>): void {
    for (const buffer of buffers) {
      buffer.destroy();
      this.#buffers.delete(buffer);
    }
  }

  /**
   * Makes things on the device; what goes wrong is thrown.
   * @throws ExecutorError "out-of-memory", "lost" or "unsupported".
   */
  async guarded<Made>(what: string, make: () => Promise<Made>): Promise<Made> {
    const { device } = this;
    this.check();
    device.pushErrorScope("validation");
    device.pushErrorScope("out-of-memory");
    const results = await Promise.allSettled([make()]);
    const outOfMemory = await device.popErrorScope();
    const invalid = await device.popErrorScope();
    this.check();
    if (outOfMemory) throw new ExecutorError("out-of-memory", `${what} does not fit the GPU's memory`);
    if (invalid) throw new ExecutorError("unsupported", `${what}: ${invalid.message}`);
    const [result] = results;
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }

  /** @throws ExecutorError "lost" if the device is gone, or an error that nobody waited for has happened on it. */
  check(): void {
    if (this.#lostReason !== undefined)
      throw new ExecutorError("lost", `the GPU device was lost: ${this.#lostReason}`);
    if (this.#error !== undefined) throw new ExecutorError("lost", `the GPU reported: ${this.#error}`);
  }

  /** What a failed operation means: the device may be gone. */
  async explain(error: unknown): Promise<unknown> {
    if (error instanceof ExecutorError) return error;
    // A lost device fails what is under way before it says that it is lost.
    const reason = await Promise.race([this.lost, new Promise<undefined>((none) => setTimeout(none, 200))]);
    if (reason === undefined) return error;
    return new ExecutorError("lost", `the GPU device was lost: ${reason}`, { cause: error });
  }

  dispose(): void {
    this.release([...this.#buffers]);
    this.device.destroy();
  }
}

/** @throws ExecutorError "unsupported" where there is no WebGPU, or no adapter for it. */
export async function openGpu(gpu: GPU | undefined = globalThis.navigator?.gpu): Promise<Gpu> {
  if (gpu === undefined) throw new ExecutorError("unsupported", "this browser has no WebGPU");
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) throw new ExecutorError("unsupported", "this browser's WebGPU has no adapter");
  const requiredLimits = Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]]));
  const requiredFeatures = wantedFeatures.filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({ label: "designscape", requiredLimits, requiredFeatures });
  return new Gpu(device, adapter.info);
}

function isSoftware(info: GPUAdapterInfo): boolean {
  const names = `${info.vendor} ${info.architecture} ${info.description}`.toLowerCase();
  const fallback = "isFallbackAdapter" in info && info.isFallbackAdapter === true;
  return fallback || /swiftshader|llvmpipe|lavapipe|basic render|warp\b/.test(names);
}
