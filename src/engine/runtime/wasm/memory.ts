import { ExecutorError } from "../executor.ts";
import { megabytes } from "../room.ts";
import { reservedBytes } from "./module-page.ts";

const pageBytes = 65536;
const alignment = 64;

interface Span {
  readonly start: number;
  readonly bytes: number;
}

/**
 * The executor's one WebAssembly.Memory, handed out in spans: first fit, neighbours merged when freed, so that networks
 * that come and go use the same bytes again. It grows where nothing fits and never beyond `limit`.
 */
export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  readonly #limit: number;
  /** By address, no two adjacent. */
  #free: Span[] = [];
  readonly #used = new Map<number, number>();

  /** @param shared for threads: the engine then reserves addresses for all of `limitBytes` at once, and may refuse. */
  constructor(limitBytes: number, shared = false) {
    const maximum = Math.floor(limitBytes / pageBytes);
    this.#limit = maximum * pageBytes;
    this.memory = new WebAssembly.Memory({
      initial: reservedBytes / pageBytes,
      ...(shared ? { maximum, shared } : {}),
    });
  }

  /** Bytes that could still be had in one span. */
  get available(): number {
    const last = this.#free.at(-1);
    const atEnd = last && last.start + last.bytes === this.#size ? last.bytes : 0;
    return Math.max(this.#limit - this.#size + atEnd, ...this.#free.map(({ bytes }) => bytes));
  }

  /** Bytes of the memory as it has grown. */
  get #size(): number {
    return this.memory.buffer.byteLength;
  }

  /** @param purpose what the message says was refused, e.g. "the network". */
  allocate(wanted: number, purpose: string): number {
    const bytes = Math.ceil(Math.max(wanted, 1) / alignment) * alignment;
    let span = this.#free.find((free) => free.bytes >= bytes);
    if (span === undefined) {
      if (bytes > this.available) throw refusal(purpose, bytes, this.available);
      this.#grow(bytes, purpose);
      span = this.#free.at(-1) as Span;
    }
    const rest = { start: span.start + bytes, bytes: span.bytes - bytes };
    this.#free.splice(this.#free.indexOf(span), 1, ...(rest.bytes > 0 ? [rest] : []));
    this.#used.set(span.start, bytes);
    return span.start;
  }

  free(start: number): void {
    const bytes = this.#used.get(start);
    if (bytes === undefined) return;
    this.#used.delete(start);
    this.#release({ start, bytes });
  }

  /** Views are made when needed: growing the memory detaches older ones, or, of a shared memory, leaves them short. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }

  words(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  #grow(bytes: number, purpose: string): void {
    const size = this.#size;
    const last = this.#free.at(-1);
    const atEnd = last && last.start + last.bytes === size ? last.bytes : 0;
    const pages = Math.ceil((bytes - atEnd) / pageBytes);
    try {
      this.memory.grow(pages);
    } catch (cause) {
      throw refusal(purpose, bytes, atEnd, cause);
    }
    this.#release({ start: size, bytes: pages * pageBytes });
  }

  #release(span: Span): void {
    const spans = [...this.#free, span].sort((a, b) => a.start - b.start);
    this.#free = spans.reduce<Span[]>((merged, next) => {
      const last = merged.at(-1);
      if (last && last.start + last.bytes === next.start)
        merged[merged.length - 1] = { start: last.start, bytes: last.bytes + next.bytes };
      else merged.push(next);
      return merged;
    }, []);
  }
}

function refusal(purpose: string, needed: number, available: number, cause?: unknown): ExecutorError {
  return new ExecutorError(
    "out-of-memory",
    `${purpose} needs ${megabytes(needed)} (${needed} bytes), ${megabytes(available)} are available`,
    { cause },
  );
}
