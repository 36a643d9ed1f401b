import { spawnSync } from "node:child_process";
import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../test/fixtures/temporary-folder.ts";
import { claimAddress, claimFile } from "./node-file-claim.ts";

test("a file is claimed once, whatever it is called and whether it is there yet; then again", async () => {
  const folder = temporaryFolder();
  const [path, link] = [join(folder, "out.jsonl"), join(folder, "link.jsonl")];
  const release = await claimFile(path);
  expect(release).toBeDefined();
  expect(await claimFile(join(folder, "sub", "..", "out.jsonl"))).toBeUndefined();
  writeFileSync(path, "");
  symlinkSync(path, link);
  expect(await claimFile(link)).toBeUndefined();
  const other = await claimFile(join(folder, "other.jsonl"));
  await other!();
  await release!();
  const again = await claimFile(link);
  expect(again).toBeDefined();
  await again!();
});

test.runIf(process.platform !== "win32")("the socket file of a process that died is no claim", async () => {
  const address = join(temporaryFolder(), "s");
  const dying = `require("node:net").createServer().listen(${JSON.stringify(address)}, () => process.kill(process.pid, "SIGKILL"))`;
  expect(spawnSync(process.execPath, ["-e", dying]).signal).toBe("SIGKILL");
  expect(existsSync(address)).toBe(true);
  const release = await claimAddress(address);
  expect(release).toBeDefined();
  expect(await claimAddress(address)).toBeUndefined();
  await release!();
});
