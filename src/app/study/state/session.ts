import { defaultStudy, type Study } from "../../../engine/sweep/study.ts";
import { canonicalJson, studyId } from "../../../engine/sweep/study-id.ts";
import { type ChoiceStorage, readChoice, readDuty } from "./device-choice.ts";
import { createDraftStore } from "./draft-store.ts";
import { readAddress, studyHash } from "./location.ts";
import { noOtherTabs, type OtherTabs } from "./other-tabs.ts";
import { isPlainView, plainResultsView } from "./results-view.ts";
import { createRunStore, isActive } from "./run-store.ts";
import type { Services } from "./services.tsx";
import { createSweepController, type SweepConnection } from "./sweep-controller.ts";
import { createViewActions, createViewStore, type ViewState } from "./view-store.ts";

/** What a browser's window is to a session: its address, and the notice that it changed from outside. */
export interface AddressBar {
  read(): string;
  write(hash: string): void;
  onChange(listener: () => void): void;
}

/** Browsers allow some hundred address changes in half a minute; a brush makes as many in two seconds. */
const viewWriteDelay = 200;

/**
 * Builds the stores and finds the study to show: the one of the address, with what is recorded of it; else the last one
 * that ran here; else the default set-up. From then on the address follows what is shown.
 */
export function startSession(
  connect: () => SweepConnection,
  bar: AddressBar,
  tabs: OtherTabs = noOtherTabs,
  storage?: ChoiceStorage,
): Services {
  const address = readAddress(bar.read());
  const draft = createDraftStore(address.study ?? defaultStudy);
  const run = createRunStore({ choice: readChoice(storage), duty: readDuty(storage) });
  const view = createViewStore({
    ...address.view,
    badLink: address.problem,
    badView: address.viewProblem,
  });
  const sweep = createSweepController(run, connect, tabs, storage);
  const services: Services = { draft, run, view, sweep, actions: createViewActions(view) };

  void restore(services, address.study, address.problem === undefined).finally(() => {
    run.setState({ ready: true });
    followAddress(services, bar);
  });
  return services;
}

async function restore({ draft, run, sweep }: Services, linked: Study | undefined, useLast: boolean) {
  await sweep.begin();
  const { studies } = run.getState();
  const id = linked === undefined ? (useLast ? studies[0]?.id : undefined) : studyId(linked);
  if (id === undefined || !studies.some((study) => study.id === id)) return;
  const study = await sweep.open(id, linked);
  if (study !== undefined) draft.getState().replace(study);
}

function followAddress(services: Services, bar: AddressBar): void {
  const { draft, run, view, sweep } = services;
  const shown = () => {
    const { phase, study } = run.getState();
    return phase === "idle" || study === undefined ? draft.getState().study : study;
  };
  let written = "";
  const write = () => {
    if (draft.getState().problems.length > 0) return;
    const study = shown();
    const looked = view.getState();
    // The first visit keeps its clean address.
    if (written === "" && isPlainView(looked) && canonicalJson(study) === canonicalJson(defaultStudy)) return;
    const hash = studyHash(study, looked);
    if (hash !== written) bar.write(hash);
    written = hash;
  };
  if (view.getState().badLink === undefined) write();
  draft.subscribe(write);
  run.subscribe((state, before) => {
    // Marks of one study mean nothing in another.
    if (state.studyId !== before.studyId && before.studyId !== undefined && state.studyId !== undefined)
      view.setState({ marked: plainResultsView.marked, selected: undefined });
    if (state.study !== before.study || state.phase !== before.phase) write();
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  view.subscribe((state, before) => {
    if (sameView(state, before)) return;
    clearTimeout(timer);
    timer = setTimeout(write, viewWriteDelay);
  });

  bar.onChange(() => {
    const hash = bar.read();
    if (hash === written) return;
    clearTimeout(timer);
    const address = readAddress(hash);
    // The study that is shown: only another look at it.
    if (address.study !== undefined && canonicalJson(address.study) === canonicalJson(shown())) {
      written = hash;
      view.setState({ ...address.view, badView: address.viewProblem });
      return;
    }
    // A link must not end a run that is under way; the page keeps showing it.
    if (isActive(run.getState().phase)) {
      if (written !== "") bar.write(written);
      return;
    }
    const { study, problem, viewProblem } = address;
    view.setState({ ...address.view, badLink: problem, badView: viewProblem });
    if (study === undefined) return;
    written = hash;
    sweep.reset();
    draft.getState().replace(study);
    void restore(services, study, false);
  });
}

function sameView(a: ViewState, b: ViewState): boolean {
  return (
    a.board === b.board &&
    a.filter === b.filter &&
    a.axes === b.axes &&
    a.marked === b.marked &&
    a.selected === b.selected
  );
}
