import type { ReactNode } from "react";
import styles from "./chart.module.css";
import type { Size } from "./chart-props.ts";
import { useSize } from "./use-size.ts";

export interface ChartCanvasProps {
  /** Text alternative; left out where the picture inside speaks for itself. */
  readonly label?: string;
  readonly children: (size: Size) => ReactNode;
}

/** Fills its parent and draws once it knows its size; out of the flow, so that a chart never keeps its box from shrinking. */
export function ChartCanvas({ label, children }: ChartCanvasProps) {
  const [ref, size] = useSize();
  return (
    <div
      ref={ref}
      className={styles.canvas}
      {...(label === undefined ? {} : { role: "img", "aria-label": label })}
    >
      <div className={styles.layer}>
        {size !== undefined && size.width > 0 && size.height > 0 && children(size)}
      </div>
    </div>
  );
}
