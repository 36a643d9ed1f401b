import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LinearMemory } from "./memory.ts";

const megabyte = 2 ** 20;

describe("linear memory", () => {
  test("spans do not overlap, whatever is allocated and freed", () => {
    const sizes = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 200_000 }), free: fc.nat(5) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(sizes, (steps) => {
        const memory = new LinearMemory(64 * megabyte);
        const held: { start: number; bytes: number }[] = [];
        for (const { bytes, free } of steps) {
          const start = memory.allocate(bytes, "it");
          expect(start % 64).toBe(0);
          for (const other of held)
            expect(start + bytes <= other.start || other.start + other.bytes <= start).toBe(true);
          held.push({ start, bytes });
          const gone = held[free];
          if (gone) {
            memory.free(gone.start);
            held.splice(free, 1);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test("500 networks of similar size one after the other use the same bytes", () => {
    const memory = new LinearMemory(64 * megabyte);
    const images = memory.allocate(3 * megabyte, "images");
    memory.free(memory.allocate(10 * megabyte, "the largest"));
    const size = memory.memory.buffer.byteLength;
    for (let i = 0; i < 500; i++) memory.free(memory.allocate((9 + (i % 7) / 8) * megabyte, "a network"));
    expect(memory.memory.buffer.byteLength).toBe(size);
    memory.free(images);
    expect(memory.allocate(13 * megabyte, "after all is freed")).toBe(images);
  });

  test("what does not fit is refused before anything grows, with what it needs and what there is", () => {
    const memory = new LinearMemory(4 * megabyte);
    memory.allocate(megabyte, "a small network");
    const size = memory.memory.buffer.byteLength;
    expect(() => memory.allocate(8 * megabyte, "a network at batch 64")).toThrow(
      /a network at batch 64 needs 8\.0 MB \(8388608 bytes\), 2\.9 MB are available$/,
    );
    expect(memory.memory.buffer.byteLength).toBe(size);
    expect(memory.allocate(2 * megabyte, "what fits")).toBeGreaterThan(0);
  });

  test("freeing twice is harmless", () => {
    const memory = new LinearMemory(4 * megabyte);
    const a = memory.allocate(100, "a");
    memory.free(a);
    memory.free(a);
    expect(memory.allocate(100, "b")).toBe(a);
    expect(memory.allocate(100, "c")).not.toBe(a);
  });
});
