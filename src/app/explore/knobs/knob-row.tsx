import { useDebouncedValue } from "@mantine/hooks";
import { memo, useCallback, useId } from "react";
import hidden from "../../ui/hidden.module.css";
import { MathText } from "../../ui/math-text.tsx";
import { MathSymbol } from "../../ui/symbol.tsx";
import { type Knob, listAt, numberAt, type Values } from "../families/family.ts";
import { useExplore, useExploreStore } from "../state/context.tsx";
import { placeOf } from "../state/explore-store.ts";
import styles from "./knobs.module.css";
import { StopSlider } from "./stop-slider.tsx";
import { ValueField, valueText } from "./value-field.tsx";

/** A parameter: its name and symbol, what it does, and a slider with a field, or one of each a stage. */
export function KnobRow({ knob, values }: { readonly knob: Knob; readonly values: Values }) {
  const { key, info, stages } = knob;
  const list = stages === "none" ? [numberAt(values, key)] : listAt(values, key);
  const rows = stages === "each" ? list : list.slice(0, 1);
  return (
    <fieldset className={styles.knob} data-knob={knob.short}>
      <legend className={hidden.hidden}>{info.label}</legend>
      <div className={styles.knobHead} aria-hidden="true">
        <span>
          {info.label} <MathSymbol text={info.symbol} />
        </span>
        {stages === "shared" && <span className={styles.small}>all stages</span>}
      </div>
      {rows.map((value, i) => (
        <KnobValue
          // biome-ignore lint/suspicious/noArrayIndexKey: a stage is its place
          key={i}
          knob={knob}
          stage={stages === "none" ? undefined : i}
          value={value}
        />
      ))}
      <p className={styles.small}>
        <MathText text={info.help} />
        <span className={styles.range}> · {rangeText(knob)}</span>
      </p>
    </fieldset>
  );
}

interface KnobValueProps {
  readonly knob: Knob;
  readonly stage: number | undefined;
  readonly value: number;
}

/** Rendered again only when its own value changes: a moved slider must not redraw the others. */
const KnobValue = memo(function KnobValue({ knob, stage, value }: KnobValueProps) {
  const store = useExploreStore();
  const { key, info, stops, decimals, stages } = knob;
  const place = placeOf(key, stage);
  const refused = useExplore((state) => state.refused[place]);
  // While one types, "2" of "24" is refused for a moment: its reason waits until the typing rests.
  const [rested] = useDebouncedValue(refused, 500);
  const errorId = useId();
  const change = useCallback(
    (next: number) => store.getState().setValue(key, stage, next),
    [store, key, stage],
  );
  const label = `${info.label} ${info.symbol}${stages === "each" ? `, stage ${stage! + 1}` : ""}`;
  const unit = info.unit === "" ? "" : ` ${info.unit}`;
  return (
    <div className={styles.value}>
      {stages === "each" && (
        <span className={styles.stage} aria-hidden="true">
          {stage! + 1}
        </span>
      )}
      <StopSlider
        label={label}
        value={value}
        stops={stops}
        text={valueText(value, decimals) + unit}
        onChange={change}
      />
      <ValueField
        label={`${label}, number`}
        value={value}
        decimals={decimals}
        refused={refused}
        errorId={errorId}
        onChange={change}
      />
      <p
        id={errorId}
        className={styles.error}
        role="alert"
        hidden={refused === undefined || rested !== refused}
      >
        {refused !== undefined && (
          <>
            <MathText text={refused.message} />. The network keeps {valueText(value, decimals)}.
          </>
        )}
      </p>
    </div>
  );
});

/** "1–63 blocks": where the slider goes; the field goes further. */
function rangeText({ info, stops, decimals }: Knob): string {
  const [from, to] = [stops[0]!, stops.at(-1)!].map((stop) => valueText(stop, decimals).replace("-", "−"));
  return `${from}–${to}${info.unit === "" ? "" : ` ${info.unit}`}`;
}
