import { describe, expect, test } from "vitest";
import { datasetFolder, isOwnName, ownNameFor } from "./dataset-name.ts";

test.each(["own:flowers", "own:2-cats", "own:a", `own:${"a".repeat(40)}`])(
  "%s is a name of own images",
  (name) => expect(isOwnName(name)).toBe(true),
);

test.each([
  "flowers",
  "own:",
  "own:-a",
  "own:a--b",
  "own:A",
  "own:a/b",
  "own:../x",
  "own:a b",
  `own:${"a".repeat(41)}`,
  "own:a\n",
])("%j is none", (name) => expect(isOwnName(name)).toBe(false));

describe("a name for a file", () => {
  test.each([
    ["My Flowers (2).zip", "own:my-flowers-2"],
    ["Blätter.ZIP", "own:blatter"],
    ["../../etc/passwd.zip", "own:etc-passwd"],
    ["猫.zip", "own:images"],
    ["train-images-idx3-ubyte.gz", "own:train-images"],
    [`${"ab ".repeat(30)}.zip`, `own:${"ab-".repeat(13)}a`],
  ])("%s → %s, a legal one", (file, name) => {
    expect(ownNameFor(file)).toBe(name);
    expect(isOwnName(name)).toBe(true);
  });
});

test("a folder has no colon, which Windows forbids", () => {
  expect(datasetFolder("own:flowers")).toBe("own/flowers");
  expect(datasetFolder("mnist")).toBe("mnist");
});
