/** An error as plain data: structured clone keeps an Error's message but loses its own fields. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** The error's own plain fields, such as `code` or `problems`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An error that was thrown on the other side; `fields` of the original are its own (`error.code`, `error.problems`). */
export class RemoteError extends Error {
  constructor(wire: WireError) {
    super(wire.message);
    Object.assign(this, wire.fields);
    this.name = wire.name;
    if (wire.stack !== undefined) this.stack = wire.stack;
  }
}

export function encodeError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), fields: {} };
  const { name, message, stack } = error;
  const fields = Object.fromEntries(
    Object.entries(error).filter(([key, value]) => key !== "name" && isPlain(value)),
  );
  return { name, message, fields, ...(stack === undefined ? {} : { stack }) };
}

export function decodeError(wire: WireError): RemoteError {
  return new RemoteError(wire);
}

/** Values that survive structured clone unchanged. */
function isPlain(value: unknown): boolean {
  if (value === null || ["string", "number", "boolean", "undefined"].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  return (
    typeof value === "object" &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every(isPlain)
  );
}
