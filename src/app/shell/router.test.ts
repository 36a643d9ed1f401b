import { expect, test } from "vitest";
import { createRouter, unknownViewOf, viewOf } from "./router.ts";

function fakeLocation(hash: string) {
  let notify = () => {};
  const location = {
    hash,
    pushed: [] as string[],
    read: () => location.hash,
    replace: (next: string) => {
      location.hash = next;
    },
    push: (next: string) => {
      location.pushed.push(next);
      location.hash = next;
    },
    onChange: (listener: () => void) => {
      notify = listener;
    },
    /** The user follows a link: the address changes first, the notice comes later. */
    typed: (next: string) => {
      location.hash = next;
    },
    noticed: () => notify(),
  };
  return location;
}

test("an address names its view; without one it is the study", () => {
  expect(
    ["", "#/", "#/study?v=1", "#/explore", "#/explore?f=x", "#running", "#/explore2"].map(viewOf),
  ).toEqual(["study", "study", "study", "explore", "explore", "study", "study"]);
});

test("what an address names and no view is called is unknown", () => {
  const known = [
    "",
    "#",
    "#/",
    "#/?v=1",
    "#/study",
    "#/study?s=#/x",
    "#/explore/",
    "#explore",
    "#/compare?g=a/b",
  ];
  expect(known.map(unknownViewOf)).toEqual(known.map(() => undefined));
  const unknown = ["#/nonsense", "#/nonsense?v=1", "#/Study?v=1", "#/explore2", "#running", "#/%3Cb%3E/x"];
  expect(unknown.map(unknownViewOf)).toEqual([
    "nonsense",
    "nonsense",
    "Study",
    "explore2",
    "running",
    "%3Cb%3E",
  ]);
  // What is behind its "?" is read as a study's.
  const router = createRouter(fakeLocation("#/nonsense?v=1"));
  expect(router.store.getState()).toMatchObject({ view: "study", unknownView: "nonsense" });
  expect(router.bar("study").read()).toBe("#/nonsense?v=1");
});

test("an unknown view is told until another address is gone to or the user has read it", () => {
  const location = fakeLocation("#/nonsense");
  const router = createRouter(location);
  const told = () => router.store.getState().unknownView;
  expect(told()).toBe("nonsense");
  router.dismissUnknownView();
  expect(told()).toBeUndefined();
  for (const next of ["#/explore", "#/explore?f=x"]) {
    for (const typed of ["#/nowhere", next]) {
      location.typed(typed);
      location.noticed();
      expect([typed, told()]).toEqual([typed, typed === next ? undefined : "nowhere"]);
    }
  }
  location.typed("#/nowhere?x=1");
  location.noticed();
  expect(told()).toBe("nowhere");
  router.go("explore");
  expect(told()).toBeUndefined();
});

test("each view writes its own address; the window shows the one that is open", () => {
  const location = fakeLocation("#/study?v=1");
  const router = createRouter(location);
  router.bar("explore").write("#/explore?f=regnetx");
  expect(location.hash).toBe("#/study?v=1");
  router.bar("study").write("#/study?v=1&seed=2");
  expect(location.hash).toBe("#/study?v=1&seed=2");
  router.go("explore");
  expect(location.hash).toBe("#/explore?f=regnetx");
});

test("a bare link to a view restores it as it was left", () => {
  const location = fakeLocation("#/study?v=1&seed=3");
  const router = createRouter(location);
  location.typed("#/explore?f=fast");
  location.noticed();
  location.typed("#/study");
  location.noticed();
  expect(location.hash).toBe("#/study?v=1&seed=3");
  expect(router.store.getState().view).toBe("study");
});

test("only the view that an address is for hears of it", () => {
  const location = fakeLocation("");
  const router = createRouter(location);
  const heard: string[] = [];
  router.bar("explore").onChange(() => heard.push(`explore ${router.bar("explore").read()}`));
  router.bar("study").onChange(() => heard.push("study"));
  location.typed("#/explore?f=tiny");
  location.noticed();
  expect(heard).toEqual(["explore #/explore?f=tiny"]);
});

test("a late write never overwrites the address the user has just gone to", () => {
  const location = fakeLocation("#/explore?f=regnetx&d=3");
  const router = createRouter(location);
  location.typed("#/explore?f=fast");
  router.bar("explore").write("#/explore?f=regnetx&d=4");
  expect(location.hash).toBe("#/explore?f=fast");
  location.noticed();
  expect(router.bar("explore").read()).toBe("#/explore?f=fast");
});
