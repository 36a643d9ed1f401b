import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type CDPSession, expect, type Page, test } from "@playwright/test";
import { violations } from "./axe.ts";
import { expectFits } from "./layout.ts";
import { timeBudget } from "./time-budget.ts";

const regnet400 = "#/explore?f=regnetx&stem=simple&d=22&w0=24&wa=24.48&wm=2.54&b=1&g=16";

const slider = (page: Page, name: string) => page.getByRole("slider", { name, exact: true });
const field = (page: Page, name: string) =>
  page.getByRole("textbox", { name: `${name}, number`, exact: true });
const sampled = (page: Page) => expect(page.locator('[data-state="drawn"]')).toBeVisible();

async function costs(page: Page) {
  const exact = (key: string) => page.locator(`[data-cost=${key}] [data-exact]`).getAttribute("data-exact");
  const [flops, params, acts] = await Promise.all(["flops", "params", "acts"].map(exact));
  return { flops: Number(flops), params: Number(params), acts: Number(acts) };
}

async function pick(page: Page, button: string, item: string | RegExp): Promise<void> {
  await page.getByRole("button", { name: button }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

test("a moved slider changes drawing, widths, table, cost and place at once, and the address follows", async ({
  page,
}) => {
  await page.goto("./#/explore");
  await sampled(page);
  const before = await costs(page);
  const drawing = page.locator("[data-chart=network] svg");
  const drawn = await drawing.getAttribute("aria-label");
  const place = await page.locator("[data-metric=flops] output").textContent();
  await slider(page, "Depth d").press("End");
  expect(await field(page, "Depth d").inputValue()).toBe("24");
  const after = await costs(page);
  expect(after.flops).toBeGreaterThan(before.flops);
  expect(await drawing.getAttribute("aria-label")).not.toBe(drawn);
  expect(await page.locator("[data-metric=flops] output").textContent()).not.toBe(place);
  const depths = await page.getByTestId("stages").locator("[data-stage] td:nth-child(3)").allTextContents();
  expect(depths.reduce((sum, text) => sum + (Number(text) || 0), 0)).toBe(24);
  await expect(page).toHaveURL(/#\/explore\?f=regnetx&stem=small&d=24&/);
  // What only a compiled plan knows follows when the knobs rest.
  await expect(page.locator("dd", { hasText: /MB$/ })).toBeVisible();
});

test("a published RegNet has the numbers of the command line, and is its own nearest relative", async ({
  page,
}) => {
  const output = execFileSync("node", ["bin/designscape.mjs", "describe", "regnetx-400mf", "--json"], {
    encoding: "utf8",
  });
  const { flops, params, acts } = JSON.parse(output);
  await page.goto("./#/explore");
  await pick(page, "Published", "RegNetX-400MF");
  expect(await costs(page)).toEqual({ flops, params, acts });
  await expect(page.getByTestId("relation")).toHaveText("1.00× the FLOPs of RegNetX-400MF");
  await expect(field(page, "Slope w_a")).toHaveValue("24.48");
});

test("Randomize draws networks of the space; a reload restores the one that is shown", async ({ page }) => {
  await page.goto("./#/explore?f=anynetxc&stem=small");
  await page.getByRole("button", { name: "Randomize" }).click();
  const first = await costs(page);
  await page.getByRole("button", { name: "Randomize" }).click();
  const second = await costs(page);
  expect(second).not.toEqual(first);
  await expect(page).toHaveURL(/draw=2/);
  await page.reload();
  expect(await costs(page)).toEqual(second);
});

test("an address that is partly wrong: what is wrong is named, the rest counts", async ({ page }) => {
  await page.goto("./#/explore?f=regnetx&stem=simple&d=0&w0=24&wa=x&wm=2.54&b=1&g=16");
  await expect(page.getByRole("alert").first()).toContainText(
    "d: 0 is not allowed; expected a whole number from 1 to 1000",
  );
  await expect(field(page, "Width multiplier w_m")).toHaveValue("2.54");
  await expect(field(page, "Depth d")).toHaveValue("22");
  await page.getByRole("button", { name: "Dismiss this message" }).click();
  await expect(page.getByText("Part of this link")).toHaveCount(0);
});

test("an illegal number is refused beside its field with the legal range; the network stays", async ({
  page,
}) => {
  await page.goto(`./${regnet400}`);
  const before = await costs(page);
  for (const [name, value, says] of [
    ["Depth d", "0", "0 is not allowed; expected a whole number from 1 to 1000. The network keeps 22."],
    ["Initial width w_0", "12", "12 is not allowed; expected a multiple of 8. The network keeps 24."],
    [
      "Width multiplier w_m",
      "1",
      "1 is not allowed; expected a number above 1, up to 1000. The network keeps 2.54.",
    ],
  ] as const) {
    await field(page, name).fill(value);
    const alert = page.getByRole("alert").filter({ hasText: says });
    await expect(alert).toBeVisible();
    await expect(field(page, name)).toHaveAttribute("aria-invalid", "true");
    expect(await costs(page)).toEqual(before);
    await slider(page, name).press("ArrowRight");
    await slider(page, name).press("ArrowLeft");
    await expect(alert).toHaveCount(0);
  }
});

test("what pycls' rule adjusts is said, and a warning stands where maps vanish", async ({ page }) => {
  await page.goto("./#/explore?f=anynetxa&stem=simple&d=1,2,7&w=84,100,160&b=1,1,2&g=8,16,64&s=2,2,2");
  const notes = page.getByTestId("notes");
  await expect(notes).toContainText("stage 1: w 84 → 80, so that g = 8 divides");
  await expect(notes).toContainText("stage 3: w 160 → 128, so that g = 64 divides w / b = 64");
  await page.getByRole("textbox", { name: "Side, pixels" }).fill("8");
  await expect(notes).toContainText("smaller than the total stride (16)");
});

test("scaling rules: φ = 0 is the baseline; TinyNet-C is found by its budget", async ({ page }) => {
  await page.goto(
    "./#/explore?f=compound&stem=simple&base=efficientnet-b0&phi=0&alpha=1.2&beta=1.1&gamma=1.15",
  );
  expect((await costs(page)).flops).toBe(385_825_092);
  await page.getByRole("combobox", { name: "Family" }).selectOption("TinyNet formula");
  await pick(page, "Published", "TinyNet-C");
  await expect(page.getByTestId("relation")).toHaveText("1.00× the FLOPs of TinyNet-C");
  await slider(page, "Budget c").press("End");
  expect((await costs(page)).flops).toBeGreaterThan(300e6);
});

test("Train this one opens the study with exactly this network and trains it", async ({ page }) => {
  await page.goto("./#/explore?f=regnetx&stem=small&d=3&w0=8&wa=8&wm=2&b=1&g=8");
  await page.getByRole("button", { name: "Train this one" }).click();
  await expect(page).toHaveURL(/#\/study\?.*networks:/);
  await expect(page.getByText("one given network")).toBeVisible();
  // Under way or already over.
  await expect(page.locator("[data-status=training], [data-status=done]").first()).toBeVisible();
  await page.getByRole("link", { name: "Explore" }).click();
  await expect(field(page, "Depth d")).toHaveValue("3");
  await page.getByRole("link", { name: "Study" }).click();
  await expect(page.getByText("one given network")).toBeVisible();
});

test("Add to study appends the network, or a population of its space, to the set-up", async ({ page }) => {
  await page.goto(`./${regnet400}`);
  await pick(page, "Add to study", "This network");
  await expect(page.getByText("3 populations.")).toBeVisible();
  await pick(page, "Add to study", "A population of RegNetX");
  await page.getByRole("link", { name: "Open the study" }).click();
  await expect(page.getByRole("textbox", { name: "Name of population 3" })).toHaveValue("Chosen RegNetX");
  await expect(page.getByText(/one given network, .* FLOPs/)).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Name of population 4" })).toHaveValue("RegNetX 2");
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
});

test("the config leaves as JSON and as pycls' YAML", async ({ page }) => {
  await page.goto(`./${regnet400}`);
  const save = async (key: string) => {
    await page.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator(`[data-export=${key}]`).click(),
    ]);
    return readFileSync(await download.path(), "utf8");
  };
  const spec = JSON.parse(await save("json"));
  expect(spec.stages.map(({ width }: { width: number }) => width)).toEqual([32, 64, 160, 384]);
  expect(await save("pycls")).toMatch(/REGNET:[\s\S]*WA: 24\.48/);
});

test("a slider move takes less than a frame", async ({ context, page }, info) => {
  const session = await context.newCDPSession(page);
  // Processor time, not the clock's: on a busy machine a task also waits for its turn.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  for (const [hash, name] of [
    ["#/explore", "Depth d"],
    [regnet400, "Slope w_a"],
    ["#/explore?f=anynetxe&stem=simple", "Widths w_i, stage 3"],
    ["#/explore?f=compound&stem=simple", "Compound coefficient φ"],
    ["#/explore?f=tiny&stem=simple", "Budget c"],
  ] as const) {
    // A page of its own: nothing of the one before is still being drawn.
    await page.goto("about:blank");
    await page.goto(`./${hash}`);
    await sampled(page);
    const moves = 20;
    const before = await taskSeconds(session);
    const clock = await slider(page, name).evaluate(move, moves);
    const each = (1000 * ((await taskSeconds(session)) - before)) / moves;
    const description = `${name}: ${each.toFixed(1)} ms of processor time a move, all tasks; by the clock ${clock.toFixed(1)} ms to the new layout`;
    info.annotations.push({ type: "slider move", description });
    expect(each, description).toBeLessThan(timeBudget(16));
  }
});

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")!.value;
}

/** Moves a slider stop by stop; gives the median time from the event to styles and layout of the whole page. */
async function move(element: SVGElement | HTMLElement, moves: number): Promise<number> {
  const input = element as HTMLInputElement;
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!.set!;
  const times: number[] = [];
  const stops = Number(input.max) + 1;
  for (let i = 1; i <= moves; i++) {
    const began = performance.now();
    set.call(input, String((Number(input.value) + 1) % stops));
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await Promise.resolve();
    void document.body.offsetHeight;
    times.push(performance.now() - began);
    await new Promise((done) => setTimeout(done, 25));
  }
  return times.sort((a, b) => a - b)[moves >> 1]!;
}

// Each opens at another size, and is resized to the others.
for (const [family, hash, opensAt] of [
  ["RegNet", regnet400, 0],
  ["EfficientNetV2", "#/explore?f=efficientnetv2&stem=small", 1],
  ["TinyNet", "#/explore?f=tiny&stem=simple", 2],
] as const)
  test(`${family} passes axe, cuts no text and never scrolls sideways, in both themes and at any size`, async ({
    page,
  }) => {
    const sizes = [
      [1440, 900, "light", "dark"],
      [820, 1180, "dark"],
      [390, 844, "light"],
    ] as const;
    for (const [i, [width, height, ...schemes]] of [
      ...sizes.slice(opensAt),
      ...sizes.slice(0, opensAt),
    ].entries()) {
      await page.setViewportSize({ width, height });
      if (i === 0) {
        await page.goto(`./${hash}`);
        await sampled(page);
      }
      const at = `${width}×${height}`;
      for (const [j, colorScheme] of schemes.entries()) {
        await page.emulateMedia({ colorScheme });
        const look = j > 0 ? ({ rules: "colours" } as const) : {};
        expect(await violations(page, look), `${colorScheme}, ${at}`).toEqual([]);
      }
      await expectFits(page, at);
    }
  });
