/**
 * Inference latency among a trial's measurements: `latency.webgl.1` is the median time of a batch of one on TF.js' webgl
 * backend, `latency.webgl.1.spread` the distance between the quartiles; milliseconds.
 */
export const latencyBackends = ["webgpu", "webgl", "cpu"] as const;

export type LatencyBackend = (typeof latencyBackends)[number];

export interface LatencyKey {
  readonly backend: LatencyBackend;
  /** Images at once. */
  readonly batch: number;
}

export function latencyKey({ backend, batch }: LatencyKey): string {
  return `latency.${backend}.${batch}`;
}

export function latencySpreadKey(key: LatencyKey): string {
  return `${latencyKey(key)}.spread`;
}

const pattern = new RegExp(`^latency\\.(${latencyBackends.join("|")})\\.([1-9]\\d*)$`);

/** undefined for any other key, that of a spread included. */
export function parseLatencyKey(key: string): LatencyKey | undefined {
  const match = pattern.exec(key);
  if (match === null) return undefined;
  return { backend: match[1] as LatencyBackend, batch: Number(match[2]) };
}
