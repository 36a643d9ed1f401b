import type { ExecutorOffers, GpuOffer } from "../../../engine/sweep/protocol.ts";

export function mostThreads({ wasm }: ExecutorOffers): number {
  return wasm.threadsNote === undefined ? Math.min(wasm.cores, 64) : 1;
}

/** What is there, and why what is not there is not. */
export function offerTexts(offers: ExecutorOffers | undefined): string[] {
  if (offers === undefined) return ["looking at what this browser has, and testing its GPU …"];
  const { webgpu, wasm } = offers;
  const threads = wasm.threadsNote ?? `up to ${mostThreads(offers)} threads; results do not depend on them.`;
  return [
    `WebGPU: ${gpuText(webgpu)}`,
    `WebAssembly: ${wasm.available ? threads : `not here: ${wasm.reason}.`}`,
  ];
}

function gpuText({ available, reason = "", device, software, selfTest }: GpuOffer): string {
  if (device === undefined) return `not here: ${reason}.`;
  const name = device.replace(/^webgpu /, "");
  const adapter = software ? `${name}, a processor that plays a GPU` : name;
  if (available) {
    const tested = selfTest === "passed" ? ", computes right" : "";
    return `${adapter}${tested}${software ? "; slower than WebAssembly" : ""}.`;
  }
  // What a test says begins with the device that it tested.
  if (!reason.startsWith(`${device} `)) return `${adapter}, not taken: ${reason}.`;
  return `${adapter}${software ? "," : ""} ${reason.slice(device.length + 1)}.`;
}
