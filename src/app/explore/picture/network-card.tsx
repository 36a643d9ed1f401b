import { NetworkDrawing } from "../../../charts/network-drawing.tsx";
import { Card } from "../../ui/card.tsx";
import { WarningIcon } from "../../ui/icons.tsx";
import { adjustmentLines } from "../model/adjustments.ts";
import { useNetwork } from "../state/context.tsx";
import styles from "./picture.module.css";

/** The network drawn to scale, and what was done to make it fit. */
export function NetworkCard() {
  const { spec, adjustments, warnings } = useNetwork();
  const lines = adjustmentLines(adjustments);
  return (
    <Card
      title="Network"
      note="height: map side · thickness: channels · one bar a block"
      className={styles.still}
    >
      <NetworkDrawing spec={spec} color="var(--accent)" height={206} thickest={72} />
      <div className={styles.notes} role="status" data-testid="notes">
        {warnings.map((warning) => (
          <p key={warning} className={styles.warning}>
            <WarningIcon size={15} /> {sentence(warning)}
          </p>
        ))}
        {lines.length > 0 && (
          <p>
            <b>Adjusted by pycls’ rule:</b> {lines.join("; ")}.
          </p>
        )}
      </div>
    </Card>
  );
}

/** "the map …" → "The map …." */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
