import { useEffect, useMemo, useRef, useState } from "react";
import { formatPercent } from "../../charts/format.ts";
import { FigureFrame } from "../../charts/page/figure-frame.tsx";
import { rooflineFigure } from "../../charts/roofline-chart.tsx";
import type { Roofline } from "../../engine/bench/roofline.ts";
import { isActive } from "../study/state/run-store.ts";
import { useRun, useServices } from "../study/state/services.tsx";
import type { TrialRow } from "../study/trials/trial-rows.ts";
import { Dialog, DialogHead } from "../ui/dialog.tsx";
import { Notice } from "../ui/notice.tsx";
import styles from "./profile.module.css";
import { rooflineGroups, rooflineRows, summarize } from "./roofline-rows.ts";
import { TuneSection } from "./tune-section.tsx";

export interface ProfileDialogProps {
  readonly row: TrialRow;
  readonly onClose: () => void;
}

/** Where a network's training step spends its time on this device, and what the device could do at best. */
export default function ProfileDialog({ row, onClose }: ProfileDialogProps) {
  const { roofline, share, failure } = useProfile(row);
  return (
    <Dialog label={`Profile of ${row.name}`} className={styles.dialog} onClose={onClose}>
      {(close) => (
        <>
          <DialogHead title={row.name} onClose={close}>
            <p className={styles.note} role="status">
              {statusText(roofline, failure)}
            </p>
          </DialogHead>
          <div className={styles.body}>
            {failure !== undefined && (
              <Notice tone="bad" title={`${row.name} cannot be profiled:`}>
                {failure}
              </Notice>
            )}
            {roofline === undefined && failure === undefined && (
              <progress className={styles.progress} aria-label="Profile" max={1} value={share} />
            )}
            {roofline !== undefined && <Picture roofline={roofline} name={row.name} />}
          </div>
          {/* Before that the device is busy. */}
          {(roofline !== undefined || failure !== undefined) && <TuneSection />}
        </>
      )}
    </Dialog>
  );
}

interface ProfileState {
  readonly roofline: Roofline | undefined;
  /** 0–1. */
  readonly share: number;
  readonly failure: string | undefined;
}

/** Begins when the dialog opens. What is training keeps the device: two at a time would measure each other. */
function useProfile(row: TrialRow): ProfileState {
  const { sweep } = useServices();
  const training = useRun(({ phase }) => isActive(phase));
  const [state, setState] = useState<ProfileState>({ roofline: undefined, share: 0, failure: undefined });
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    if (training) {
      setState({ roofline: undefined, share: 0, failure: "a study is being trained; stop it first." });
      return;
    }
    const request = { spec: row.network.spec, batch: row.regime.batch };
    sweep
      .profile(request, (share) => setState((before) => ({ ...before, share })))
      .then(
        (roofline) => setState({ roofline, share: 1, failure: undefined }),
        (error: unknown) =>
          setState((before) => ({
            ...before,
            failure: error instanceof Error ? error.message : String(error),
          })),
      );
  }, [row, sweep, training]);
  return state;
}

function statusText(roofline: Roofline | undefined, failure: string | undefined): string {
  if (failure !== undefined) return "";
  if (roofline === undefined) return "Timing every kernel of a training step …";
  const { ms, batch } = roofline;
  return `batch ${batch}: ${number(ms)} ms a step in kernels`;
}

function Picture({ roofline, name }: { readonly roofline: Roofline; readonly name: string }) {
  const [hovered, setHovered] = useState<string>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const content = useMemo(() => {
    const groups = rooflineGroups(roofline);
    return rooflineFigure({
      rows: rooflineRows(roofline),
      groups,
      roof: roofline.roof,
      description: summaryText(roofline),
      empty: "No call of this network multiplies and adds.",
      selection: { selected, hovered, onSelect: setSelected, onHover: setHovered },
    });
  }, [roofline, selected, hovered]);
  const { device, batch } = roofline;
  return (
    <FigureFrame
      title="Roofline"
      note="speed of every convolution's calls against multiply-adds per byte"
      source={{ study: name, n: 1, regime: `${device}, batch ${batch}` }}
      content={content}
      height={400}
    >
      <p className={styles.summary}>{summaryText(roofline)}</p>
    </FigureFrame>
  );
}

function summaryText(roofline: Roofline): string {
  const { multiplying, moving } = summarize(roofline);
  const sentences = [
    multiplying &&
      `Convolutions take ${formatPercent(multiplying.share, 0)} of the time, at ${number(multiplying.gflops)} GFLOP/s: ` +
        `${formatPercent(multiplying.ofRoof, 0)} of what the roof allows.`,
    moving &&
      `Calls without multiply-adds (norms, sums, the update) take ${formatPercent(moving.share, 0)}, ` +
        `at ${number(moving.gbPerSecond)} GB/s: ${formatPercent(moving.ofRoof, 0)} of the memory's.`,
  ];
  // Nothing is faster than the roof: it was measured too low.
  if ((multiplying?.ofRoof ?? 0) > 1.05 || (moving?.ofRoof ?? 0) > 1.05)
    sentences.push(
      "More than 100%: small calls stay in the cache, or the device was busy while its roof was measured.",
    );
  return sentences.filter((sentence) => sentence !== undefined).join(" ");
}

function number(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
