import { syncLayout, tileArea, tileBytes } from "./module-page.ts";
import { kernelNames, kernelNumber, recordLayouts, recordWords } from "./records.ts";
import {
  activationCodes,
  afterKinds,
  afterLayout,
  depthwisePassLayout,
  type FieldType,
  passLayout,
  transformLayout,
  viewLayout,
  winogradLayout,
  winogradSchemes,
} from "./table-layouts.ts";

/** The text of assembly/records.ts. */
export function assemblyRecords(): string {
  const types: Record<FieldType, string> = { ptr: "usize", i32: "i32", f32: "f32" };
  const classText = (name: string, fields: readonly (readonly [string, string])[]) =>
    `@unmanaged\nexport class ${name} {\n${fields.map(([field, type]) => `  ${field}: ${type};`).join("\n")}\n}\n`;
  const typed = (layout: Record<string, FieldType>) =>
    Object.entries(layout).map(([field, type]) => [field, types[type]] as const);
  const title = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
  const constant = (name: string) => name.replace(/[A-Z]/g, "_$&").toUpperCase();
  return [
    "// Written from ../records.ts, where the fields are explained: change them there, then run `npx vitest run records -u`.\n",
    ...kernelNames.map((name) => `export const ${constant(name)}: i32 = ${kernelNumber(name)};`),
    `\nexport const RECORD_BYTES: i32 = ${4 * recordWords};`,
    `export const TRANSFORM_BYTES: i32 = ${4 * Object.keys(transformLayout).length};`,
    `export const TILE_AREA: usize = ${tileArea};`,
    `export const TILE_BYTES: usize = ${tileBytes};\n`,
    ...Object.entries(syncLayout).map(
      ([name, offset]) => `export const ${constant(name)}: usize = ${offset};`,
    ),
    "",
    ...Object.entries({ ...activationCodes, ...afterKinds, ...winogradSchemes }).map(
      ([name, code]) => `export const ${constant(name)}: i32 = ${code};`,
    ),
    "",
    ...kernelNames.map((name) =>
      classText(`${title(name)}Record`, [["op", "i32"], ...typed(recordLayouts[name])]),
    ),
    classText("Pass", typed(passLayout)),
    classText("Winograd", typed(winogradLayout)),
    classText("DepthwisePass", typed(depthwisePassLayout)),
    classText("TransformRow", typed(transformLayout)),
    classText("View", typed(viewLayout)),
    classText("After", typed(afterLayout)),
  ].join("\n");
}
