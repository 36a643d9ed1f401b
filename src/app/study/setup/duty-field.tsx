import { NativeSelect } from "@mantine/core";
import { duties } from "../state/device-choice.ts";
import { useRun, useServices } from "../state/services.tsx";
import styles from "./setup.module.css";

/** How much of the time is worked; a run under way follows at once. */
export function DutyField() {
  const { sweep } = useServices();
  const duty = useRun((state) => state.duty);
  return (
    <div className={styles.duty}>
      <NativeSelect
        label={
          <span title="between steps the training rests, so that the machine stays cool and free for other work; results do not depend on it">
            Share of the processor’s time
          </span>
        }
        value={String(duty)}
        onChange={(event) => void sweep.setDuty(Number(event.currentTarget.value))}
        data={duties.map((share) => ({ value: String(share), label: `${100 * share}%` }))}
        classNames={{ root: styles.field, label: styles.fieldLabel, wrapper: styles.fieldBox }}
      />
    </div>
  );
}
