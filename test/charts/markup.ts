import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect } from "vitest";
import type { Size } from "../../src/charts/chart-props.ts";
import type { FigureContent } from "../../src/charts/figure/figure.ts";
import { size as usual } from "./rows.ts";

/** A chart as a still picture, its markup held to what every picture promises. */
export function still(content: FigureContent, size: Size = usual): string {
  const markup = render(content.draw(size, true));
  expect(markup.startsWith(`<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}"`)).toBe(true);
  expect(markup).not.toMatch(/NaN|Infinity|undefined|null/);
  expect(markup).not.toMatch(/<canvas|tabindex|class=/);
  expect(markup).toMatch(/role="img" aria-label="[^"]+"/);
  return markup;
}

export const render = (element: ReactElement): string => renderToStaticMarkup(element);

/** Texts with this data attribute, in order. */
export function texts(markup: string, attribute: string): string[] {
  return [...markup.matchAll(new RegExp(`<text[^>]*data-${attribute}[^>]*>(.*?)</text>`, "g"))].map((match) =>
    match[1]!.replaceAll(/<[^>]+>/g, " ").trim(),
  );
}

/** Marks drawn, told by the paths that hold them. */
export function markCount(markup: string, emphasis = "[a-z]+"): number {
  const all = markup.matchAll(new RegExp(`data-emphasis="${emphasis}" data-count="(\\d+)"`, "g"));
  return [...all].reduce((sum, match) => sum + Number(match[1]), 0);
}
