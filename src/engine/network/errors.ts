import type { z } from "zod";

/** One thing wrong with an input: where, and what is allowed there. */
export interface InputIssue {
  /** Path of the field, as `stages[1].depth`; the root's name alone where the whole value is wrong. */
  readonly path: string;
  /** What is wrong, with the value found and what is allowed. */
  readonly problem: string;
}

/** Bad input from outside (a file, a URL, a command line, a form): `message` is one line a user can act on. */
export class InputError extends Error {
  override readonly name = "InputError";
  /** The first issue's path. */
  readonly path: string;
  readonly issues: readonly InputIssue[];

  constructor(issues: readonly [InputIssue, ...InputIssue[]]) {
    super(issues.map(({ path, problem }) => (path ? `${path}: ${problem}` : problem)).join("; "));
    this.path = issues[0].path;
    this.issues = issues;
  }
}

/** An error about one field. */
export function inputError(path: string, problem: string): InputError {
  return new InputError([{ path, problem }]);
}

/** Parses with a schema; what does not fit becomes an InputError whose paths start at `root`. */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown, root: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InputError(describeZodError(result.error, value, root));
}

/** The issues of a ZodError in our words: `stages[0].depth: must be at least 1 (got 0)`. */
export function describeZodError(
  error: z.ZodError,
  value: unknown,
  root: string,
): [InputIssue, ...InputIssue[]] {
  const issues = error.issues.map((issue) => describeIssue(issue, value, root));
  const [first, ...rest] = issues;
  return [first ?? { path: root, problem: "is not valid" }, ...rest];
}

type ZodIssue = z.core.$ZodIssue;

function describeIssue(issue: ZodIssue, value: unknown, root: string): InputIssue {
  const path = joinPath(root, issue.path);
  const found = valueAt(value, issue.path);
  const got = `(got ${show(found)})`;
  const missing = found === undefined;
  switch (issue.code) {
    case "invalid_type":
      return {
        path,
        problem: missing
          ? `is missing, must be ${article(issue.expected)}`
          : `must be ${article(issue.expected)} ${got}`,
      };
    case "too_small":
      return {
        path,
        problem: `must ${bound("at least", "more than", issue.inclusive, issue.minimum, issue.origin)} ${got}`,
      };
    case "too_big":
      return {
        path,
        problem: `must ${bound("at most", "less than", issue.inclusive, issue.maximum, issue.origin)} ${got}`,
      };
    case "invalid_value":
      return { path, problem: `must be ${oneOf(issue.values)} ${missing ? "(missing)" : got}` };
    case "unrecognized_keys":
      return {
        path,
        problem: `unknown field${issue.keys.length > 1 ? "s" : ""} ${issue.keys.map(show).join(", ")}`,
      };
    case "invalid_union":
      return describeUnion(issue, value, root, path, got);
    case "not_multiple_of":
      return { path, problem: `must be a multiple of ${issue.divisor} ${got}` };
    default:
      return { path, problem: `${issue.message} ${got}` };
  }
}

function describeUnion(
  issue: Extract<ZodIssue, { code: "invalid_union" }>,
  value: unknown,
  root: string,
  path: string,
  got: string,
): InputIssue {
  // The branch that got furthest says most about what was meant.
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const deepest = branches.sort((a, b) => depthOf(b) - depthOf(a))[0]?.[0];
  if (deepest) return describeIssue({ ...deepest, path: [...issue.path, ...deepest.path] }, value, root);
  const options = "options" in issue && Array.isArray(issue.options) ? issue.options : [];
  return {
    path,
    problem: options.length > 0 ? `must be ${oneOf(options)} ${got}` : `is of no known kind ${got}`,
  };
}

function depthOf(branch: readonly ZodIssue[]): number {
  return Math.max(...branch.map((issue) => issue.path.length));
}

function bound(
  atLeast: string,
  moreThan: string,
  inclusive: boolean | undefined,
  limit: unknown,
  origin: string,
): string {
  const words = `${inclusive === false ? moreThan : atLeast} ${limit}`;
  if (origin === "array") return `have ${words} items`;
  if (origin === "string") return `have ${words} characters`;
  return `be ${words}`;
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? show(values[0]) : `one of ${values.map(show).join(", ")}`;
}

function article(expected: string): string {
  if (expected === "int" || expected === "integer") return "a whole number";
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

function joinPath(root: string, path: readonly PropertyKey[]): string {
  let joined = root;
  for (const key of path) {
    if (typeof key === "number") joined += `[${key}]`;
    else joined += joined === "" ? String(key) : `.${String(key)}`;
  }
  return joined;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

/** A value short enough for one line. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
