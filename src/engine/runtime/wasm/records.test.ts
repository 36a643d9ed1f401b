import { expect, test } from "vitest";
import { assemblyRecords } from "./assembly-records.ts";
import { kernelNames, recordLayouts, recordWords } from "./records.ts";

test("the kernels read the records that the lowering writes", async () => {
  await expect(assemblyRecords()).toMatchFileSnapshot("./assembly/records.ts");
});

test.each(kernelNames)("%s fits in a record", (name) => {
  expect(1 + Object.keys(recordLayouts[name]).length).toBeLessThanOrEqual(recordWords);
});
