/** The YAML of pycls' config files: nested sections whose values are text already. */
export interface Section {
  readonly [field: string]: string | Section;
}

/** Lines of a section, two spaces a level. */
export function yamlLines(section: Section, indent = ""): string[] {
  return Object.entries(section).flatMap(([field, value]) =>
    typeof value === "string"
      ? [`${indent}${field}: ${value}`]
      : [`${indent}${field}:`, ...yamlLines(value, `${indent}  `)],
  );
}

/**
 * pycls' config checks types: a float must look like one to YAML 1.1, which takes 1e-5 for a text and 36 for an integer.
 */
export function float(value: number): string {
  const [mantissa = "", exponent] = String(value).split("e");
  const dotted = mantissa.includes(".") ? mantissa : `${mantissa}.0`;
  return exponent === undefined ? dotted : `${dotted}e${exponent}`;
}

export function list(values: readonly (number | string)[]): string {
  return `[${values.join(", ")}]`;
}

export function flag(value: boolean): string {
  return value ? "True" : "False";
}

/** Text that YAML takes as text, whatever is in it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
