import { ActionsCard } from "./actions/actions-card.tsx";
import { BadLink } from "./bad-link.tsx";
import styles from "./explore-view.module.css";
import { KnobsCard } from "./knobs/knobs-card.tsx";
import { CostCard } from "./numbers/cost-card.tsx";
import { PopulationCard } from "./numbers/population-card.tsx";
import { TakeAwayCard } from "./numbers/take-away-card.tsx";
import { NetworkCard } from "./picture/network-card.tsx";
import { StagesCard } from "./picture/stages-card.tsx";
import { WidthCard } from "./picture/width-card.tsx";

/** One network on one screen: its parameters left, its picture in the middle, its numbers right. */
export function ExploreView() {
  return (
    <main className={styles.main}>
      <BadLink />
      <div className={styles.columns}>
        <div className={styles.setup}>
          <div className={styles.scroll}>
            <KnobsCard />
          </div>
          <ActionsCard />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and holds nothing else to focus */}
        <section className={styles.picture} aria-label="Picture" tabIndex={0}>
          <NetworkCard />
          <WidthCard />
          <StagesCard />
        </section>
        <div className={styles.numbers}>
          <CostCard />
          <PopulationCard />
          <TakeAwayCard />
        </div>
      </div>
    </main>
  );
}
