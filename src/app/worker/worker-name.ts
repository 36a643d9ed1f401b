/**
 * What a worker must know before its first message, carried in its name: a worker knows only the address of its own
 * script, and that moves when the site is built.
 */
export interface WorkerName {
  /** The page's address; kernels and data lie beside it. */
  readonly base: string;
  /** The lock it holds for as long as it lives. */
  readonly lifeline: string;
}

export function encodeWorkerName(name: WorkerName): string {
  return JSON.stringify(name);
}

export function decodeWorkerName(text: string): WorkerName {
  return JSON.parse(text) as WorkerName;
}
