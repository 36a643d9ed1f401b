import { WidthPlot } from "../../../charts/width-plot.tsx";
import { Card } from "../../ui/card.tsx";
import { MathText } from "../../ui/math-text.tsx";
import { useNetwork } from "../state/context.tsx";
import styles from "./picture.module.css";

/** Width of every block, and the line it was quantized from where there is one. */
export function WidthCard() {
  const { widths, line } = useNetwork();
  return (
    <Card
      title="Width per block"
      note={
        <MathText
          text={
            line === undefined
              ? "w_j over block j, log scale"
              : "steps: w_j · dashed: u_j = w_0 + w_a·j · log scale"
          }
        />
      }
      className={styles.widths}
    >
      <div className={styles.chart}>
        <WidthPlot rows={widths} color="var(--accent)" />
      </div>
    </Card>
  );
}
