// What all kernel calls (calls.ts) are made of: operands, shapes.

/** Index into Plan.tensors. */
export type TensorId = number;

export type PointwiseActivation = "none" | "relu" | "silu" | "sigmoid";

export interface Call<Op extends string, In, Out, Update, Attrs> {
  readonly op: Op;
  /** The node it serves, e.g. "s1.b1.f.a"; for profiles and messages. */
  readonly label: string;
  readonly in: Readonly<In>;
  readonly out: Readonly<Out>;
  readonly update: Readonly<Update>;
  readonly attrs: Readonly<Attrs>;
}

export type None = Record<never, never>;

/** N images of H×W×C, K filters of k×k, stride s, padding p on every side, G groups. */
export interface ConvGeometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly groups: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

export interface PoolGeometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/** A map seen as a matrix: rows = N·H·W pixels, one column a channel. */
export interface MatrixShape {
  readonly rows: number;
  readonly channels: number;
}

/** N maps of `pixels` = H·W pixels. */
export interface MapsShape {
  readonly batch: number;
  readonly pixels: number;
  readonly channels: number;
}

export interface StatisticsAttrs {
  readonly epsilon: number;
  readonly momentum: number;
}
