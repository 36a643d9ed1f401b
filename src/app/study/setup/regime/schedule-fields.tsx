import { NativeSelect } from "@mantine/core";
import { useMemo } from "react";
import { formatInteger, trim } from "../../../../charts/format.ts";
import { type Regime, scheduleLimits, stepsPerEpoch } from "../../../../engine/training/regime.ts";
import {
  finalRateOf,
  type ScheduleName,
  scheduleDefaults,
  scheduleNames,
} from "../../../../engine/training/schedule.ts";
import { learningRateCurve } from "../../../../engine/training/schedule-parts.ts";
import { Sparkline } from "../../../ui/sparkline.tsx";
import { NumberField } from "../number-field.tsx";
import styles from "../setup.module.css";
import { NumbersField } from "./numbers-field.tsx";
import type { RegimePartProps } from "./regime-part.ts";

const labels: Readonly<Record<ScheduleName, string>> = {
  cosine: "Cosine",
  linear: "Linear",
  exponential: "Exponential",
  step: "Steps",
  constant: "Constant",
};

/** How the learning rate falls, and a picture of it. */
export function ScheduleFields({ regime, edit, problemAt }: RegimePartProps) {
  const { schedule } = regime;
  return (
    <>
      <NativeSelect
        label={<span title="how the learning rate falls from its peak">Schedule</span>}
        data={scheduleNames.map((name) => ({ value: name, label: labels[name] }))}
        value={schedule}
        // The fields of one schedule are none of the others'.
        onChange={(event) =>
          edit({
            schedule: event.currentTarget.value as ScheduleName,
            finalRate: undefined,
            milestones: undefined,
            stepFactor: undefined,
          })
        }
        classNames={{ root: styles.field, label: styles.fieldLabel, wrapper: styles.fieldBox }}
      />
      {schedule !== "step" && schedule !== "constant" && (
        <NumberField
          label="Final rate"
          value={finalRateOf(regime)}
          {...scheduleLimits.finalRate}
          integer={false}
          help="learning rate at the end of the run, as a fraction of its peak"
          error={problemAt("finalRate")}
          onChange={(finalRate) => edit({ finalRate })}
        />
      )}
      {schedule === "step" && (
        <>
          <NumbersField
            label="Milestones"
            values={regime.milestones ?? scheduleDefaults.milestones}
            help="fractions of the run at which the learning rate falls"
            error={problemAt("milestones")}
            onChange={(milestones) => edit({ milestones: [...milestones] })}
          />
          <NumberField
            label="Factor"
            value={regime.stepFactor ?? scheduleDefaults.stepFactor}
            {...scheduleLimits.stepFactor}
            integer={false}
            help="what each milestone multiplies the learning rate with"
            error={problemAt("stepFactor")}
            onChange={(stepFactor) => edit({ stepFactor })}
          />
        </>
      )}
      <RatePicture regime={regime} />
    </>
  );
}

function RatePicture({ regime }: { readonly regime: Regime }) {
  const points = useMemo(
    () => learningRateCurve(regime, 120).map(({ step, rate }) => ({ x: step, y: rate })),
    [regime],
  );
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const highest = Math.max(...points.map(({ y }) => y));
  const text = `η from ${trim(first.y, 2)} up to ${trim(highest, 2)}, ${trim(last.y, 2)} at the end`;
  const steps = formatInteger(stepsPerEpoch(regime) * regime.epochs);
  return (
    <div className={styles.rates}>
      <Sparkline points={points} label={`Learning rate over the run: ${text}`} />
      <span className={styles.small}>
        {text}; {steps} steps
      </span>
    </div>
  );
}
