/** The room that the browser gives this page, in bytes; undefined where it does not say. */
export interface StorageRoom {
  readonly usage: number | undefined;
  readonly quota: number | undefined;
  /** It is not cleared when the disk runs full. */
  readonly persisted: boolean;
}

export async function readStorageRoom(): Promise<StorageRoom> {
  const { storage } = navigator;
  const { usage, quota } = (await storage?.estimate?.()) ?? {};
  return { usage, quota, persisted: (await storage?.persisted?.()) ?? false };
}

/** Asks that what is recorded here is not cleared when the disk runs full; the browser, or its user, decides. */
export async function keepStorage(): Promise<boolean> {
  const { storage } = navigator;
  if ((await storage?.persisted?.()) === true) return true;
  return (await storage?.persist?.()) ?? false;
}
