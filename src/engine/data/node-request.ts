import { on } from "node:events";
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as plain,
} from "node:http";
import { request as encrypted } from "node:https";

/** Redirects that are followed, as many as fetch does. */
const mostRedirects = 20;

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Its bytes, all that came before a broken connection too. Throws where it broke. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/**
 * Asks for an address (GET, redirects are followed) and gives the answer with its bytes as they are sent. fetch unpacks what
 * has a Content-Encoding, and some servers give an archive one that ends in .gz: neither its checksum nor its ranges
 * would then be those of the file.
 * @param signal ends the request and the reading of its answer
 */
export async function requestBytes(
  url: string,
  headers: OutgoingHttpHeaders,
  signal: AbortSignal,
): Promise<RawAnswer> {
  let address = new URL(url);
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const answer = await requestOnce(address, headers, signal);
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
    address = new URL(location, address);
  }
  throw new Error(`it redirects more than ${mostRedirects} times`);
}

function requestOnce(address: URL, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    if (!/^https?:$/.test(address.protocol)) throw new Error(`it redirects to ${address.protocol}`);
    const request = address.protocol === "https:" ? encrypted : plain;
    request(address, { headers, signal }, (answer) => {
      // Who reads it is told; who has stopped reading need not be.
      answer.on("error", () => {});
      const { statusCode: status = 0, headers } = answer;
      resolve({ status, headers, pieces: piecesOf(answer) });
    })
      .on("error", reject)
      .end();
  });
}

/** Unlike the message itself, which drops what it has not handed out when its connection breaks. */
function piecesOf(answer: IncomingMessage): AsyncIterable<Uint8Array> {
  const events = on(answer, "data", { close: ["end"], highWaterMark: 64, lowWaterMark: 16 });
  return (async function* () {
    for await (const [piece] of events) yield piece as Buffer;
  })();
}
