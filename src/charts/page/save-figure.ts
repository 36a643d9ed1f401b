import fontUrl from "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url";
import type { ReactElement } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { captionOf, fileStem } from "../figure/figure.ts";
import { type FigureFile, figureSvg } from "../figure/figure-svg.ts";
import { tableCsv } from "../figure/figure-table.ts";
import type { ColorScheme } from "../figure/theme-colors.ts";

/** A figure as the page shows it; files take the page's own scheme. */
export type ShownFigure = Omit<FigureFile, "scheme" | "style">;

/** Device pixels of a PNG per CSS pixel. */
const scale = 2;

export async function saveSvg(figure: ShownFigure): Promise<void> {
  const svg = figureSvg({ ...figure, scheme: shownScheme() }, renderDetached);
  download(new Blob([svg], { type: "image/svg+xml" }), fileName(figure, "svg"));
}

export async function savePng(figure: ShownFigure): Promise<void> {
  download(await figurePng(figure, shownScheme()), fileName(figure, "png"));
}

export async function saveCsv(figure: ShownFigure): Promise<void> {
  const csv = tableCsv(figure.content.table(), [figure.title, captionOf(figure.source)]);
  download(new Blob([csv], { type: "text/csv;charset=utf-8" }), fileName(figure, "csv"));
}

/** The SVG painted at twice its size, with the page's font inside: an image may load nothing. */
export async function figurePng(figure: ShownFigure, scheme: ColorScheme): Promise<Blob> {
  const svg = figureSvg({ ...figure, scheme, style: await fontFace() }, renderDetached);
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = scale * image.naturalWidth;
    canvas.height = scale * image.naturalHeight;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (blob === null) throw new Error(`the browser cannot paint ${canvas.width}×${canvas.height} pixels`);
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Markup of an element that needs no page: what react-dom/server gives, without loading it. */
export function renderDetached(element: ReactElement): string {
  const holder = document.createElement("div");
  const root = createRoot(holder);
  flushSync(() => root.render(element));
  const markup = holder.innerHTML;
  root.unmount();
  return markup;
}

async function fontFace(): Promise<string> {
  const answer = await fetch(fontUrl);
  if (!answer.ok) throw new Error(`the font cannot be read (the server answers ${answer.status})`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `@font-face{font-family:'Inter Variable';font-weight:100 900;src:url(data:font/woff2;base64,${btoa(binary)})}`;
}

function shownScheme(): ColorScheme {
  return document.documentElement.getAttribute("data-mantine-color-scheme") === "dark" ? "dark" : "light";
}

function fileName({ source, content }: ShownFigure, extension: string): string {
  return `${fileStem(source, content.kind)}.${extension}`;
}

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Browsers start the download after the click; the address must live until then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
