import { expect, test } from "@playwright/test";

test("the built page is cross-origin isolated, so that threads may share memory", async ({ page }) => {
  await page.goto("./");
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test("the built site carries kernels and data, below whatever path it is served", async ({ request }) => {
  const manifest = await (await request.get("./data/fashion-mnist/manifest.json")).json();
  expect(manifest.train.count).toBe(60_000);
  const names = await (await request.get("./data/index.json")).json();
  expect(names).toEqual(expect.arrayContaining(["fashion-mnist", "mnist"]));
  const shard = await request.get(`./data/fashion-mnist/${manifest.train.shards[0].file}`);
  expect((await shard.body()).length).toBe(manifest.train.shards[0].bytes);
  for (const kernel of ["kernels.relaxed.wasm", "kernels.simd.wasm"]) {
    expect((await request.get(`./kernels/${kernel}`)).status(), kernel).toBe(200);
  }
});

test("an address that is not there answers 404, not with the page", async ({ request }) => {
  expect((await request.get("./data/fashion-mnist/train-999.bin")).status()).toBe(404);
});
