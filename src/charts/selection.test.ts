import { describe, expect, test } from "vitest";
import { brushed, emphasisOf, pressed } from "./selection.ts";

const set = (...ids: string[]) => new Set(ids);

describe("linked selection", () => {
  test("with nothing selected no mark is faded; else those that are not selected", () => {
    expect(emphasisOf(set(), "a")).toBe("plain");
    expect(emphasisOf(set("a"), "a")).toBe("selected");
    expect(emphasisOf(set("a"), "b")).toBe("faded");
  });

  test("a press selects one mark; pressed again it lets go", () => {
    expect(pressed(set("b", "c"), "a", false)).toEqual(set("a"));
    expect(pressed(set("a", "c"), "a", false)).toEqual(set("a"));
    expect(pressed(set("a"), "a", false)).toEqual(set());
  });

  test("an adding press toggles one mark and leaves the others", () => {
    expect(pressed(set("b"), "a", true)).toEqual(set("b", "a"));
    expect(pressed(set("a", "b"), "a", true)).toEqual(set("b"));
  });

  test("a brush replaces what was selected, or adds to it, and never changes the set it was given", () => {
    const before = set("a");
    expect(brushed(before, ["b"], false)).toEqual(set("b"));
    expect(brushed(before, ["b"], true)).toEqual(set("a", "b"));
    expect(before).toEqual(set("a"));
  });
});
