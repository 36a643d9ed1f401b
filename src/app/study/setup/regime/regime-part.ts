import type { Regime } from "../../../../engine/training/regime.ts";

/** What a part of the regime's form works with. */
export interface RegimePartProps {
  readonly regime: Regime;
  readonly edit: (change: Partial<Regime>) => void;
  /** What is wrong with a field, by its path in the regime, or with something inside it. */
  readonly problemAt: (path: string) => string | undefined;
}
