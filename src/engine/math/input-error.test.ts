import { describe, expect, test } from "vitest";
import { z } from "zod";
import { InputError, parseInput } from "./input-error.ts";

const schema = z.strictObject({
  depth: z.int().min(1).max(16),
  ratio: z.number().positive().max(64),
  step: z.number().gt(1).max(8),
  stages: z.array(z.strictObject({ width: z.int().min(8).max(64) })).min(1),
});
const good = { depth: 4, ratio: 1, step: 2, stages: [{ width: 8 }] };

function complaint(change: object): string {
  try {
    parseInput(schema, { ...good, ...change }, "net");
  } catch (error) {
    if (error instanceof InputError) return error.message;
  }
  return "";
}

describe("bad input is told by where, what and what is allowed", () => {
  test.each([
    [{ depth: 0 }, "net.depth: 0 is not allowed; expected a whole number from 1 to 16"],
    [{ depth: 1.5 }, "net.depth: 1.5 is not allowed; expected a whole number from 1 to 16"],
    [{ ratio: 0 }, "net.ratio: 0 is not allowed; expected a number above 0, up to 64"],
    [{ step: 1 }, "net.step: 1 is not allowed; expected a number above 1, up to 8"],
    [{ depth: undefined }, "net.depth: missing; expected a whole number from 1 to 16"],
    [
      { stages: [{ width: 8 }, { width: 4 }] },
      "net.stages[1].width: 4 is not allowed; expected a whole number from 8 to 64",
    ],
    [{ stages: [] }, "net.stages: [] is not allowed; at least 1 item"],
    [{ dept: 3 }, "net.dept: unknown field; the fields here are depth, ratio, step, stages"],
  ])("%j", (change, message) => {
    expect(complaint(change)).toBe(message);
  });

  test("every problem is told, not only the first", () => {
    expect(complaint({ depth: 99, ratio: -1 }).split("; ")).toHaveLength(4);
  });
});
