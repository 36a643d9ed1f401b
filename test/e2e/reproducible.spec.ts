import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { build, type Rolldown } from "vite";
import reproducibleResult from "../fixtures/reproducible-result.json" with { type: "json" };

/** Reproducible mode: the recorded bits, in this browser too, and a box in the page that asks for them. */

test("a browser trains to the recorded losses and weights, bit for bit", async ({ page }) => {
  const result = (await build({
    configFile: false,
    publicDir: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2023",
      lib: {
        entry: fileURLToPath(new URL("./reproducible-page.ts", import.meta.url)),
        formats: ["es"],
        fileName: "page",
      },
    },
  })) as Rolldown.RolldownOutput[];
  await page.goto("./");
  await page.addScriptTag({ type: "module", content: result[0]?.output[0].code ?? "" });
  await page.waitForFunction(() => globalThis.trainReproducibly !== undefined);
  const trained = await page.evaluate(() =>
    globalThis.trainReproducibly(new URL("kernels", location.href).href),
  );
  expect(JSON.parse(trained)).toEqual(reproducibleResult);
});

test("the box in the set-up is part of the link, and of what the trials say they ran on", async ({
  page,
}) => {
  await page.goto("./#/study?v=1&seed=5&p=name:a,space:regnetx,count:1,flops:300k..700k&images=64&epochs=1");
  await page.getByRole("button", { name: "More of the regime" }).click();
  await page.getByRole("checkbox", { name: "Reproducible" }).click();
  await expect(page).toHaveURL(/[&]reproducible=true/);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("1 of 1 trained")).toBeVisible();
  await expect(
    page.getByRole("note", { name: /^Trained by wasm simd, \d+ threads?, reproducible$/ }),
  ).toBeVisible();
});
