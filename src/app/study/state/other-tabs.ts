import type { RelayedEvent } from "../../worker/run-relay.ts";

/** What a session knows of the browser's other tabs, and asks of the browser itself. */
export interface OtherTabs {
  /** Ids of the studies that run in any tab, this one included. */
  running(): Promise<ReadonlySet<string>>;
  /** What runs in other tabs tell, until the signal ends it. */
  follow(listener: (event: RelayedEvent) => void, signal: AbortSignal): void;
  /** Resolves when no tab runs the study any more. */
  released(studyId: string, signal: AbortSignal): Promise<void>;
  /** Asks the browser to keep what is recorded when the disk runs full. */
  keepStorage(): Promise<boolean>;
}

/** Where there is no other tab. */
export const noOtherTabs: OtherTabs = {
  running: async () => new Set(),
  follow: () => {},
  released: async () => {},
  keepStorage: async () => false,
};
