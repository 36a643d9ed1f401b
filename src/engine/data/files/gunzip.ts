import { badFile, bytesText } from "./limits.ts";

/** Whether bytes start as a gzip file does (RFC 1952, section 2.3.1). */
export function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

/**
 * Unpacks a gzip stream piece by piece.
 * @throws InputError where the stream is cut off or damaged, or unpacks to more than `limit` bytes
 */
export async function* gunzip(
  packed: AsyncIterable<Uint8Array<ArrayBuffer>>,
  name: string,
  limit: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  let fault: unknown;
  const fed = (async () => {
    try {
      for await (const piece of packed) await writer.write(piece);
      await writer.close();
    } catch (error) {
      fault = error;
      await writer.abort(error).catch(() => {});
    }
  })();
  const reader = stream.readable.getReader();
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      total += value.length;
      if (total > limit)
        throw badFile(name, `unpacks to more than ${bytesText(limit)}, which is all that is allowed`);
      yield value;
    }
  } catch (error) {
    // A reader that was aborted says so; anything else the stream itself found wrong.
    if (error instanceof Error && (error.name === "InputError" || error.name === "AbortError")) throw error;
    if (fault instanceof Error && (fault.name === "InputError" || fault.name === "AbortError")) throw fault;
    throw badFile(name, "is cut off or damaged: its gzip data do not end as they should");
  } finally {
    await reader.cancel().catch(() => {});
    await fed;
  }
}
