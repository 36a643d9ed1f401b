import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";
import type { DraftState, DraftStore } from "./draft-store.ts";
import type { RunState, RunStore } from "./run-store.ts";
import type { SweepController } from "./sweep-controller.ts";
import type { ViewActions, ViewState, ViewStore } from "./view-store.ts";

/** Everything the study view needs; handed down, so that tests and the gallery can hand down their own. */
export interface Services {
  readonly draft: DraftStore;
  readonly run: RunStore;
  readonly view: ViewStore;
  readonly actions: ViewActions;
  readonly sweep: SweepController;
}

const ServicesContext = createContext<Services | undefined>(undefined);

export function ServicesProvider({
  services,
  children,
}: {
  readonly services: Services;
  readonly children: ReactNode;
}) {
  return <ServicesContext value={services}>{children}</ServicesContext>;
}

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined) throw new Error("the study view is outside its ServicesProvider");
  return services;
}

export function useDraft<T>(select: (state: DraftState) => T): T {
  return useStore(useServices().draft, select);
}

export function useRun<T>(select: (state: RunState) => T): T {
  return useStore(useServices().run, select);
}

export function useView<T>(select: (state: ViewState) => T): T {
  return useStore(useServices().view, select);
}
