import type { z } from "zod";

/** One thing that is wrong with a file, a URL or an argument. */
export interface InputProblem {
  /** Where: `populations[0].budget.flops`; empty for the whole. */
  readonly path: string;
  /** What is wrong and what is allowed. */
  readonly message: string;
}

/** Bad input from outside the program. Its message is one line: where, what, what is allowed. */
export class InputError extends Error {
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[]) {
    super(problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; "));
    this.name = "InputError";
    this.problems = problems;
  }
}

/** Checks `input` against a schema; an InputError names every field that is wrong, its value and what is allowed. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown, root = ""): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new InputError(result.error.issues.flatMap((issue) => describeIssue(issue, input, schema, root)));
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

function describeIssue(issue: Issue, input: unknown, schema: z.ZodType, root: string): InputProblem[] {
  const value = valueAt(input, issue.path);
  const at = (path: Path) => pathText(path, root);
  if (issue.code === "unrecognized_keys") {
    const known = fieldsAt(schema, issue.path, input);
    const allowed = known.length > 0 ? `; the fields here are ${known.join(", ")}` : "";
    return issue.keys.map((key) => ({ path: at([...issue.path, key]), message: `unknown field${allowed}` }));
  }
  if (issue.code === "invalid_union") {
    // Of objects the alternative that comes nearest was meant; else the one that went past the type of the whole.
    const options = schemaAt(schema, issue.path, input)?._zod.def.options;
    const like = options === undefined ? -1 : optionLike(options, value);
    const meant =
      issue.errors[like] ??
      issue.errors.find((issues) =>
        issues.some(
          (one) => one.path.length > 0 || one.code === "custom" || one.code === "unrecognized_keys",
        ),
      );
    if (meant)
      return meant.flatMap((one) =>
        describeIssue({ ...one, path: [...issue.path, ...one.path] }, input, schema, root),
      );
  }
  if (value === undefined && issue.code !== "custom")
    return [{ path: at(issue.path), message: `missing; ${allowedText(issue, schema, input)}` }];
  if (issue.code === "custom") return [{ path: at(issue.path), message: issue.message }];
  return [
    {
      path: at(issue.path),
      message: `${valueText(value)} is not allowed; ${allowedText(issue, schema, input)}`,
    },
  ];
}

function allowedText(issue: Issue, schema: z.ZodType, input: unknown): string {
  const field = schemaAt(schema, issue.path, input);
  const range = rangeText(field);
  switch (issue.code) {
    case "invalid_type":
      return `expected ${field?.isInt ? "a whole number" : withArticle(issue.expected)}${range}`;
    case "too_small":
    case "too_big":
      if (range) return `expected ${field?.isInt ? "a whole number" : "a number"}${range}`;
      return boundText(issue);
    case "invalid_value":
      return `expected ${issue.values.map((one) => JSON.stringify(one)).join(", ")}`.replace(
        /, ([^,]*)$/,
        " or $1",
      );
    default:
      return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  }
}

function boundText(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const [bound, most] = issue.code === "too_small" ? [issue.minimum, "at least"] : [issue.maximum, "at most"];
  return `${most} ${bound}${countedUnit(issue.origin, Number(bound))}`;
}

/** " from 1 to 1000", or " above 1, up to 1000" where 1 itself is out, of a number that has both ends. */
function rangeText(schema: SchemaNode | undefined): string {
  const { minValue, maxValue } = schema ?? {};
  const bounded = [minValue, maxValue].every((end) => Number.isFinite(end) && Math.abs(end!) < 1e15);
  if (!bounded) return "";
  const open = schema?._zod.def.checks?.some(
    ({ _zod: { def } }) => def.check === "greater_than" && def.inclusive === false && def.value === minValue,
  );
  return open ? ` above ${minValue}, up to ${maxValue}` : ` from ${minValue} to ${maxValue}`;
}

function countedUnit(origin: string, count: number): string {
  const unit = origin === "array" ? " item" : origin === "string" ? " character" : "";
  return unit && count !== 1 ? `${unit}s` : unit;
}

function withArticle(noun: string): string {
  if (noun === "null" || noun === "undefined") return noun;
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

function valueText(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

/** `populations[0].name`. */
function pathText(path: Path, root: string): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key),
    root,
  );
}

/** The field names of the object schema at a path; none where it cannot be told. */
function fieldsAt(schema: z.ZodType, path: Path, input: unknown): string[] {
  const found = schemaAt(schema, path, input);
  return Object.keys(meantOption(found, valueAt(input, path))?._zod.def.shape ?? {});
}

function schemaAt(schema: z.ZodType, path: Path, input: unknown): SchemaNode | undefined {
  let current = unwrap(schema as unknown as SchemaNode);
  path.forEach((key, i) => {
    const def: SchemaDef | undefined = meantOption(current, valueAt(input, path.slice(0, i)))?._zod.def;
    current = unwrap(def?.shape ? def.shape[String(key)] : def?.element);
  });
  return current;
}

/** Of a union of objects the one that a value is most like; anything else is itself. */
function meantOption(schema: SchemaNode | undefined, value: unknown): SchemaNode | undefined {
  const options = schema?._zod.def.options;
  if (options === undefined) return schema;
  return unwrap(options[optionLike(options, value)]) ?? schema;
}

/**
 * Index of the object schema that a value comes nearest to: it knows most of the fields and misses the fewest. The first
 * of equals; −1 where they are not all objects.
 */
function optionLike(options: readonly SchemaNode[], value: unknown): number {
  const shapes = options.map((option) => unwrap(option)?._zod.def.shape);
  if (typeof value !== "object" || value === null || shapes.includes(undefined)) return -1;
  const nearness = shapes.map((shape) => {
    const fields = Object.entries(shape!);
    const known = fields.filter(([field]) => Object.hasOwn(value, field)).length;
    const missing = fields.filter(
      ([field, node]) => !Object.hasOwn(value, field) && node._zod.optin === undefined,
    ).length;
    return known - missing;
  });
  return nearness.indexOf(Math.max(...nearness));
}

interface SchemaDef {
  readonly shape?: Readonly<Record<string, SchemaNode>>;
  readonly element?: SchemaNode;
  readonly innerType?: SchemaNode;
  readonly in?: SchemaNode;
  readonly options?: readonly SchemaNode[];
  readonly checks?: readonly { readonly _zod: { readonly def: CheckDef } }[];
}

interface CheckDef {
  readonly check: string;
  readonly value?: unknown;
  readonly inclusive?: boolean;
}

interface SchemaNode {
  /** `optin` is set where the field may be left out. */
  readonly _zod: { readonly def: SchemaDef; readonly optin?: "optional" | undefined };
  readonly isInt?: boolean;
  readonly minValue?: number | null;
  readonly maxValue?: number | null;
}

/** Past defaults, optionals and pipes to what they hold. */
function unwrap(schema: SchemaNode | undefined): SchemaNode | undefined {
  const inner = schema?._zod.def.innerType ?? schema?._zod.def.in;
  return inner ? unwrap(inner) : schema;
}
