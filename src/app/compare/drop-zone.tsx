import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useStatistics } from "../statistics/use-statistic.tsx";
import styles from "./compare.module.css";
import { useCompareStore } from "./context.tsx";

/** The whole view takes results files. */
export function DropZone({ children }: { readonly children: ReactNode }) {
  const store = useCompareStore();
  const statistics = useStatistics();
  const [over, setOver] = useState(false);
  // Leaving a child is no leaving of the zone: entries and exits are counted.
  const depth = useRef(0);
  const follow = (event: DragEvent, change: number) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    depth.current = Math.max(0, depth.current + change);
    setOver(depth.current > 0);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button "Open a results file" does the same
    <div
      className={styles.zone}
      data-over={over || undefined}
      onDragEnter={(event) => follow(event, 1)}
      onDragOver={(event) => follow(event, 0)}
      onDragLeave={(event) => follow(event, -1)}
      onDrop={(event) => {
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        void store.getState().read([...event.dataTransfer.files], statistics);
      }}
    >
      {children}
    </div>
  );
}
