import { describe, expect, test } from "vitest";
import { classFolders } from "./class-folders.ts";

const read = (paths: readonly string[], folders?: readonly string[]) => {
  const { classes, files, ignored } = classFolders("a.zip", paths, folders);
  return {
    classes,
    ignored,
    files: Object.fromEntries(
      files.map(({ index, label, part }) => [paths[index], [classes[label], part ?? "-"].join(" ")]),
    ),
  };
};

describe("classes are read off folders", () => {
  test("class folders alone, with clutter and a README", () => {
    expect(
      read([
        "tulip/1.png",
        "rose/2.png",
        "rose/sub/3.jpg",
        "README.md",
        "__MACOSX/rose/._2.png",
        "rose/.DS_Store",
      ]),
    ).toEqual({
      classes: ["rose", "tulip"],
      ignored: ["README.md"],
      files: { "tulip/1.png": "tulip -", "rose/2.png": "rose -", "rose/sub/3.jpg": "rose -" },
    });
  });

  test("folders around everything do not matter", () => {
    expect(
      read(["data/flowers/rose/1.png", "data/flowers/tulip/1.png"], ["data", "data/flowers"]).classes,
    ).toEqual(["rose", "tulip"]);
  });

  test.each(["test", "Test", "val", "validation", "testing"])("train and %s are a division", (name) => {
    expect(read([`train/a/1.png`, `train/b/1.png`, `${name}/a/2.png`, `${name}/b/2.png`]).files).toEqual({
      "train/a/1.png": "a train",
      "train/b/1.png": "b train",
      [`${name}/a/2.png`]: "a test",
      [`${name}/b/2.png`]: "b test",
    });
  });

  test("a validation folder beside a test folder trains", () => {
    const { files } = read(["s/train/a/1.png", "s/val/b/2.png", "s/test/a/3.png"]);
    expect(Object.values(files)).toEqual(["a train", "b train", "a test"]);
  });

  test("train and test may be classes of their own kind where one is missing", () => {
    expect(read(["train/1.png", "car/1.png"]).classes).toEqual(["car", "train"]);
  });
});

describe("refused, with the place", () => {
  test.each<[string, readonly string[], readonly string[], string]>([
    [
      "one class only",
      ["rose/1.png", "rose/2.png"],
      [],
      "a.zip: holds one class only (rose); at least 2 are needed",
    ],
    [
      "no images in folders",
      ["notes.txt"],
      [],
      "a.zip: holds no images in class folders; a folder for each class",
    ],
    ["nothing", [], [], "a.zip: holds no images in class folders"],
    [
      "an image outside",
      ["rose/1.png", "tulip/1.png", "3.png"],
      [],
      "a.zip: 3.png lies in no class folder; a folder for each class (rose/1.png)",
    ],
    [
      "an image outside of the parts' classes",
      ["train/a/1.png", "test/b/1.png", "train/x.png"],
      [],
      "a.zip: train/x.png lies in no class folder",
    ],
    [
      "an empty class",
      ["rose/1.png", "tulip/1.png"],
      ["lily"],
      "a.zip: class folder lily is empty; every class needs",
    ],
    [
      "an empty class of a part",
      ["train/a/1.png", "train/b/1.png", "test/a/1.png"],
      ["train", "test", "test/b"],
      "a.zip: class folder test/b is empty",
    ],
    [
      "too many classes",
      Array.from({ length: 257 }, (_, i) => `${i}/1.png`),
      [],
      "a.zip: holds 257 classes; at most 256 are allowed",
    ],
  ])("%s", (_, paths, folders, message) => {
    expect(() => classFolders("a.zip", paths, folders)).toThrow(message);
  });
});
