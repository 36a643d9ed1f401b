/**
 * Whether an allocation failed. No class says so: V8 throws RangeError "Array buffer allocation failed" or
 * "WebAssembly.Memory(): could not allocate memory", Firefox InternalError "allocation size overflow" or "out of memory",
 * Safari RangeError "Out of memory", and IndexedDB DataCloneError "Data cannot be cloned, out of memory."
 */
export function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof Error &&
    /out of memory|allocation (failed|size overflow)|could not allocate/i.test(error.message)
  );
}
