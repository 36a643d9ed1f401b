import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { build, type Rolldown } from "vite";
import { findChromium } from "../../scripts/chromium.mjs";
import type { StepSettings } from "./run-steps.ts";

/** Runs the bench in a page of headless Chromium; `kernels` is the folder of the built kernels. */
export async function inBrowser(settings: StepSettings, kernels: string): Promise<string[]> {
  const scripts = await bundle();
  const headers = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const script = scripts.get(pathname);
    const [type, body] =
      script !== undefined
        ? ["text/javascript", script]
        : pathname.startsWith("/kernels/")
          ? ["application/wasm", await readFile(join(kernels, basename(pathname)))]
          : [
              "text/html",
              '<!doctype html><title>bench</title><script type="module" src="/page.js"></script>',
            ];
    response.writeHead(200, { ...headers, "content-type": type }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "localhost", listening));
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => globalThis.bench !== undefined);
    return await page.evaluate((given) => globalThis.bench(given), settings);
  } finally {
    await browser.close();
    server.close();
  }
}

/** The page's script and those of its workers, by path. */
async function bundle(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const result = (await build({
    configFile: false,
    publicDir: false,
    logLevel: "error",
    worker: { format: "es" },
    build: {
      write: false,
      target: "es2023",
      modulePreload: false,
      rolldownOptions: {
        input: fileURLToPath(new URL("./page.ts", import.meta.url)),
        output: { entryFileNames: "[name].js" },
      },
    },
  })) as Rolldown.RolldownOutput;
  return new Map(
    result.output.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source]),
  );
}
