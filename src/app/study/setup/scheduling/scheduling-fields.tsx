import { Checkbox } from "@mantine/core";
import { percentOf } from "../../../../engine/math/percent.ts";
import { schedulingLimits } from "../../../../engine/sweep/scheduling.ts";
import type { Study } from "../../../../engine/sweep/study.ts";
import { regimeLimits } from "../../../../engine/training/regime.ts";
import type { Scheduling } from "../../state/draft-store.ts";
import { NumberField } from "../number-field.tsx";
import styles from "../setup.module.css";
import { rungTexts } from "./scheduling-text.ts";

export interface SchedulingFieldsProps {
  readonly study: Study;
  readonly edit: (change: Partial<Scheduling>) => void;
  /** What is wrong with a field, by its path in the study. */
  readonly messageAt: (path: string) => string | undefined;
}

/** Seeds per network, successive halving and stop rules. */
export function SchedulingFields(props: SchedulingFieldsProps) {
  const { study, edit, messageAt } = props;
  return (
    <>
      <NumberField
        label="Seeds per network"
        value={study.repeats ?? 1}
        min={1}
        max={schedulingLimits.repeats}
        integer
        help="trials of every network, each with initial weights and an order of the images of its own; the network counts once, with the median of its errors"
        error={messageAt("repeats")}
        onChange={(repeats) => edit({ repeats: repeats === 1 ? undefined : repeats })}
      />
      <HalvingFields {...props} />
      <StopFields {...props} />
    </>
  );
}

function HalvingFields({ study, edit, messageAt }: SchedulingFieldsProps) {
  const { halving, regime } = study;
  const begin = { epochs: Math.max(1, Math.floor(regime.epochs / 4)), factor: 2 };
  const change = (part: Partial<typeof begin>) => edit({ halving: { ...(halving ?? begin), ...part } });
  return (
    <>
      <Switch
        label="Successive halving"
        help="in each population the best networks train on, the others are cut and enter no error distribution"
        checked={halving !== undefined}
        onChange={(on) => edit({ halving: on ? begin : undefined })}
      />
      {halving && (
        <>
          <NumberField
            label="First rung, epochs"
            value={halving.epochs}
            {...regimeLimits.epochs}
            integer
            help="networks are compared first, by their lowest error so far; then after so many epochs times the factor, and so on to the end of the regime"
            error={messageAt("halving.epochs")}
            onChange={(epochs) => change({ epochs })}
          />
          <NumberField
            label="Factor"
            value={halving.factor}
            min={2}
            max={schedulingLimits.factor}
            integer
            help="one network of so many goes on, for so many times the epochs"
            error={messageAt("halving.factor")}
            onChange={(factor) => change({ factor })}
          />
          {rungTexts(study).map((text) => (
            <span key={text} className={styles.small}>
              {text}
            </span>
          ))}
        </>
      )}
    </>
  );
}

function StopFields({ study, edit, messageAt }: SchedulingFieldsProps) {
  const { stop = {}, regime } = study;
  const { error } = stop;
  const firstEpochs = Math.max(1, Math.floor(regime.epochs / 4));
  const change = (part: Partial<typeof stop>) => edit({ stop: { ...stop, ...part } });
  return (
    <>
      <TimeLimit
        title="Limit the study’s time"
        titleHelp="the study stops when it is over; with more time it goes on"
        label="Study, minutes"
        help="of training, pauses left out"
        minutes={stop.minutes}
        usual={60}
        error={messageAt("stop.minutes")}
        onChange={(minutes) => change({ minutes })}
      />
      <TimeLimit
        title="Limit a trial’s time"
        titleHelp="a trial that takes longer is cut; on a slower device fewer networks get through"
        label="Trial, minutes"
        help="of training, pauses left out"
        minutes={stop.trialMinutes}
        usual={10}
        error={messageAt("stop.trialMinutes")}
        onChange={(trialMinutes) => change({ trialMinutes })}
      />
      <Switch
        label="Cut poor trials"
        help="a trial whose lowest error is not low enough by then ends, and enters no error distribution"
        checked={error !== undefined}
        onChange={(on) => change({ error: on ? { epochs: firstEpochs, above: 0.85 } : undefined })}
      />
      {error && (
        <>
          <NumberField
            label="Error not below, %"
            value={percentOf(error.above)}
            min={0}
            max={100}
            integer={false}
            help="the lowest error of the trial so far"
            error={messageAt("stop.error.above")}
            onChange={(percent) => change({ error: { ...error, above: percent / 100 } })}
          />
          <NumberField
            label="Cut after, epochs"
            value={error.epochs}
            {...regimeLimits.epochs}
            integer
            help="when the error is looked at"
            error={messageAt("stop.error.epochs")}
            onChange={(epochs) => change({ error: { ...error, epochs } })}
          />
        </>
      )}
    </>
  );
}

interface TimeLimitProps {
  readonly title: string;
  readonly titleHelp: string;
  readonly label: string;
  readonly help: string;
  readonly minutes: number | undefined;
  /** What it begins with. */
  readonly usual: number;
  readonly error: string | undefined;
  readonly onChange: (minutes: number | undefined) => void;
}

function TimeLimit({ title, titleHelp, label, help, minutes, usual, error, onChange }: TimeLimitProps) {
  return (
    <>
      <Switch
        label={title}
        help={titleHelp}
        checked={minutes !== undefined}
        onChange={(on) => onChange(on ? usual : undefined)}
      />
      {minutes !== undefined && (
        <NumberField
          label={label}
          value={minutes}
          min={0}
          max={schedulingLimits.minutes}
          integer={false}
          help={help}
          error={error}
          onChange={onChange}
        />
      )}
    </>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly help: string;
  readonly checked: boolean;
  readonly onChange: (on: boolean) => void;
}

function Switch({ label, help, checked, onChange }: SwitchProps) {
  return (
    <Checkbox
      size="xs"
      label={<span title={help}>{label}</span>}
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
