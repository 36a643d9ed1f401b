import { expect, type Page, test } from "@playwright/test";
import { storedTrials, sweepWorker } from "./recorded.ts";
import { tinyStudyOf } from "./tiny-study.ts";

/** Threads in a real browser: there where the page is isolated, with the results of one, and replaced when they die. */

const twoNetworks = tinyStudyOf(1).hash;

const badge = (page: Page) => page.getByRole("note", { name: /^Trained by/ });
const rows = (page: Page) => page.getByRole("grid", { name: "Trials" }).locator("tbody tr");

/** The page's own choice, of this machine's cores. */
const threadsHere = (page: Page) => page.evaluate(() => Math.min(navigator.hardwareConcurrency, 8));

async function run(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("button", { name: "Change the set-up" })).toBeVisible();
}

/** Losses and errors of all trials, as the page keeps them; the times are left out. */
async function recordedEpochs(page: Page): Promise<string> {
  const trials = await storedTrials(page);
  return JSON.stringify(
    trials.map(({ id, epochs }) => [id, epochs.map(({ ms: _, ...epoch }) => epoch)]),
    undefined,
    1,
  );
}

/** As a server does that knows nothing of cross-origin isolation. */
async function withoutIsolation(page: Page): Promise<void> {
  // Of the document alone: what it says holds for all that it loads.
  await page.route("**/some/where/", async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers() };
    delete headers["cross-origin-opener-policy"];
    delete headers["cross-origin-embedder-policy"];
    await route.fulfill({ response, headers });
  });
}

/** Runs ahead of the sweep worker: its first thread waits for the first step, and ends in it with an error. */
const dyingThread = `
  const dies = \`
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...given) => {
      const { exports } = await instantiate(...given);
      const work = (thread, threads, sync) => {
        Atomics.wait(new Int32Array(given[1].env.memory.buffer), sync / 4, 0);
        throw new Error("out of luck");
      };
      return { exports: { ...exports, work } };
    };
  \`;
  const address = (script) => URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const OwnWorker = Worker;
  globalThis.threadsStarted = 0;
  globalThis.Worker = class extends OwnWorker {
    constructor(url, options) {
      const first = globalThis.threadsStarted++ === 0;
      super(first ? address(\`import "\${address(dies)}"; import "\${url}";\`) : url, options);
    }
  };
`;

test("an isolated page trains on several threads, any other on one and says why; a thread that dies costs its trial the epoch under way: it goes on with new threads; all to the same losses", async ({
  browser,
  page,
}) => {
  await page.goto(`./${twoNetworks}`);
  const threads = await threadsHere(page);
  await expect(badge(page)).toContainText(`WebAssembly, ${threads} threads`);
  await expect(page.getByText("Slower than it could be")).toHaveCount(0);
  await run(page);
  const undisturbed = await recordedEpochs(page);
  expect(JSON.parse(undisturbed)).toHaveLength(2);
  await page.close();

  const alone = await (await browser.newContext()).newPage();
  await withoutIsolation(alone);
  await alone.goto(`./${twoNetworks}`);
  expect(await alone.evaluate(() => crossOriginIsolated)).toBe(false);
  await expect(badge(alone)).toContainText("WebAssembly, 1 thread");
  await expect(badge(alone)).not.toContainText("threads");
  await expect(alone.getByRole("alert").or(alone.getByRole("status"))).toContainText([
    "Training on one thread: the server that this page came from sends no headers for cross-origin isolation.",
  ]);
  await run(alone);
  expect(await recordedEpochs(alone)).toBe(undisturbed);
  await alone.close();

  const struck = await (await browser.newContext()).newPage();
  await struck.route("**/sweep-worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: dyingThread + (await response.text()) });
  });
  await struck.goto(`./${twoNetworks}`);
  await expect(badge(struck)).toContainText(`${threads} threads`);
  await run(struck);
  await expect(struck.getByText("2 of 2 trained")).toBeVisible();
  await expect(rows(struck).filter({ hasText: "failed" })).toHaveCount(0);
  const started = await sweepWorker(struck).evaluate(() => Reflect.get(globalThis, "threadsStarted"));
  expect(started).toBe(2 * (threads - 1));
  expect(await recordedEpochs(struck)).toBe(undisturbed);
});
