import { Button } from "@mantine/core";
import { Card } from "../ui/card.tsx";
import styles from "./compare.module.css";
import { choicesOf } from "./compare-source.ts";
import { useCompareStore } from "./context.tsx";
import { OpenFileButton } from "./open-file-button.tsx";
import type { Sources } from "./use-sources.ts";

/** Nothing is chosen yet: what will stand here, and the shortest way to it. */
export function EmptyComparison({ known }: { readonly known: Sources }) {
  const store = useCompareStore();
  const [newest] = known.sources.values();
  const populations = newest === undefined ? [] : choicesOf(newest).filter(({ population }) => population);
  return (
    <Card title="Comparison" className={styles.empty}>
      <svg viewBox="0 0 710 256" preserveAspectRatio="none" className={styles.ghost} aria-hidden="true">
        <path d="M0 256H110V232H136V208H150V176H166V144H186V112H200V80H222V48H244V24H290V0H710" />
        <path d="M0 256H192V240H246V216H282V192H320V168H342V136H380V112H430V88H462V64H520V32H580V0H710" />
      </svg>
      <div className={styles.words}>
        <p className={styles.lead}>Who is better, and is it noise?</p>
        <p>
          Choose up to eight populations or whole studies, of this browser or from results files. They stand
          in one picture and one table, each held against a baseline: with a test, its corrected p, the size
          of the effect, and a sentence that says what it means.
        </p>
        <div className={styles.ways}>
          {populations.length > 1 && newest !== undefined && (
            <Button size="xs" onClick={() => store.getState().choose(populations.map(({ key }) => key))}>
              Compare {newest.name}
            </Button>
          )}
          <OpenFileButton />
        </div>
      </div>
    </Card>
  );
}
