import { CommanderError } from "commander";
import { InputError } from "../engine/math/input-error.ts";
import { UnsatisfiableBudgetError } from "../engine/spaces/constraint.ts";

/** How a command ends: 0 done, 1 a check or a trial failed, 2 wrong usage or bad input. */
export type ExitStatus = 0 | 1 | 2;

/** Ends the program with one line on stderr. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly status: Exclude<ExitStatus, 0>;

  constructor(message: string, status: Exclude<ExitStatus, 0> = 2) {
    super(message);
    this.status = status;
  }
}

/** The exit status that an error stands for, and what to say: nothing where commander has said it. */
export function describeFailure(error: unknown): { status: ExitStatus; message: string | null } {
  if (error instanceof CommanderError) return { status: error.exitCode === 0 ? 0 : 2, message: null };
  const message = oneLine(error instanceof Error ? error.message : String(error));
  if (error instanceof CliError) return { status: error.status, message };
  const badInput = error instanceof InputError || error instanceof UnsatisfiableBudgetError;
  return { status: badInput ? 2 : 1, message };
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}
