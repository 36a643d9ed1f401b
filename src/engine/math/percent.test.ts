import { expect, test } from "vitest";
import { percentOf, percentText } from "./percent.ts";

test("what was measured has the same digits everywhere, what was set those it was set with", () => {
  expect([0, 0.36, 0.0934, 1].map((error) => percentText(error))).toEqual([
    "0.0%",
    "36.0%",
    "9.3%",
    "100.0%",
  ]);
  expect([percentText(0.2, 0), percentText(0.0934, 2)]).toEqual(["20%", "9.34%"]);
  expect([0.07, 0.57, 0.855].map(percentOf)).toEqual([7, 57, 85.5]);
});
