import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { deserialize, serialize } from "node:v8";
import type { Page } from "@playwright/test";
import type { TestProject } from "vitest/node";
import { type GpuBrowser, openGpuBrowser } from "../../../scripts/gpu-page.mjs";
import type { PageCall } from "./page.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Address that calls of pages are posted to, see remote-executor.ts. */
    gpuPages: string;
  }
}

/**
 * One Chromium for a whole run of the tests, with a page for each process that runs files: a browser's start and the
 * kernels' compilation take longer than most files. Nothing is started before the first call.
 *
 * POST /<page> with a serialized PageCall is answered by what the page's `gpuCall` gives, serialized.
 */
export default async function sharePages(project: TestProject): Promise<() => Promise<void>> {
  let browser: Promise<GpuBrowser> | undefined;
  const pages = new Map<string, Promise<Page>>();
  const open = async () => {
    browser ??= openGpuBrowser(new URL("./page.ts", import.meta.url));
    return (await browser).newPage();
  };
  const server = createServer(async (request, response) => {
    try {
      const name = request.url ?? "/";
      const page = pages.get(name) ?? open();
      pages.set(name, page);
      const call = deserialize(await body(request)) as PageCall;
      const answer = await (await page).evaluate((given) => globalThis.gpuCall(given), call);
      response.end(serialize(answer));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((listening) => server.listen(0, "localhost", listening));
  project.provide("gpuPages", `http://localhost:${(server.address() as AddressInfo).port}`);
  return async () => {
    await (await browser)?.close();
    server.close();
    server.closeAllConnections();
  };
}

async function body(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
