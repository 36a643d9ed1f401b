import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Range } from "../../sweep/quantity.ts";
import { everyTrial, type TrialFilter } from "./filter.ts";
import { formatFilter, parseFilter } from "./filter-text.ts";

const amount = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.integer({ min: 0, max: 2e9 }),
);
const range: fc.Arbitrary<Range> = fc
  .tuple(amount, amount, fc.constantFrom("min", "max", "both"))
  .map(([a, b, ends]) =>
    ends === "min" ? { min: a } : ends === "max" ? { max: a } : { min: Math.min(a, b), max: Math.max(a, b) },
  );
const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((text) => text.trim() === text);

const anyFilter: fc.Arbitrary<TrialFilter> = fc.record({
  studies: fc.array(name, { maxLength: 2 }),
  populations: fc.array(name, { maxLength: 3 }),
  statuses: fc.uniqueArray(fc.constantFrom("done", "diverged", "failed", "stopped"), { maxLength: 3 }),
  ranges: fc
    .uniqueArray(fc.tuple(fc.constantFrom("flops", "error", "slope", "width4", "fitError"), range), {
      selector: ([key]) => key,
      maxLength: 4,
    })
    .map((entries) => Object.fromEntries(entries)),
});

describe("filters as text", () => {
  test("every filter comes back as it was, also out of a URL", () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        const text = formatFilter(filter);
        expect(parseFilter(text)).toEqual(filter);
        expect(parseFilter(new URLSearchParams({ f: text }).get("f")!)).toEqual(filter);
      }),
    );
  });

  test("is short and readable", () => {
    const filter = parseFilter("population:RegNetX, status:done, flops:1M..3M, error:..30%, w_a:..40, d:12");
    expect(filter).toEqual({
      studies: [],
      populations: ["RegNetX"],
      statuses: ["done"],
      ranges: {
        flops: { min: 1e6, max: 3e6 },
        error: { max: 0.3 },
        slope: { max: 40 },
        depth: { min: 12, max: 12 },
      },
    });
    expect(formatFilter(filter)).toBe(
      "population:RegNetX,status:done,flops:1M..3M,error:..0.3,slope:..40,depth:12",
    );
  });

  test("nothing is no condition", () => {
    expect(parseFilter("")).toEqual(everyTrial);
    expect(formatFilter(everyTrial)).toBe("");
  });

  test.each([
    ["flops", /filter "flops": expected key:value/],
    ["color:red", /"color" is no metric; expected study, population, status, error, flops/],
    ["flops:many", /filter "flops:many": expected a range such as "1M..3M"/],
    ["flops:..", /expected a range/],
    ["flops:1..2..3", /expected a range/],
    ["flops:3M..1M", /the range is empty \(min is above max\)/],
    ["flops:1M..,flops:..2M", /"flops" has a range already/],
    ["w_0:8..,initialWidth:..9", /"initialWidth" has a range already/],
    ["status:perfect", /"perfect" is no status; expected done, diverged, failed, cut, waits, stopped/],
    ["population:", /the name is missing/],
    ["population:100%", /not percent-encoded text; write %25/],
  ])("%s is refused with what is allowed", (text, message) => {
    expect(() => parseFilter(text)).toThrow(message);
  });
});
