import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "@playwright/test";
import { build, type Rolldown } from "vite";
import { findChromium } from "../../../scripts/chromium.mjs";

/** The flags with which headless Chromium has WebGPU, computed by SwiftShader where there is no GPU. */
export const gpuFlags: readonly string[] = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  "--ignore-gpu-blocklist",
];

export interface OpenBrowser {
  /** Another page that has run the script. */
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface OpenPage {
  readonly page: Page;
  close(): Promise<void>;
}

/** Bundles a script for the pages of a headless Chromium. */
export async function openBrowser(entry: URL): Promise<OpenBrowser> {
  const script = await bundle(fileURLToPath(entry));
  const server = createServer((request, response) => {
    if (request.url === "/page.js")
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    else
      response
        .writeHead(200, { "content-type": "text/html" })
        .end('<!doctype html><title>page</title><script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((listening) => server.listen(0, "localhost", listening));
  const executablePath = findChromium();
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    server.close();
  };
  try {
    browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: [...gpuFlags] });
    const opened = browser;
    const newPage = async () => {
      const page = await opened.newPage();
      await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`, { waitUntil: "load" });
      return page;
    };
    return { newPage, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Bundles a script and opens a page of headless Chromium that has run it. */
export async function openPage(entry: URL): Promise<OpenPage> {
  const { newPage, close } = await openBrowser(entry);
  try {
    return { page: await newPage(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function bundle(entry: string): Promise<string> {
  const result = (await build({
    configFile: false,
    publicDir: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      target: "es2023",
      lib: { entry, formats: ["es"], fileName: "page" },
    },
  })) as Rolldown.RolldownOutput[];
  return result[0]?.output[0].code ?? "";
}
