import type { SweepEvents } from "../../engine/sweep/protocol.ts";

/**
 * What a run tells its page, told to the other tabs too: they show the records of a study that they do not run as they
 * come.
 */
const channelName = "designscape runs";

export type RelayedEvent = {
  [K in keyof SweepEvents]: { readonly studyId: string; readonly event: K; readonly payload: SweepEvents[K] };
}[keyof SweepEvents];

/** In the worker. */
export function createRelay(): <K extends keyof SweepEvents>(event: K, payload: SweepEvents[K]) => void {
  const channel = new BroadcastChannel(channelName);
  return (event, payload) => {
    const studyId = studyOf(payload);
    if (studyId !== undefined) channel.postMessage({ studyId, event, payload });
  };
}

/** In a page: what runs in other tabs tell, until the signal ends it. */
export function followRuns(listener: (event: RelayedEvent) => void, signal: AbortSignal): void {
  const channel = new BroadcastChannel(channelName);
  channel.addEventListener("message", ({ data }: MessageEvent<RelayedEvent>) => listener(data));
  signal.addEventListener("abort", () => channel.close());
}

/** The study that an event is of; the device's own is of none. */
function studyOf(payload: SweepEvents[keyof SweepEvents]): string | undefined {
  if ("studyId" in payload) return payload.studyId;
  if ("study" in payload) return payload.study;
  return "trialId" in payload ? payload.trialId.split("/")[0] : undefined;
}
