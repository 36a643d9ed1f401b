import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { trialWork } from "../cost-model.ts";
import { checkPopulations, drawTrial } from "../population.ts";
import { isDrawn, parseStudy, type Study } from "../study.ts";
import { laptopMinutes, laptopSpeed, templateText } from "./template.ts";
import { studyOfTemplate, templates } from "./templates.ts";

const named = templates.map((template) => [template.id, template] as const);
const examples = join(import.meta.dirname, "../../../../examples");
const networks = ({ populations }: Study) => populations.reduce((sum, { count }) => sum + count, 0);

test("times on two cores are work over speed", () => {
  expect(laptopMinutes(6 * 60 * laptopSpeed)).toBe(6);
  expect(laptopMinutes(1)).toBe(1);
});

describe.each(named)("%s", (id, template) => {
  const study = studyOfTemplate(template);

  test("the file under examples/ is the template, and parses to its study", async () => {
    const text = templateText(template);
    await expect(text).toMatchFileSnapshot(join(examples, `${id}.yaml`));
    expect(parseStudy(parse(text))).toEqual(study);
  });

  test("every population can be drawn, and the study takes as long as it says", () => {
    checkPopulations(study);
    const work = study.populations.reduce((sum, population) => {
      const known = isDrawn(population) ? 3 : population.count;
      const drawn = Array.from({ length: known }, (_, i) =>
        drawTrial({ ...study, studyId: "s" }, population, i),
      );
      const own = drawn.reduce((part, { network }) => part + trialWork(network, study.regime), 0);
      return sum + (own * population.count) / known;
    }, 0);
    expect(template.work / work, work.toPrecision(2)).toBeGreaterThan(0.7);
    expect(template.work / work, work.toPrecision(2)).toBeLessThan(1.4);
    expect(networks(study)).toBeLessThanOrEqual(100);
  });
});
