import { decodeError, encodeError, type WireError } from "./wire-error.ts";

/**
 * Typed remote calls over anything that posts messages: a Worker, a MessagePort. A protocol is two maps, requests (name →
 * function) and events (name → payload); both ends derive their types from them.
 */

/** What Worker, MessagePort and a worker's global scope have in common. */
export interface Endpoint {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  /** MessagePorts deliver nothing until started. */
  start?(): void;
}

// biome-ignore lint/suspicious/noExplicitAny: any is what lets a constraint take functions of any parameters.
export type RequestMap = Record<string, (...args: any[]) => unknown>;
export type EventMap = object;

/** How a server implements the requests: the same functions, free to be asynchronous. */
export type Handlers<R extends RequestMap> = {
  readonly [K in keyof R]: (...args: Parameters<R[K]>) => ReturnType<R[K]> | Promise<ReturnType<R[K]>>;
};

export interface RpcClient<R extends RequestMap, E extends EventMap> {
  /** Rejects with the error the handler threw, rebuilt with its name, message and fields. */
  call<K extends keyof R & string>(name: K, ...args: Parameters<R[K]>): Promise<ReturnType<R[K]>>;
  /** Listens to an event; returns what ends the listening. */
  on<K extends keyof E & string>(name: K, listener: (payload: E[K]) => void): () => void;
  /** Stops listening; calls still open reject with this reason. */
  close(reason?: string): void;
}

export interface RpcServer<E extends EventMap> {
  emit<K extends keyof E & string>(name: K, payload: E[K]): void;
  close(): void;
}

type Message =
  | { readonly rpc: "call"; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly rpc: "result"; readonly id: number; readonly value: unknown }
  | { readonly rpc: "error"; readonly id: number; readonly error: WireError }
  | { readonly rpc: "event"; readonly name: string; readonly payload: unknown };

export function createClient<R extends RequestMap, E extends EventMap>(endpoint: Endpoint): RpcClient<R, E> {
  const open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  let lastId = 0;
  let closed: string | undefined;

  const receive = messageListener((message) => {
    if (message.rpc === "event") {
      for (const listener of [...(listeners.get(message.name) ?? [])]) listener(message.payload as never);
    } else if (message.rpc === "result" || message.rpc === "error") {
      const call = open.get(message.id);
      open.delete(message.id);
      if (message.rpc === "result") call?.resolve(message.value);
      else call?.reject(decodeError(message.error));
    }
  });
  listen(endpoint, receive);

  return {
    call(name, ...args) {
      if (closed !== undefined) return Promise.reject(new Error(closed));
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        open.set(id, { resolve: (value) => resolve(value as never), reject });
        post(endpoint, { rpc: "call", id, name, args });
      });
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener as (payload: never) => void));
      return () => set.delete(listener as (payload: never) => void);
    },
    close(reason = "the connection to the worker was closed") {
      closed = reason;
      endpoint.removeEventListener("message", receive);
      for (const { reject } of open.values()) reject(new Error(reason));
      open.clear();
      listeners.clear();
    },
  };
}

export function createServer<R extends RequestMap, E extends EventMap>(
  endpoint: Endpoint,
  handlers: Handlers<R>,
): RpcServer<E> {
  const answer = async (id: number, name: string, args: readonly unknown[]) => {
    try {
      if (!Object.hasOwn(handlers, name)) throw new Error(`the worker has no request "${name}"`);
      const value = await handlers[name]!(...(args as never));
      post(endpoint, { rpc: "result", id, value });
    } catch (error) {
      post(endpoint, { rpc: "error", id, error: encodeError(error) });
    }
  };
  const receive = messageListener((message) => {
    if (message.rpc === "call") void answer(message.id, message.name, message.args);
  });
  listen(endpoint, receive);
  return {
    emit: (name, payload) => post(endpoint, { rpc: "event", name, payload }),
    close: () => endpoint.removeEventListener("message", receive),
  };
}

function post(endpoint: Endpoint, message: Message): void {
  endpoint.postMessage(message);
}

function listen(endpoint: Endpoint, receive: (event: MessageEvent) => void): void {
  endpoint.addEventListener("message", receive);
  endpoint.start?.();
}

/** Other traffic on the same endpoint (development tools, extensions) is not ours. */
function messageListener(receive: (message: Message) => void): (event: MessageEvent) => void {
  return ({ data }) => {
    if (typeof data === "object" && data !== null && "rpc" in data) receive(data as Message);
  };
}
