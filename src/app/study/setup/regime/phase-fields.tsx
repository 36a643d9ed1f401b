import { Checkbox } from "@mantine/core";
import {
  phaseLimits,
  type Regime,
  type Regularizer,
  regimeLimits,
  regularizers,
} from "../../../../engine/training/regime.ts";
import { regimeFields } from "../../../../engine/training/regime-fields.ts";
import { useDatasets } from "../../../datasets/state/context.tsx";
import { factsOf } from "../../../datasets/state/datasets-store.ts";
import { NumberField } from "../number-field.tsx";
import type { RegimePartProps } from "./regime-part.ts";

type Progressive = NonNullable<Regime["progressive"]>;
type FineTune = NonNullable<Regime["fineTune"]>;

/** Of images whose data set is not known here. */
const usualSide = 28;

function useSide({ dataset }: Regime): number {
  return useDatasets((state) => factsOf(state, dataset)?.shape[0] ?? usualSide);
}

/** Progressive learning: what the run begins with; what it ends with are the network's size and the fields above. */
export function ProgressiveFields({ regime, edit, problemAt }: RegimePartProps) {
  const { progressive } = regime;
  const side = useSide(regime);
  const begin: Progressive = {
    phases: Math.max(phaseLimits.phases.min, Math.min(regime.epochs, 4)),
    resolution: Math.ceil(side / 2),
  };
  const change = (part: Partial<Progressive>) =>
    edit({ progressive: { ...(progressive ?? begin), ...part } });
  return (
    <>
      <Checkbox
        size="xs"
        label={
          <span title="images and regularization begin small and grow in phases (EfficientNetV2)">
            Progressive learning
          </span>
        }
        checked={progressive !== undefined}
        error={problemAt("progressive")}
        onChange={(event) => edit({ progressive: event.currentTarget.checked ? begin : undefined })}
      />
      {progressive && (
        <>
          <NumberField
            label="Phases M"
            value={progressive.phases}
            {...phaseLimits.phases}
            integer
            help="parts of equal length"
            error={problemAt("progressive.phases")}
            onChange={(phases) => change({ phases })}
          />
          <NumberField
            label="Image side at first S₀"
            value={progressive.resolution ?? side}
            {...phaseLimits.resolution}
            integer
            help="pixels; the network's own images come last"
            error={problemAt("progressive.resolution")}
            onChange={(resolution) => change({ resolution })}
          />
          {regularizers
            .filter((key) => (regime[key] ?? 0) > 0 || progressive[key] !== undefined)
            .map((key) => (
              <NumberField
                key={key}
                label={`${labelOf(key)} at first`}
                value={progressive[key] ?? regime[key] ?? 0}
                {...regimeLimits[key]}
                integer={false}
                help={`grows to ${regime[key] ?? 0}`}
                error={problemAt(`progressive.${key}`)}
                onChange={(strength) => change({ [key]: strength })}
              />
            ))}
        </>
      )}
    </>
  );
}

function labelOf(key: Regularizer): string {
  return regimeFields.find((field) => field.key === key)?.label ?? key;
}

/** The last epochs at another image size. */
export function FineTuneFields({ regime, edit, problemAt }: RegimePartProps) {
  const { fineTune } = regime;
  const side = useSide(regime);
  const begin: FineTune = {
    resolution: side + 4,
    epochs: 1,
    learningRate: Math.max(regimeLimits.learningRate.min, regime.learningRate / 10),
  };
  const change = (part: Partial<FineTune>) => edit({ fineTune: { ...(fineTune ?? begin), ...part } });
  return (
    <>
      <Checkbox
        size="xs"
        label={
          <span title="the last epochs, and what is reported, at another image size">
            Fine-tuning at another size
          </span>
        }
        checked={fineTune !== undefined}
        onChange={(event) => edit({ fineTune: event.currentTarget.checked ? begin : undefined })}
      />
      {fineTune && (
        <>
          <NumberField
            label="Image side"
            value={fineTune.resolution}
            {...phaseLimits.resolution}
            integer
            help="pixels"
            error={problemAt("fineTune.resolution")}
            onChange={(resolution) => change({ resolution })}
          />
          <NumberField
            label="Of the epochs"
            value={fineTune.epochs}
            {...regimeLimits.epochs}
            integer
            help="the last so many epochs of the run"
            error={problemAt("fineTune.epochs")}
            onChange={(epochs) => change({ epochs })}
          />
          <NumberField
            label="Learning rate η"
            value={fineTune.learningRate}
            {...regimeLimits.learningRate}
            integer={false}
            help="at the beginning of the fine-tuning"
            error={problemAt("fineTune.learningRate")}
            onChange={(learningRate) => change({ learningRate })}
          />
        </>
      )}
    </>
  );
}
