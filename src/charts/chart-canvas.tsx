import { type ReactNode, useEffect } from "react";
import styles from "./chart.module.css";
import type { Size } from "./chart-props.ts";
import { useSize } from "./use-size.ts";

export interface ChartCanvasProps {
  /** Text alternative; left out where the picture inside speaks for itself. */
  readonly label?: string;
  /** Told the size whenever it changes. */
  readonly onSize?: (size: Size) => void;
  readonly children: (size: Size) => ReactNode;
}

/** Fills its parent and draws once it knows its size; out of the flow, so that a chart never keeps its box from shrinking. */
export function ChartCanvas({ label, onSize, children }: ChartCanvasProps) {
  const [ref, size] = useSize();
  useEffect(() => {
    if (size !== undefined) onSize?.(size);
  }, [size, onSize]);
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
