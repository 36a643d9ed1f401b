import { type DataFile, pieces } from "../files/data-file.ts";
import { gunzip, isGzip } from "../files/gunzip.ts";
import { badFile, bytesText, importLimits } from "../files/limits.ts";
import { checkClasses } from "./class-folders.ts";
import type { LabelledImage, LabelledImages, Part } from "./labelled-images.ts";
import { opaque } from "./pixels.ts";

/**
 * Tables of pixels, the form of Kaggle's digits and Fashion-MNIST: a line an image, its label, then its pixels row by row
 * as whole numbers from 0 to 255, red, green, blue together where there are three. The first line may name the columns; a
 * column called "label" or "class" holds the labels, else the first. Two files: the one whose name holds "test" has the
 * test images.
 * @throws InputError with file, line and column where a table is not that
 */
export async function readCsvImages(files: readonly DataFile[]): Promise<LabelledImages> {
  const name = files.map((file) => file.name).join(", ");
  const tests = files.filter((file) => /test|t10k/i.test(file.name));
  if (files.length > 2 || (files.length === 2 && tests.length !== 1))
    throw badFile(name, 'one CSV file is allowed, or two of which one has "test" in its name');
  const tables: (Table & { readonly part: Part | undefined })[] = [];
  for (const file of files) {
    const part = files.length === 1 ? undefined : tests.includes(file) ? "test" : "train";
    tables.push({ ...(await readTable(file)), part });
  }
  const pixels = tables[0]!.pixels;
  for (const table of tables)
    if (table.pixels !== pixels)
      throw badFile(
        table.name,
        `has ${table.pixels} pixels a line, and ${tables[0]!.name} has ${pixels}; as many are allowed`,
      );
  const { side, channels } = squareOf(tables[0]!);
  const classes = [...new Set(tables.flatMap(({ labels }) => [...new Set(labels)]))].sort(
    byNumberOrCharacters,
  );
  checkClasses(name, classes);
  const labelOf = new Map(classes.map((className, label) => [className, label]));
  return {
    name,
    kind: "CSV",
    classes,
    images: tables.flatMap((table) =>
      table.labels.map(
        (className, i): LabelledImage => ({
          where: `${table.name}: image ${i + 1}`,
          label: labelOf.get(className)!,
          part: table.part,
          read: async () => opaque(table.values.subarray(i * pixels, (i + 1) * pixels), side, side, channels),
        }),
      ),
    ),
    size: [side, side],
    channels,
    ignored: [],
    close: async () => {},
  };
}

interface Table {
  readonly name: string;
  /** Values a line, the label aside. */
  readonly pixels: number;
  readonly labels: readonly string[];
  readonly values: Uint8Array;
}

function squareOf({ name, pixels }: Table): { side: number; channels: 1 | 3 } {
  for (const channels of [1, 3] as const) {
    const side = Math.sqrt(pixels / channels);
    if (Number.isInteger(side)) return { side, channels };
  }
  throw badFile(
    name,
    `has ${pixels} pixels a line, which make no square; side × side (784 for 28×28) or side × side × 3 are allowed`,
  );
}

function byNumberOrCharacters(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y) && x !== y) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

async function readTable(file: DataFile): Promise<Table> {
  const reader = new TableReader(file.name);
  for await (const line of lines(file)) reader.add(line);
  return reader.finish();
}

/** Lines of a text file, packed or not, without their ends. */
async function* lines(file: DataFile): AsyncGenerator<string> {
  const packed = isGzip(await file.read(0, 2));
  const source = packed ? gunzip(pieces(file), file.name, 4 * importLimits.packedBytes) : pieces(file);
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of source) {
    const parts = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = parts.pop()!;
    if (rest.length > longestLine)
      throw badFile(file.name, `a line of more than ${bytesText(longestLine)}; it is no table of images`);
    yield* parts;
  }
  if (rest !== "") yield rest;
}

const longestLine = 4 * 2 ** 20;

/** Takes a table line by line, and checks each. */
class TableReader {
  readonly #name: string;
  readonly #labels: string[] = [];
  #line = 0;
  #columns = 0;
  #labelColumn = 0;
  #header: readonly string[] | undefined;
  #values = new Uint8Array(2 ** 20);
  #filled = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(text: string): void {
    this.#line += 1;
    const line = text.replace(/\r$/, "").replace(/^\uFEFF/, "");
    if (line.trim() === "") return;
    const fields = line.split(",");
    if (this.#columns === 0) {
      this.#columns = fields.length;
      if (fields.length < 2) throw this.#bad("a label and pixels, with commas between them, are allowed");
      if (isHeader(fields)) {
        this.#header = fields.map(plain);
        const named = this.#header.findIndex((field) => /^(label|class)$/i.test(field));
        this.#labelColumn = Math.max(0, named);
        return;
      }
    }
    if (fields.length !== this.#columns)
      throw this.#bad(
        `${fields.length} columns; ${this.#columns} are allowed, as many as the first line has`,
      );
    this.#row(fields);
  }

  finish(): Table {
    if (this.#labels.length === 0) throw badFile(this.#name, "holds no images; a line for each is allowed");
    return {
      name: this.#name,
      pixels: this.#columns - 1,
      labels: this.#labels,
      values: this.#values.slice(0, this.#filled),
    };
  }

  #row(fields: readonly string[]): void {
    const label = plain(fields[this.#labelColumn]!);
    if (label === "" || label.length > importLimits.nameLength)
      throw this.#bad(`its label is ${label === "" ? "empty" : "too long"}; a number or a name is allowed`);
    this.#labels.push(label);
    this.#makeRoom(fields.length);
    fields.forEach((field, column) => {
      if (column === this.#labelColumn) return;
      const value = Number(field);
      if (field.trim() === "" || !Number.isInteger(value) || value < 0 || value > 255)
        throw this.#bad(
          `column ${column + 1} holds ${JSON.stringify(field.slice(0, 20))}; whole numbers from 0 to 255 are allowed`,
        );
      this.#values[this.#filled++] = value;
    });
  }

  #makeRoom(more: number): void {
    if (this.#filled + more <= this.#values.length) return;
    if (this.#filled + more > importLimits.packedBytes)
      throw badFile(
        this.#name,
        `holds more than ${bytesText(importLimits.packedBytes)} of pixels, which is all that is allowed`,
      );
    const larger = new Uint8Array(2 * this.#values.length);
    larger.set(this.#values);
    this.#values = larger;
  }

  #bad(message: string): Error {
    return badFile(`${this.#name}: line ${this.#line}`, message);
  }
}

/** A first line with a name where every other line has a pixel. */
function isHeader(fields: readonly string[]): boolean {
  return fields.slice(1).some((field) => Number.isNaN(Number(plain(field))));
}

function plain(field: string): string {
  return field.trim().replace(/^"(.*)"$/, "$1");
}
