import type { ReactElement } from "react";
import type { Size } from "../chart-props.ts";
import { wrap } from "../plot/text-width.ts";
import { captionOf, type FigureContent, type FigureSource } from "./figure.ts";
import { type ColorScheme, resolveColors } from "./theme-colors.ts";

export interface FigureFile {
  readonly title: string;
  readonly source: FigureSource;
  readonly content: FigureContent;
  /** Of the chart itself; title and caption come on top. */
  readonly size: Size;
  readonly scheme: ColorScheme;
  /** CSS put into the file: fonts as data. */
  readonly style?: string | undefined;
}

const pad = 16;
const titleHeight = 30;
const captionLine = 16;
const fonts = "'Inter Variable', Inter, 'Helvetica Neue', Arial, sans-serif";

/**
 * A figure as a standalone SVG: title, chart and caption on the scheme's background, every colour a value. `render` turns
 * an element into markup: `renderToStaticMarkup` of react-dom/server in Node, `renderDetached` in a page.
 */
export function figureSvg(file: FigureFile, render: (element: ReactElement) => string): string {
  const { title, source, content, size, scheme, style } = file;
  const caption = wrap(captionOf(source), 11, size.width);
  const width = size.width + 2 * pad;
  const height = pad + titleHeight + size.height + 10 + captionLine * caption.length + pad;
  const chart = render(content.draw(size, true)).replace(
    /^<svg /,
    `<svg x="${pad}" y="${pad + titleHeight}" `,
  );
  const lines = caption.map(
    (line, i) =>
      `<text x="${pad}" y="${pad + titleHeight + size.height + 20 + i * captionLine}" font-size="11" fill="var(--ink-2)">${escapeText(line)}</text>`,
  );
  const markup = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${fonts}">`,
    `<title>${escapeText(`${title}. ${captionOf(source)}`)}</title>`,
    style === undefined ? "" : `<style>${style}</style>`,
    `<rect width="${width}" height="${height}" fill="var(--panel)"/>`,
    `<text x="${pad}" y="${pad + 14}" font-size="15" font-weight="650" fill="var(--ink)">${escapeText(title)}</text>`,
    chart,
    ...lines,
    "</svg>",
  ].join("");
  return resolveColors(markup, scheme);
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
