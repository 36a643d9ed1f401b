import type { Database } from "./database.ts";

/** The browser's quota for this page is used up, and there is nothing left that could make room. */
export class StoreFullError extends Error {
  override readonly name = "StoreFullError";

  constructor() {
    super(
      "the storage that the browser gives this page is full. Every trial recorded so far is kept. Export what you want " +
        "to keep, delete studies or free disk space, then resume",
    );
  }
}

/**
 * Runs a write of records. Where the browser's quota refuses it, kept weights make room, the oldest first, and it runs
 * again; without any left it is a StoreFullError. The write must be one transaction: it is done wholly or not at all.
 */
export async function writeWithRoom<T>(db: Database, write: () => PromiseLike<T>): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isQuotaError(error)) throw error;
    }
    if (!(await dropOldestWeights(db))) throw new StoreFullError();
  }
}

/** Whether IndexedDB refused a write for want of room; Dexie wraps its errors, those of transactions twice. */
export function isQuotaError(error: unknown): boolean {
  const names = [error, (error as { readonly inner?: unknown } | null)?.inner].map(
    (each) => (each as { readonly name?: unknown } | null | undefined)?.name,
  );
  return names.includes("QuotaExceededError");
}

/** Removes the older half of all kept weights; false if there are none, or not even that can be written. */
async function dropOldestWeights({ weights }: Database): Promise<boolean> {
  const ids = await weights.orderBy("[savedAt+bytes]").primaryKeys();
  try {
    await weights.bulkDelete(ids.slice(0, Math.ceil(ids.length / 2)));
  } catch (error) {
    if (!isQuotaError(error)) throw error;
    return false;
  }
  return ids.length > 0;
}
