import { nearestStop } from "../families/stops.ts";
import styles from "./knobs.module.css";

export interface StopSliderProps {
  /** What it moves: "Slope w_a". */
  readonly label: string;
  readonly value: number;
  readonly stops: readonly number[];
  /** The value with its unit, as it is read out. */
  readonly text: string;
  readonly onChange: (value: number) => void;
}

/** A slider whose every position is a stop: arrow keys always move the value, and never to an illegal one. */
export function StopSlider({ label, value, stops, text, onChange }: StopSliderProps) {
  const last = stops.length - 1;
  const at = nearestStop(stops, value);
  return (
    <input
      type="range"
      className={styles.slider}
      style={{ "--filled": last === 0 ? 0 : at / last } as React.CSSProperties}
      min={0}
      max={last}
      step={1}
      value={at}
      aria-label={label}
      aria-valuetext={text}
      onChange={(event) => onChange(stops[Number(event.currentTarget.value)]!)}
    />
  );
}
