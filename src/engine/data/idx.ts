/** Contents of an IDX file of bytes (the format MNIST was published in). */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

/**
 * Parses an IDX file of unsigned bytes: two zero bytes, type 0x08, number of dimensions, each dimension as a big-endian
 * 32-bit integer, then the values, last dimension fastest.
 * @throws {RangeError} where the header or the length is not that
 */
export function parseIdx(bytes: Uint8Array): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dimensions = bytes[3] ?? 0;
  const header = 4 + 4 * dimensions;
  if (bytes.length < header || view.getUint16(0) !== 0 || bytes[2] !== 0x08 || dimensions === 0) {
    throw new RangeError("not an IDX file of unsigned bytes");
  }
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const values = bytes.subarray(header);
  const expected = shape.reduce((product, size) => product * size, 1);
  if (values.length !== expected) {
    throw new RangeError(`IDX of shape ${shape.join("×")} holds ${values.length} values, not ${expected}`);
  }
  return { shape, values };
}
