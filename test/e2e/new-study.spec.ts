import { expect, test } from "@playwright/test";
import { drop } from "./drop.ts";

const sweep = `NAME: mine
SETUP:
  NUM_CONFIGS: 12
  SAMPLERS:
    REGNET: {TYPE: regnet_sampler, DEPTH: [4, 12], GROUP_W: [1, 32]}
    OPTIM.BASE_LR: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.25, 4.0], QUANTIZE: 1.0e-10}
  CONSTRAINTS: {CX: {FLOPS: [2.0e+6, 9.0e+6]}, REGNET: {NUM_STAGES: [3, 3]}}
  BASE_CFG: {MODEL: {TYPE: regnet}, REGNET: {STEM_TYPE: res_stem_cifar}, TRAIN: {DATASET: mnist}}
`;

test("a template and a sweep of pycls become the set-up; what a population says of its parameters is in the address", async ({
  page,
}) => {
  await page.goto("./");
  const newStudy = page.getByRole("button", { name: "New study" });
  await newStudy.click();
  await page.getByRole("button", { name: /^With and without squeeze-and-excitation/ }).click();
  await expect(page.getByRole("textbox", { name: "Name of the study" })).toHaveValue(
    "Squeeze-and-excitation",
  );
  await expect(page.getByRole("combobox", { name: "Y: squeeze-and-excitation" })).toHaveValue("0.25");
  const depth = page.getByRole("textbox", { name: "Y: depth" });
  await expect(depth).toHaveAttribute("placeholder", "1..24");
  await depth.fill("90..");
  await expect(
    page.getByText("90.. is empty; it goes from 90 to 24, where the end is the space's own", { exact: true }),
  ).toBeVisible();
  await depth.fill("6..9");
  await page.getByRole("combobox", { name: "Y: norm" }).selectOption("proxy-layer");
  await expect(page).toHaveURL(
    /name:Y,space:regnetx,count:24,norm:proxy-layer,flops:1M\.\.3M,depth:6\.\.9,seRatio:0\.25/,
  );
  await page.reload();
  await expect(depth).toHaveValue("6..9");

  await newStudy.click();
  const text = page.getByRole("textbox", { name: "Study file or pycls sweep, as text" });
  await text.fill("SETUP: {}");
  await expect(page.getByRole("alert").filter({ hasText: "SETUP.NUM_CONFIGS: missing" })).toBeVisible();
  // A text dragged into the field goes there as into any other; a file is read, and can be read again.
  expect(await drop(text, { text: "NAME: dragged" })).toEqual([false]);
  expect(await drop(text, { text: "NAME: dropped", file: "sweep.yaml" })).toEqual([true]);
  await expect(text).toHaveValue("NAME: dropped");
  const chooser = page.getByLabel("Study file or pycls sweep", { exact: true });
  await chooser.setInputFiles({ name: "mine.yaml", mimeType: "text/yaml", buffer: Buffer.from(sweep) });
  await expect(text).toHaveValue(sweep);
  await expect(chooser).toHaveValue("");
  const result = page.getByTestId("import-result");
  await expect(result).toContainText("12 networks of RegNetX");
  await expect(result).toContainText("SETUP.SAMPLERS.OPTIM.BASE_LR only networks are sampled here");
  await result.getByRole("button", { name: "Use this study" }).click();
  await expect(page.getByRole("textbox", { name: "mine: depth" })).toHaveValue("4..12");
  await expect(page.getByRole("textbox", { name: "mine: group width" })).toHaveValue("1..32");
});
