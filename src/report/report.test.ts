import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { fakeTrial } from "../../test/fixtures/fake-trial.ts";
import { edfFigure } from "../charts/edf/edf-chart.tsx";
import { populationLook } from "../charts/palette.ts";
import { analyzeGroups } from "../engine/analysis/analyze.ts";
import type { ComparedGroup } from "../engine/analysis/comparison-table.ts";
import { dkwBand } from "../engine/analysis/dkw.ts";
import { predictedTimes } from "../engine/analysis/predicted-times.ts";
import { groupTrials } from "../engine/analysis/trials/groups.ts";
import { observe } from "../engine/analysis/trials/observation.ts";
import { buildReport } from "./build-report.ts";

const errors = { AnyNetXA: [0.31, 0.35, 0.29, 0.41, 0.33], RegNetX: [0.21, 0.22, 0.25, 0.23, 0.28] };
const trials = Object.entries(errors).flatMap(([population, each]) =>
  each.map((error, i) => fakeTrial(population, i, error)),
);
const plain = groupTrials(trials.map(observe), "population");

function report(groups: readonly ComparedGroup[], title = "A study"): string {
  const times = predictedTimes(groups.flatMap(({ observations }) => observations));
  return buildReport({ title, facts: [], groups, analysis: analyzeGroups(groups), times });
}

/** Elements that are opened and not closed, or closed and not opened: none of a document that is whole. */
function unbalanced(html: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const markup = html.replace(/<style>[\s\S]*?<\/style>/, "").replace("<!doctype html>", "");
  for (const [, closing, name, rest] of markup.matchAll(/<(\/?)([a-zA-Z][\w-]*)((?:[^>"]|"[^"]*")*)>/g)) {
    if (name === "meta" || rest!.endsWith("/")) continue;
    if (closing === "") open.push(name!);
    else if (open.pop() !== name) wrong.push(name!);
  }
  return [...wrong, ...open];
}

describe("report", () => {
  const html = report(plain);

  test("needs nothing but itself: no script, no link, no address to fetch", () => {
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\bsrc=|\bhref=/i);
    expect(html.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:/);
  });

  test("is a whole document, with every colour defined for light and dark", () => {
    expect(unbalanced(html)).toEqual([]);
    expect(html).toContain("prefers-color-scheme:dark");
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1]!;
    const used = new Set([...html.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name!));
    expect(used.size).toBeGreaterThan(5);
    for (const name of used) expect(style.split(`${name}:`).length - 1).toBeGreaterThanOrEqual(2);
  });

  test("has the table, the sentence, captions with study, n and regime, and the data of every figure", () => {
    expect(html).toContain("<h1>A study</h1>");
    expect(html).toMatch(/<th scope="row">RegNetX<\/th><td>5<\/td><td>21\.0%<\/td>/);
    expect(html).toContain("RegNetX is better: medians 10.0 points apart");
    expect(html).toContain("A study · n = 10 · Fashion-MNIST, 2,048 images × 3 epochs, batch 32");
    const figures = html.split("<figure>").length - 1;
    expect(figures).toBeGreaterThanOrEqual(5);
    expect(html.split("<svg ").length - 1).toBe(figures);
    expect(html.split("<details>").length - 1).toBe(figures);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("has the figures of the comparison, and of each population its ranges and its best networks", () => {
    const titles = [...html.matchAll(/<h3>([^<]+)<\/h3>/g)].map(([, title]) => title!);
    expect(titles.slice(0, 4)).toEqual([
      "Error distribution",
      "Error distribution at equal complexity",
      "Random search",
      "Front of error and FLOPs",
    ]);
    expect(titles.filter((title) => title.startsWith("Error over "))).toHaveLength(12);
    expect(titles.filter((title) => title === "Block widths of the 5 best")).toHaveLength(2);
  });

  test("three populations of other flops are regimes with trends, a fit through each", () => {
    const sorted = trials.map(observe).sort((a, b) => a.values.flops! - b.values.flops!);
    const regimes = [0, 3, 6].map((from) => ({
      name: `r${from}`,
      observations: sorted.slice(from, from + 3),
    }));
    const html = report(regimes);
    expect(html).toMatch(/<h3>[^<]+ of good networks over FLOPs<\/h3>/);
    expect(html).toContain("data-fit");
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("draws the page's own chart", () => {
    const curves = Object.entries(errors).map(([name, each], p) => {
      const sorted = [...each].sort();
      const share = (i: number) => (i + 1) / sorted.length;
      return {
        id: name,
        label: name,
        ...populationLook(p),
        rows: sorted.map((x, i) => ({ x, y: share(i) })),
        band: sorted.map((x, i) => {
          const [low, high] = dkwBand(share(i), sorted.length);
          return { x, low, high };
        }),
        n: sorted.length,
        min: sorted[0]!,
        mean: each.reduce((sum, error) => sum + error, 0) / each.length,
      };
    });
    const picture = edfFigure({ curves, description: "", focus: "usual" });
    const paths = (markup: string) => [...markup.matchAll(/ d="([^"]+)"/g)].map(([, path]) => path!);
    const drawn = paths(renderToStaticMarkup(picture.draw({ width: 580, height: 360 }, true)));
    expect(drawn.length).toBeGreaterThan(3);
    for (const path of drawn) expect(html).toContain(path);
  });

  test("predicted times have a section of their own, where there are any", () => {
    expect(html).not.toContain("<h2>Predicted times</h2>");
    const timed = trials.map((trial, i) => ({
      ...trial,
      id: `timed ${i}`,
      predictedMs: trial.ms * (1 + i / 10),
    }));
    const with10 = report(groupTrials(timed.map(observe), "population"));
    expect(with10).toContain("<h2>Predicted times</h2>");
    expect(with10).toContain(
      "The time of 10 trials was predicted before they began: median relative error 45%, nine of ten within a factor of 1.8.",
    );
    expect(with10).toMatch(/<figcaption>A study · n = 10 · .*Measured \/ predicted/s);
    expect(unbalanced(with10)).toEqual([]);
  });

  test("names that look like markup are text", () => {
    const name = `<b onmouseover="alert(1)">&"'`;
    const odd = plain.map((group, i) => (i === 0 ? { ...group, name } : group));
    const html = report(odd, name);
    expect(html).not.toContain("<b onmouseover");
    expect(unbalanced(html)).toEqual([]);
  });

  test("mixed data and groups without errors: a visible warning, and a reason in place of numbers", () => {
    const mixed = [
      ...trials,
      {
        ...trials[0]!,
        id: "m",
        population: "MNIST",
        regime: { ...trials[0]!.regime, dataset: "mnist" as const },
      },
      { ...fakeTrial("RegNetX", 6, "diverged"), population: "Diverged" },
      { ...fakeTrial("RegNetX", 7, "failed"), population: "Failed" },
    ];
    const html = report(groupTrials(mixed.map(observe), "population"));
    expect(html).toMatch(/<p class="warning">Trials on different data sets \(fashion-mnist, mnist\)/);
    expect(html).toContain('<p class="missing">The one trial of Diverged diverged.</p>');
    expect(html).toContain('<p class="missing">Failed has no trial that counts: 1 failed.</p>');
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
    expect(unbalanced(html)).toEqual([]);
  });
});
