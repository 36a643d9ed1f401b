/** What the kernels' shapes are chosen by; one table per kind of adapter. Results differ in the order of sums only. */
export interface Tiles {
  /** Pixels of an invocation of a convolution: 4 or 8. */
  readonly pixels: 4 | 8;
  /** Channels of an invocation of a convolution or a filter gradient, where the width of a group allows: 4 or 8. */
  readonly channels: 4 | 8;
  /** Workgroups that a filter gradient is cut into, at most; rows of the map are its sum, so it is cut along them. */
  readonly filterGradGroups: number;
  /** Rows of a column sum's tile, at least. */
  readonly columnRows: number;
  /**
   * Where both gradients of a convolution need the gradient through the norm behind it: made by both as they load, or
   * stored once. "spatial" stores it for convolutions that would load it once a tap.
   */
  readonly normGradient: "stored" | "spatial";
}

/** Fits all that we know of: 4×4 outputs an invocation came out best across vendors (ggml-org/llama.cpp#22241). */
export const defaultTiles: Tiles = {
  pixels: 4,
  channels: 4,
  filterGradGroups: 256,
  columnRows: 64,
  normGradient: "spatial",
};

/** An adapter that computes on the processor: no latency to hide, but every load is dear. */
const softwareTiles: Tiles = {
  pixels: 4,
  channels: 4,
  filterGradGroups: 32,
  columnRows: 256,
  normGradient: "stored",
};

export function tilesFor({ architecture }: Pick<GPUAdapterInfo, "architecture">): Tiles {
  return architecture === "swiftshader" ? softwareTiles : defaultTiles;
}
