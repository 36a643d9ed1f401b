import { afterEach, expect, test, vi } from "vitest";
import { fetchSource } from "./shard-source.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

function serve(response: Response) {
  const fetched: string[] = [];
  vi.stubGlobal("fetch", async (address: URL) => {
    fetched.push(address.href);
    return response;
  });
  return fetched;
}

test("asks below the data root, under whatever path the page is served", async () => {
  const fetched = serve(new Response(Uint8Array.of(1, 2, 3)));
  const bytes = await fetchSource("https://example.org/some/where/data/")("mnist/test-000.bin");
  expect(fetched).toEqual(["https://example.org/some/where/data/mnist/test-000.bin"]);
  expect(bytes).toEqual(Uint8Array.of(1, 2, 3));
});

test("a refused address fails with the server's status", async () => {
  serve(new Response("", { status: 404 }));
  await expect(fetchSource("https://example.org/")("x.bin")).rejects.toThrow("the server answers 404");
});

test("a start page in place of a missing file is not taken for data", async () => {
  serve(new Response("<!doctype html>", { headers: { "content-type": "text/html; charset=utf-8" } }));
  await expect(fetchSource("https://example.org/")("x.bin")).rejects.toThrow("a page, not with data");
});
