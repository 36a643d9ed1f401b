import type { ReactNode } from "react";
import { useStatistics } from "../statistics/use-statistic.tsx";
import { DropArea } from "../ui/drop-area.tsx";
import styles from "./compare.module.css";
import { useCompareStore } from "./context.tsx";

/** The whole view takes results files. */
export function DropZone({ children }: { readonly children: ReactNode }) {
  const store = useCompareStore();
  const statistics = useStatistics();
  return (
    <DropArea className={styles.zone} onFiles={(files) => void store.getState().read(files, statistics)}>
      {children}
    </DropArea>
  );
}
