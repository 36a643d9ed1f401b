import fc from "fast-check";
import { expect, test } from "vitest";
import { type NamedTensor, readSafetensors, writeSafetensors } from "./safetensors.ts";

const data = fc.oneof(
  fc.float32Array({ noNaN: true }),
  fc.float64Array({ noNaN: true }),
  fc.int32Array(),
  fc.uint8Array(),
);
const tensors = fc.dictionary(
  fc.string({ minLength: 1 }).filter((name) => name !== "__metadata__" && name !== "__proto__"),
  data.map((values): NamedTensor => ({ shape: [values.length, 1], data: values })),
);

test("what is written is read back, names, shapes, values and metadata", () => {
  fc.assert(
    fc.property(tensors, (wanted) => {
      const file = writeSafetensors(Object.entries(wanted), { program: "designscape" });
      const { tensors: got, metadata } = readSafetensors(file);
      expect(Object.fromEntries(got)).toEqual(wanted);
      expect(metadata).toEqual({ program: "designscape" });
    }),
  );
});

test("a file that is cut off anywhere is refused with an InputError", () => {
  const file = writeSafetensors([["w", { shape: [2, 3], data: new Float32Array(6) }]]);
  for (let length = 0; length < file.length; length++)
    expect(() => readSafetensors(file.subarray(0, length))).toThrow(/not a safetensors file|outside/);
});

test("a tensor whose bytes do not fit its shape is named", () => {
  const header = JSON.stringify({ w: { dtype: "F32", shape: [3], data_offsets: [0, 8] } });
  const file = new Uint8Array(8 + header.length + 8);
  file[0] = header.length;
  file.set(new TextEncoder().encode(header), 8);
  expect(() => readSafetensors(file)).toThrow("tensor w: 8 bytes do not hold F32 [3]");
});

test("a float tensor is read at any alignment of the file in memory", () => {
  const file = writeSafetensors([["w", { shape: [2], data: Float32Array.of(1.5, -2) }]]);
  const shifted = new Uint8Array(file.length + 1);
  shifted.set(file, 1);
  for (const bytes of [shifted.subarray(1), Buffer.from(file)])
    expect(readSafetensors(bytes).tensors.get("w")?.data).toEqual(Float32Array.of(1.5, -2));
});
