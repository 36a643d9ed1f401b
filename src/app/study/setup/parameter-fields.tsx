import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import type { InputProblem } from "../../../engine/math/input-error.ts";
import type { SpaceParameter } from "../../../engine/spaces/parameter.ts";
import {
  formatDraw,
  isValues,
  type ParameterDraw,
  type ParameterDraws,
  parseDrawText,
} from "../../../engine/spaces/parameter-draw.ts";
import type { SpaceId } from "../../../engine/spaces/registry.ts";
import { parametersOf } from "../../../engine/sweep/parameters-schema.ts";
import { MathSymbol } from "../../ui/symbol.tsx";
import styles from "./setup.module.css";

export interface ParameterFieldsProps {
  readonly population: string;
  readonly space: SpaceId;
  readonly parameters: ParameterDraws;
  /** Paths start at the parameter's name. */
  readonly problems: readonly InputProblem[];
  /** undefined: all of them are the space's own. */
  readonly onChange: (parameters: ParameterDraws | undefined) => void;
}

/**
 * What a population draws otherwise than its space, a field a parameter: a value, a list, a range with a distribution.
 * Empty fields show what the space itself draws from.
 */
export function ParameterFields({ population, space, parameters, problems, onChange }: ParameterFieldsProps) {
  const set = (name: string, draw: ParameterDraw | undefined) => {
    const kept = Object.entries({ ...parameters, [name]: draw }).filter(([, value]) => value !== undefined);
    onChange(kept.length === 0 ? undefined : Object.fromEntries(kept));
  };
  return (
    <div className={styles.parameters}>
      {parametersOf(space).map((parameter) => {
        const { name } = parameter;
        const field = {
          parameter,
          population,
          draw: parameters[name],
          problem: problems.find(({ path }) => path.startsWith(name))?.message,
          onChange: (draw: ParameterDraw | undefined) => set(name, draw),
        };
        return name === "seRatio" ? (
          <SqueezeField key={name} {...field} />
        ) : (
          <DrawField key={name} {...field} />
        );
      })}
      <p className={styles.small}>
        A value, a list such as 8, 16, or a range such as 6..12; with log, uniform, normal or power2 behind it
        to say how it is drawn.
      </p>
    </div>
  );
}

interface FieldProps {
  readonly parameter: SpaceParameter;
  readonly population: string;
  readonly draw: ParameterDraw | undefined;
  readonly problem: string | undefined;
  readonly onChange: (draw: ParameterDraw | undefined) => void;
}

function DrawField({ parameter, population, draw, problem, onChange }: FieldProps) {
  const { info, usual } = parameter;
  const [typed, setTyped] = useState(draw === undefined ? "" : formatDraw(draw));
  // What was set from outside (another space, an undo) shows as it is; what is being typed stays as it is typed.
  const shown = sameDraw(parseDrawText(typed), draw) ? typed : draw === undefined ? "" : formatDraw(draw);
  const [unread, setUnread] = useState<string>();
  return (
    <TextInput
      label={
        <span title={info.help}>
          {info.label} <MathSymbol text={info.symbol} />
        </span>
      }
      aria-label={`${population}: ${info.label.toLowerCase()}`}
      placeholder={usual === undefined ? "the stage's own" : placeholderOf(usual)}
      value={unread ?? shown}
      error={
        unread === undefined ? problem : "expected a value, a list such as 8, 16 or a range such as 6..12"
      }
      onChange={(event) => {
        const text = event.currentTarget.value;
        const next = parseDrawText(text);
        const readable = text.trim() === "" || next !== undefined;
        setTyped(text);
        setUnread(readable ? undefined : text);
        if (readable) onChange(next);
      }}
      classNames={{
        root: styles.field,
        label: styles.fieldLabel,
        wrapper: styles.fieldBox,
        error: styles.fieldError,
      }}
      styles={{ wrapper: { width: 148 } }}
    />
  );
}

/** "1..24"; the distribution is the space's own too. */
function placeholderOf(usual: ParameterDraw): string {
  return isValues(usual) ? formatDraw(usual) : `${usual.from}..${usual.to}`;
}

function sameDraw(a: ParameterDraw | undefined, b: ParameterDraw | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const squeezes = [
  { value: "", label: "the space's own" },
  { value: "0", label: "off" },
  { value: "0.25", label: "1/4" },
  { value: "0, 0.25", label: "off or 1/4" },
];

/** Squeeze-and-excitation as a choice. */
function SqueezeField({ parameter, population, draw, problem, onChange }: FieldProps) {
  const text = draw === undefined ? "" : formatDraw(draw);
  const known = squeezes.some(({ value }) => value === text);
  return (
    <NativeSelect
      label={<span title={parameter.info.help}>Squeeze-and-excitation</span>}
      aria-label={`${population}: squeeze-and-excitation`}
      data={known ? squeezes : [...squeezes, { value: text, label: text }]}
      value={text}
      error={problem}
      onChange={(event) => onChange(parseDrawText(event.currentTarget.value))}
      classNames={{
        root: styles.field,
        label: styles.fieldLabel,
        wrapper: styles.fieldBox,
        error: styles.fieldError,
      }}
      styles={{ wrapper: { width: 148 } }}
    />
  );
}
