import { z } from "zod";
import { InputError, parseInput } from "../math/input-error.ts";

/**
 * Safetensors: eight bytes of header length (little-endian), a JSON header `name → {dtype, shape, data_offsets}`, then
 * the tensors' bytes, little-endian. https://huggingface.co/docs/safetensors
 */

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface Safetensors {
  /** In the order of the file. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The element types this program writes and reads; I64 is read into Int32Array where its values fit. */
const elementBytes = { F32: 4, F64: 8, I32: 4, I64: 8, U8: 1 } as const;
type Dtype = keyof typeof elementBytes;

const maxHeaderBytes = 100_000_000;
const size = z.int().min(0);
const entrySchema = z.strictObject({
  dtype: z.enum(Object.keys(elementBytes) as [Dtype, ...Dtype[]]),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});
const headerSchema = z
  .looseObject({ __metadata__: z.record(z.string(), z.string()).optional() })
  .catchall(entrySchema);

/** Reads a file; an InputError says which tensor does not fit and why. */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, body } = splitFile(bytes);
  const { __metadata__: metadata = {}, ...entries } = parseInput(headerSchema, header, "safetensors header");
  const tensors = new Map<string, NamedTensor>();
  for (const [name, entry] of Object.entries(entries as Record<string, z.output<typeof entrySchema>>)) {
    const [begin, end] = entry.data_offsets;
    const elements = entry.shape.reduce((product, side) => product * side, 1);
    if (begin > end || end > body.length)
      fail(name, `bytes ${begin}–${end} are outside the ${body.length} bytes of data`);
    if (end - begin !== elements * elementBytes[entry.dtype])
      fail(name, `${end - begin} bytes do not hold ${entry.dtype} [${entry.shape}]`);
    tensors.set(name, {
      shape: entry.shape,
      data: readElements(name, entry.dtype, new Uint8Array(body.subarray(begin, end))),
    });
  }
  return { tensors, metadata };
}

/** Writes tensors in the order given; the same tensors always give the same bytes. */
export function writeSafetensors(
  tensors: Iterable<readonly [name: string, tensor: NamedTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  const parts: TensorData[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const elements = shape.reduce((product, side) => product * side, 1);
    if (elements !== data.length)
      throw new RangeError(`tensor ${name}: ${data.length} elements are not [${shape}]`);
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [offset, offset + data.byteLength] };
    parts.push(data);
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Data begins at a multiple of 8; the header is padded with spaces.
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, 8, 8 + headerBytes);
  file.set(json, 8);
  let at = 8 + headerBytes;
  for (const data of parts) {
    // Every engine that runs WebAssembly is little-endian, and so is the file.
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

function splitFile(bytes: Uint8Array): { header: unknown; body: Uint8Array } {
  const length =
    bytes.length < 8 ? 0n : new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length < 2n || length > BigInt(Math.min(maxHeaderBytes, bytes.length - 8)))
    throw new InputError([
      { path: "", message: "not a safetensors file (its header is cut off or too long)" },
    ]);
  const end = 8 + Number(length);
  try {
    return {
      header: JSON.parse(new TextDecoder().decode(bytes.subarray(8, end))),
      body: bytes.subarray(end),
    };
  } catch {
    throw new InputError([{ path: "", message: "not a safetensors file (its header is not JSON)" }]);
  }
}

/** `bytes` are a copy in a buffer of their own (not by slice(): a Node Buffer's slice is a view). */
function readElements(name: string, dtype: Dtype, bytes: Uint8Array<ArrayBuffer>): TensorData {
  const { buffer } = bytes;
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer);
    case "F64":
      return new Float64Array(buffer);
    case "I32":
      return new Int32Array(buffer);
    case "U8":
      return new Uint8Array(buffer);
    case "I64": {
      const values = Array.from(new BigInt64Array(buffer), Number);
      if (values.some((value) => value !== (value | 0))) fail(name, "values do not fit 32 bits");
      return Int32Array.from(values);
    }
    default:
      throw new Error(`dtype ${dtype satisfies never}`);
  }
}

function dtypeOf(data: TensorData): Dtype {
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Float64Array) return "F64";
  return data instanceof Int32Array ? "I32" : "U8";
}

function fail(tensor: string, message: string): never {
  throw new InputError([{ path: `tensor ${tensor}`, message }]);
}
