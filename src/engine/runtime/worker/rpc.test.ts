import { afterEach, expect, test } from "vitest";
import { InputError } from "../../math/input-error.ts";
import { createClient, createServer, type Endpoint, type Handlers } from "./rpc.ts";

type Requests = {
  add(a: number, b: number): number;
  slow(ms: number): string;
  refuse(): void;
  uncloneable(): unknown;
};
type Events = { tick: { readonly count: number } };

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) {
    port1.close();
    port2.close();
  }
});

function connect(handlers: Partial<Handlers<Requests>> = {}) {
  const channel = new MessageChannel();
  channels.push(channel);
  const all: Handlers<Requests> = {
    add: (a, b) => a + b,
    slow: (ms) => new Promise((resolve) => setTimeout(() => resolve(`${ms} ms`), ms)),
    refuse: () => {
      throw new InputError([{ path: "regime.batch", message: "0 is not allowed" }]);
    },
    uncloneable: () => () => {},
    ...handlers,
  };
  const server = createServer<Requests, Events>(channel.port1 as Endpoint, all);
  return { client: createClient<Requests, Events>(channel.port2 as Endpoint), server };
}

test("a call resolves with the handler's result", async () => {
  expect(await connect().client.call("add", 2, 3)).toBe(5);
});

test("calls are answered each by its own result, in whatever order", async () => {
  const { client } = connect();
  const slow = client.call("slow", 20);
  expect(await client.call("add", 1, 1)).toBe(2);
  expect(await slow).toBe("20 ms");
});

test("an error arrives with its name, message and fields", async () => {
  const call = connect().client.call("refuse");
  await expect(call).rejects.toThrow("regime.batch: 0 is not allowed");
  await expect(call).rejects.toMatchObject({
    name: "InputError",
    problems: [{ path: "regime.batch", message: "0 is not allowed" }],
  });
});

test("a result that cannot be sent is an error, not silence", async () => {
  await expect(connect().client.call("uncloneable")).rejects.toThrow(/clone/i);
});

test("arguments that cannot be sent are an error of the caller", async () => {
  const { client } = connect();
  await expect(client.call("add", (() => 1) as never, 2)).rejects.toThrow(/clone/i);
  expect(await client.call("add", 1, 2)).toBe(3);
});

test("a request that the server does not have is refused", async () => {
  const { client } = connect();
  await expect(client.call("toString" as "refuse")).rejects.toThrow('no request "toString"');
});

test("events reach every listener until it stops listening", async () => {
  const { client, server } = connect();
  const seen: string[] = [];
  const stop = client.on("tick", ({ count }) => seen.push(`a${count}`));
  client.on("tick", ({ count }) => seen.push(`b${count}`));
  server.emit("tick", { count: 1 });
  await client.call("add", 0, 0);
  stop();
  server.emit("tick", { count: 2 });
  await client.call("add", 0, 0);
  expect(seen).toEqual(["a1", "b1", "b2"]);
});

test("closing rejects what is open and what comes after", async () => {
  const { client } = connect();
  const open = client.call("slow", 1_000);
  client.close("the worker crashed");
  await expect(open).rejects.toThrow("the worker crashed");
  await expect(client.call("add", 1, 2)).rejects.toThrow("the worker crashed");
});
