import { expect, test } from "@playwright/test";
import { briefStudyOf, tinyStudy } from "./tiny-study.ts";

/** Wrong input never breaks the page: it says which field, what is allowed, and goes on. */

for (const { what, hash, says } of [
  {
    what: "a count over the limit",
    hash: "#/study?v=1&p=name:a,space:regnetx,count:5000",
    says: "populations[0].count: 5000 is not allowed; expected a whole number from 1 to 1000",
  },
  {
    what: "an unknown field",
    hash: "#/study?v=1&p=name:a,space:regnetx,count:5&widht=7",
    says: "regime.widht: unknown field",
  },
  {
    what: "an empty range",
    hash: "#/study?v=1&p=name:a,space:regnetx,count:5,flops:4M..2M",
    says: "populations[0].budget.flops: 4M..2M is empty (min is above max)",
  },
  {
    what: "no population",
    hash: "#/study?v=1",
    says: "populations: [] is not allowed; at least 1 item",
  },
  {
    what: "an unknown key alone",
    hash: "#/study?s=garbage",
    says: "s: unknown key; a study is v=1 and p=… for each of its populations",
  },
  {
    what: "an unknown view",
    hash: "#/nonsense",
    says: '"nonsense" is no view; expected one of explore, study, compare',
  },
])
  test(`a link with ${what} is named, and the defaults stand`, async ({ page }) => {
    await page.goto(`./${hash}`);
    await expect(page.getByRole("alert")).toContainText(says);
    await expect(page.getByRole("textbox", { name: "Name of the study" })).toHaveValue(
      "AnyNetXA against RegNetX",
    );
    await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
    await page.getByRole("button", { name: "Dismiss this message" }).click();
    await expect(page.getByRole("alert")).toHaveCount(0);
  });

test("a field that keeps the study from running says so, and Run waits", async ({ page }) => {
  await page.goto(`./${tinyStudy.hash}`);
  await page.getByRole("textbox", { name: "Batch" }).fill("600");
  await expect(
    page.getByText("600 is not allowed; at most the images per epoch (512)").first(),
  ).toBeVisible();
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeDisabled();
  await page.getByRole("textbox", { name: "Batch" }).fill("64");
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
});

test("a budget that nothing satisfies is told while it is set", async ({ page }) => {
  await page.goto("./#/study?v=1&p=name:a,space:regnetx,count:2,flops:1..2");
  await expect(page.getByRole("alert")).toContainText(/flops/i);
});

test("a missing shard is a message with the command that repairs it", async ({ page }) => {
  await page.route("**/data/fashion-mnist/train-*.bin", (route) => route.fulfill({ status: 404 }));
  await page.goto(`./${briefStudyOf(1).hash}`);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("train-000.bin");
  await expect(page.getByRole("alert").locator("code")).toHaveText("npm run data -- fashion-mnist --force");
  await page.unroute("**/data/fashion-mnist/train-*.bin");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("2 of 2 trained")).toBeVisible();
});

test("a browser without WebAssembly SIMD is told what it lacks, and trains all the same", async ({
  page,
}) => {
  // The kernels do not compile there: to the page it is the same as bytes that are no kernels.
  await page.route("**/kernels/*.wasm", (route) =>
    route.fulfill({ body: Buffer.from([0, 97, 115, 109, 9, 0, 0, 0]) }),
  );
  await page.goto("./");
  const notice = page.getByRole("status").filter({ hasText: "Slower than it could be." });
  await expect(notice).toContainText("WebAssembly SIMD is needed");
  await expect(notice).toContainText("plain JavaScript instead");
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
});

test("a page that cannot reach its kernels says so, and Run waits", async ({ page }) => {
  await page.route("**/kernels/*.wasm", (route) => route.fulfill({ status: 404 }));
  await page.goto("./");
  const notice = page.getByRole("alert").filter({ hasText: "Nothing can be trained here." });
  await expect(notice).toContainText("the server says 404");
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeDisabled();
});

test("a part of the page that does not load says so, and the rest stays", async ({ page }) => {
  // As after a newer version was put in its place.
  await page.route("**/assets/new-study-dialog-*.js", (route) => route.fulfill({ status: 404 }));
  await page.goto("./");
  await page.getByRole("button", { name: "New study" }).click();
  const notice = page.getByRole("alert").filter({ hasText: "This view cannot be drawn." });
  await expect(notice).toContainText("new-study-dialog");
  await page.unroute("**/assets/new-study-dialog-*.js");
  await notice.getByRole("button", { name: "Reload the page" }).click();
  await page.getByRole("button", { name: "New study" }).click();
  await expect(page.getByRole("dialog", { name: "New study" })).toBeVisible();
});
