import { ActionIcon, NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatSiRange } from "../../../charts/format.ts";
import type { InputProblem } from "../../../engine/math/input-error.ts";
import { publishedNetworks } from "../../../engine/published/registry.ts";
import { formatKnob, isList, parseKnob } from "../../../engine/sweep/knob.ts";
import {
  type ScaledPopulation,
  type ScalingRule,
  scalingKnobs,
  scalingRules,
} from "../../../engine/sweep/scaled-population.ts";
import { studyLimits } from "../../../engine/sweep/study-limits.ts";
import hidden from "../../ui/hidden.module.css";
import { CloseIcon } from "../../ui/icons.tsx";
import { NormSelect } from "./norm-select.tsx";
import { NumberField } from "./number-field.tsx";
import styles from "./setup.module.css";
import { usePreview } from "./use-preview.ts";

export interface ScaledPopulationEditorProps {
  readonly population: ScaledPopulation;
  readonly index: number;
  readonly color: string;
  readonly problems: readonly InputProblem[];
  readonly onChange: (population: ScaledPopulation) => void;
  /** Absent for the last population: a study has at least one. */
  readonly onRemove: (() => void) | undefined;
}

/** A population made of one baseline by a scaling formula: which network, which knob, turned how far. */
export function ScaledPopulationEditor(props: ScaledPopulationEditorProps) {
  const { population, index, color, problems, onChange, onRemove } = props;
  const { name, scaling, baseline, factors, flops, count } = population;
  const knob = factors ?? flops ?? [];
  const by = factors === undefined ? "flops" : "factors";
  const path = `populations[${index}]`;
  const problemAt = (field: string) =>
    problems.find((problem) => problem.path.startsWith(`${path}.${field}`))?.message;
  const { symbol, help } = scalingKnobs[scaling];
  const preset = "preset" in baseline ? baseline : undefined;

  return (
    <fieldset className={styles.population}>
      <legend className={hidden.hidden}>Population {name}</legend>
      <div className={styles.populationHead}>
        <i className={styles.chip} style={{ background: color }} />
        <TextInput
          aria-label={`Name of population ${index + 1}`}
          value={name}
          maxLength={studyLimits.nameLength}
          error={problemAt("name")}
          onChange={(event) => onChange({ ...population, name: event.currentTarget.value })}
          classNames={{ root: styles.nameRoot, input: styles.nameInput }}
        />
        {onRemove !== undefined && (
          <ActionIcon size="sm" onClick={onRemove} aria-label={`Remove population ${name}`}>
            <CloseIcon size={13} />
          </ActionIcon>
        )}
      </div>
      <div className={styles.populationRow}>
        <NativeSelect
          aria-label={`${name}: baseline`}
          data={baselineOptions(preset === undefined ? (baseline as { name?: string }).name : undefined)}
          value={preset?.preset ?? ownBaseline}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            const scale = preset ?? { depth: 0.5, width: 0.25 };
            if (chosen !== ownBaseline) onChange({ ...population, baseline: { ...scale, preset: chosen } });
          }}
        />
        <NativeSelect
          aria-label={`${name}: scaling`}
          title={`${symbol}: ${help}`}
          data={scalingRules.map((rule) => ({ value: rule, label: ruleLabels[rule] }))}
          value={scaling}
          onChange={(event) => onChange(withRule(population, event.currentTarget.value as ScalingRule))}
        />
      </div>
      {preset !== undefined && (
        <>
          <NumberField
            label="Baseline depth ×"
            value={preset.depth}
            min={0.05}
            max={4}
            integer={false}
            help="depths of the published network, before anything is scaled"
            error={problemAt("baseline.depth")}
            onChange={(depth) => onChange({ ...population, baseline: { ...preset, depth } })}
          />
          <NumberField
            label="Baseline width ×"
            value={preset.width}
            min={0.05}
            max={4}
            integer={false}
            help="widths of the published network, before anything is scaled"
            error={problemAt("baseline.width")}
            onChange={(width) => onChange({ ...population, baseline: { ...preset, width } })}
          />
        </>
      )}
      <div className={styles.knobRow}>
        <SegmentedControl
          aria-label={`${name}: what is turned`}
          data={[
            { value: "factors", label: symbol },
            { value: "flops", label: "FLOPs" },
          ]}
          value={by}
          onChange={(value) => onChange(turnedBy(population, value as "factors" | "flops"))}
        />
        <KnobField
          key={`${scaling} ${by}`}
          label={`${name}: ${by === "flops" ? "FLOPs" : help}`}
          kind={by}
          knob={knob}
          error={problemAt(by)}
          onChange={(next) =>
            onChange({ ...population, [by]: next, count: isList(next) ? next.length : Math.max(2, count) })
          }
        />
      </div>
      {isList(knob) ? null : (
        <NumberField
          label="Networks"
          value={count}
          min={1}
          max={studyLimits.count}
          integer
          help="spread over the range: its ends, its middle, its quarters …"
          error={problemAt("count")}
          width={72}
          onChange={(value) => onChange({ ...population, count: value })}
        />
      )}
      <NormSelect
        population={name}
        value={population.norm}
        onChange={(norm) => {
          const { norm: _, ...rest } = population;
          onChange(norm === undefined ? rest : { ...rest, norm });
        }}
      />
      <div className={styles.populationFoot}>
        <ScaledText population={population} />
      </div>
    </fieldset>
  );
}

/** What the formula makes: its networks' costs and image sizes, or why it makes none. */
function ScaledText({ population }: { readonly population: ScaledPopulation }) {
  const preview = usePreview(population);
  if (preview.state === "impossible")
    return (
      <p className={styles.fieldError} role="alert">
        {preview.message}
      </p>
    );
  if (preview.state === "asking") return <p className={styles.small}>scaling …</p>;
  const { networks } = preview.preview;
  const spread = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;
  const [fewest, most] = spread(networks.map(({ flops }) => flops));
  const [smallest, largest] = spread(networks.map(({ spec }) => spec.input.height));
  const sides = smallest === largest ? `${smallest}` : `${smallest} to ${largest}`;
  return (
    <p className={styles.small}>
      {formatSiRange(fewest, most)} FLOPs, {sides} pixels
    </p>
  );
}

const ruleLabels: Readonly<Record<ScalingRule, string>> = {
  depth: "Depth",
  width: "Width",
  resolution: "Resolution",
  compound: "Compound",
  tiny: "Tiny",
  fast: "Fast",
};

const ownBaseline = "";

function baselineOptions(own: string | undefined) {
  const published = publishedNetworks.map(({ id }) => ({ value: id, label: id }));
  return own === undefined ? published : [{ value: ownBaseline, label: own }, ...published];
}

/** Values that mean something to the rule's own knob. */
const usualFactors: Readonly<Record<ScalingRule, readonly number[]>> = {
  depth: [0.5, 1, 2],
  width: [0.5, 1, 2],
  resolution: [0.5, 0.75, 1],
  compound: [-1, 0, 1],
  tiny: [0.25, 0.5, 1],
  fast: [0.5, 1, 2],
};

function withRule(population: ScaledPopulation, scaling: ScalingRule): ScaledPopulation {
  const { factors, ...rest } = population;
  if (factors === undefined) return { ...rest, scaling };
  const next = usualFactors[scaling];
  return { ...rest, scaling, factors: next, count: next.length };
}

function turnedBy(population: ScaledPopulation, by: "factors" | "flops"): ScaledPopulation {
  const { factors: _, flops: __, ...rest } = population;
  const values = by === "flops" ? [2e6, 4e6, 8e6] : usualFactors[population.scaling];
  return { ...rest, [by]: values, count: values.length };
}

interface KnobFieldProps {
  readonly label: string;
  readonly kind: "factors" | "flops";
  readonly knob: NonNullable<ScaledPopulation["factors"]>;
  readonly error: string | undefined;
  readonly onChange: (knob: NonNullable<ScaledPopulation["factors"]>) => void;
}

/** A list or a range as text; it counts as soon as it can be read. */
function KnobField({ label, kind, knob, error, onChange }: KnobFieldProps) {
  const [typed, setTyped] = useState<string>();
  const read = typed === undefined ? undefined : parseKnob(typed, kind);
  const readable = typed === undefined || read !== undefined;
  // What was set from outside shows as it is; what is being typed stays as it is typed.
  const own = typed !== undefined && (!readable || JSON.stringify(read) === JSON.stringify(knob));
  const wanted =
    kind === "flops"
      ? "a list such as 2M, 4M or a range such as 2M..8M"
      : "a list such as 0.5, 1, 2 or a range such as 0.5..2";
  return (
    <TextInput
      aria-label={label}
      value={own ? typed : formatKnob(knob, kind)}
      error={readable ? error : `expected ${wanted}`}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setTyped(next);
        const turned = parseKnob(next, kind);
        if (turned !== undefined) onChange(turned);
      }}
    />
  );
}
