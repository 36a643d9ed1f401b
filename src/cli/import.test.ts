import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { temporaryFolder } from "../../test/fixtures/temporary-folder.ts";
import { runCli } from "./run.ts";
import { readStudy } from "./study-file.ts";

const folder = temporaryFolder();
const sweep = join(folder, "sweep.yaml");
writeFileSync(
  sweep,
  `SETUP:
  NUM_CONFIGS: 4
  SAMPLERS: {REGNET: {TYPE: regnet_sampler, DEPTH: [4, 8]}}
  BASE_CFG: {MODEL: {TYPE: regnet}, REGNET: {STEM_TYPE: res_stem_cifar}, NUM_GPUS: 1}
`,
);

async function run(...args: string[]) {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      written[stream] += text;
      return true;
    }),
  );
  const status = await runCli(args);
  for (const spy of spies) spy.mockRestore();
  return { status, ...written };
}

test("import writes a study that is read back, and tells what it did not take over", async () => {
  const out = join(folder, "study.yaml");
  const { status, stderr } = await run("import", sweep, "--out", out);
  expect(status).toBe(0);
  expect(stderr).toContain("not taken over: SETUP.BASE_CFG.NUM_GPUS: says how a machine works");
  const study = await readStudy(out);
  expect(study.populations[0]).toMatchObject({
    space: "regnetx",
    count: 4,
    parameters: { depth: { from: 4, to: 8 } },
  });
  const again = await run("import", sweep, "--out", out);
  expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining("exists; --force replaces it") });
  expect((await run("import", sweep)).stdout.trim()).toBe(readFileSync(out, "utf8").trim());
});

test("sweep says what to do with a sweep of pycls", async () => {
  const { status, stderr } = await run("sweep", sweep, "--out", join(folder, "r.jsonl"));
  expect(status).toBe(2);
  expect(stderr).toContain(
    `a sweep of pycls; "designscape import ${sweep} --out study.yaml" makes a study of it`,
  );
});
