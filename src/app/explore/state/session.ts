import type { AddressBar } from "../../study/state/session.ts";
import { exploreHash, readExploreHash } from "../model/explore-url.ts";
import { createExploreStore, type ExploreStore } from "./explore-store.ts";

/** Browsers allow some hundred address changes in half a minute; a slider makes as many in two seconds. */
const writeDelay = 200;

/** Builds the store from the address; from then on the address follows the knobs. */
export function startExplore(bar: AddressBar): ExploreStore {
  const { address, problems } = readExploreHash(bar.read());
  const store = createExploreStore(address, problems);
  let written = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  store.subscribe((state, before) => {
    const { family, point, seed, draw } = state;
    if (family === before.family && point === before.point && seed === before.seed && draw === before.draw)
      return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      written = exploreHash(store.getState());
      bar.write(written);
    }, writeDelay);
  });
  bar.onChange(() => {
    const hash = bar.read();
    if (hash === written) return;
    clearTimeout(timer);
    const read = readExploreHash(hash);
    written = hash;
    store.getState().open(read.address, read.problems);
  });
  return store;
}
