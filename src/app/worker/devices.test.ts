import { afterEach, describe, expect, test, vi } from "vitest";
import { createFakeExecutor } from "../../../test/fixtures/fake-executor.ts";
import { type Executor, ExecutorError, type ExecutorKind } from "../../engine/runtime/executor.ts";
import { type DeviceParts, Devices, spareMs } from "./devices.ts";

/** A browser with these adapters; counts the executors that are open. */
function browser(
  gpu: "none" | "software" | "real" | "wrong",
  {
    simd = true,
    testing = async () => {},
  }: { readonly simd?: boolean; readonly testing?: () => Promise<void> } = {},
) {
  let open = 0;
  let lose = () => {};
  const opened: ExecutorKind[] = [];
  const executor = (kind: ExecutorKind, device: string): Executor => {
    open++;
    opened.push(kind);
    return {
      ...createFakeExecutor(),
      kind,
      device,
      dispose: async () => {
        open--;
      },
    };
  };
  const parts: DeviceParts = {
    openGpu: async () => {
      if (gpu === "none") throw new ExecutorError("unsupported", "this browser has no WebGPU");
      const lost = new Promise<void>((resolve) => (lose = resolve));
      return { executor: executor("webgpu", `webgpu ${gpu}`), software: gpu === "software", lost };
    },
    openWasm: async ({ threads = 4 }) => {
      if (!simd) throw new ExecutorError("unsupported", "This browser has no WebAssembly SIMD");
      return { ...executor("wasm", "wasm"), threads };
    },
    openReference: async () => executor("reference", "reference"),
    selfTest: async ({ device }) => {
      await testing();
      if (device === "webgpu wrong") throw new ExecutorError("wrong", `${device} computes wrong`);
    },
    cores: 8,
    suggested: 4,
  };
  return { devices: new Devices(parts), open: () => open, opened, lose: () => lose() };
}

describe("automatic", () => {
  test.each([
    ["none", "wasm", undefined],
    ["software", "wasm", "Trained on the processor: this browser's WebGPU has no GPU behind it."],
    ["wrong", "wasm", "Trained on the processor: webgpu wrong computes wrong"],
    ["real", "webgpu", undefined],
  ] as const)("with a GPU that is %s takes %s, and says why", async (gpu, kind, note) => {
    const { devices, open } = browser(gpu);
    const { executor, info } = await devices.open({});
    expect([executor.kind, info.note]).toEqual([kind, note]);
    expect(open()).toBe(1);
    // Its own account of itself agrees.
    expect((await devices.offers()).automatic).toBe(kind);
    // An adapter that is software is not tested before: it is kept, in case it is chosen.
    expect(open()).toBe(gpu === "software" ? 2 : 1);
  });

  test("without SIMD takes the reference; what is to be reproducible takes neither it nor a GPU", async () => {
    const { devices } = browser("none", { simd: false });
    const { executor, info } = await devices.open({});
    expect(executor.kind).toBe("reference");
    expect(info.note).toContain("no WebAssembly SIMD. Networks train in plain JavaScript");
    await expect(devices.open({ reproducible: true })).rejects.toThrow("no WebAssembly SIMD");
    const { devices: able } = browser("real");
    expect((await able.open({ reproducible: true })).executor.kind).toBe("wasm");
    await expect(able.open({ executor: "webgpu", reproducible: true })).rejects.toThrow("not the same");
  });
});

describe("chosen", () => {
  test("an adapter is taken though it is software, but not one that computes wrong", async () => {
    expect((await browser("software").devices.open({ executor: "webgpu" })).info.device).toBe(
      "webgpu software",
    );
    const wrong = browser("wrong");
    await expect(wrong.devices.open({ executor: "webgpu" })).rejects.toThrow("computes wrong");
    expect(wrong.open()).toBe(0);
  });

  test("an adapter that some network showed to compute wrong is replaced, and it is said why", async () => {
    const { devices, open } = browser("software");
    const { executor } = await devices.open({ executor: "webgpu" });
    await executor.dispose();
    devices.refuseGpu("webgpu software computes wrong: losses are off by 12%");
    for (const options of [{ executor: "webgpu" }, {}] as const) {
      const { executor, info } = await devices.open(options);
      expect(info).toMatchObject({
        executor: "wasm",
        note: "Trained on the processor: webgpu software computes wrong: losses are off by 12%",
      });
      await executor.dispose();
    }
    expect((await devices.offers()).webgpu).toMatchObject({
      available: false,
      device: "webgpu software",
      selfTest: "failed",
    });
    await expect(devices.open({ executor: "webgpu", reproducible: true })).rejects.toThrow("not the same");
    expect(open()).toBe(0);
  });

  test("an adapter that is refused while it is tested is not taken, and stays refused", async () => {
    const reason = "webgpu real computes wrong: losses are off by 12%";
    for (const ask of ["open", "offers"] as const) {
      const { devices, open } = browser("real", { testing: async () => devices.refuseGpu(reason) });
      if (ask === "open") {
        const { executor, info } = await devices.open({ executor: "webgpu" });
        expect(info).toMatchObject({ executor: "wasm", note: `Trained on the processor: ${reason}` });
        await executor.dispose();
      }
      expect((await devices.offers()).webgpu).toMatchObject({ available: false, selfTest: "failed", reason });
      expect(open()).toBe(0);
    }
  });

  test("a software adapter that failed its test is given as the reason, as the offer gives it", async () => {
    const { devices } = browser("software", {
      testing: async () => {
        throw new ExecutorError("wrong", "webgpu software computes wrong");
      },
    });
    const { reason } = (await devices.offers()).webgpu;
    expect((await devices.open({})).info.note).toBe(`Trained on the processor: ${reason}`);
  });

  test("threads of WebAssembly are those asked for", async () => {
    const { info } = await browser("real").devices.open({ executor: "wasm", threads: 3 });
    expect(info).toMatchObject({ executor: "wasm", threads: 3 });
  });
});

describe("offers", () => {
  test("say what there is, what was tested, and what is missing", async () => {
    expect((await browser("none").devices.offers()).webgpu).toEqual({
      available: false,
      reason: "this browser has no WebGPU",
    });
    expect((await browser("software").devices.offers()).webgpu).toEqual({
      available: true,
      device: "webgpu software",
      software: true,
      selfTest: "passed",
    });
    expect((await browser("wrong").devices.offers()).webgpu).toMatchObject({
      available: false,
      selfTest: "failed",
      reason: "webgpu wrong computes wrong",
    });
    expect((await browser("none", { simd: false }).devices.offers()).wasm).toMatchObject({
      available: false,
      reason: "This browser has no WebAssembly SIMD",
      cores: 8,
    });
  });

  test("look at an adapter once: the second time nothing is opened", async () => {
    const { devices, opened } = browser("real");
    await devices.open({});
    await devices.offers();
    expect(opened.filter((kind) => kind === "webgpu")).toHaveLength(1);
  });
});

describe("a GPU that was tested to say what there is", () => {
  const gpus = (opened: readonly ExecutorKind[]) => opened.filter((kind) => kind === "webgpu").length;
  afterEach(() => void vi.useRealTimers());

  test("is the one that is given to who chooses it, once, with what its test compiled", async () => {
    vi.useFakeTimers();
    const { devices, open, opened } = browser("software");
    await devices.offers();
    expect(open()).toBe(1);
    const { executor } = await devices.open({ executor: "webgpu" });
    expect([open(), gpus(opened)]).toEqual([1, 1]);
    // Nobody's spare any longer: it stays as long as it is used, and is not given to another.
    await vi.advanceTimersByTimeAsync(2 * spareMs);
    expect(open()).toBe(1);
    await executor.dispose();
    await devices.open({ executor: "webgpu" });
    expect([open(), gpus(opened)]).toEqual([1, 2]);
  });

  test("is not tested twice by who opens it and who asks what there is at once", async () => {
    for (const order of ["open first", "offers first"] as const) {
      const { devices, open, opened } = browser("software");
      const take = () => devices.open({ executor: "webgpu" });
      const ask = () => devices.offers();
      await Promise.all(order === "open first" ? [take(), ask()] : [ask(), take()]);
      expect([open(), gpus(opened)]).toEqual([1, 1]);
    }
  });

  test.each([
    ["WebAssembly is", (devices: Devices) => devices.open({ executor: "wasm" })],
    ["the best is, which is another,", (devices: Devices) => devices.open({})],
    ["what is reproducible is", (devices: Devices) => devices.open({ reproducible: true })],
  ])("is released when %s chosen instead", async (_, choose) => {
    const { devices, open } = browser("software");
    await devices.offers();
    const { executor } = await choose(devices);
    expect(executor.kind).toBe("wasm");
    expect(open()).toBe(1);
  });

  test("is released when nothing is chosen for a minute", async () => {
    vi.useFakeTimers();
    const { devices, open } = browser("real");
    await devices.offers();
    await vi.advanceTimersByTimeAsync(spareMs - 1);
    expect(open()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(open()).toBe(0);
    // It is not needed to say again what there is.
    expect((await devices.offers()).automatic).toBe("webgpu");
    expect(open()).toBe(0);
  });

  test("is given to nobody once it is lost", async () => {
    const { devices, open, opened, lose } = browser("software");
    await devices.offers();
    lose();
    await devices.open({ executor: "webgpu" });
    expect([open(), gpus(opened)]).toEqual([1, 2]);
  });
});
