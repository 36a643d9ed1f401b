/** Bits of the WebGPU specification (§ Buffers, § Bind groups); Node, where plans are lowered in tests, has no globals for them. */
export const bufferUsage = {
  mapRead: 0x01,
  copySource: 0x04,
  copyTarget: 0x08,
  uniform: 0x40,
  storage: 0x80,
  queryResolve: 0x200,
};
export const computeStage = 0x4;
export const mapForReading = 0x1;
