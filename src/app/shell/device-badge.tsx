import { Tooltip } from "@mantine/core";
import { formatInteger } from "../../charts/format.ts";
import type { DeviceInfo } from "../../engine/sweep/protocol.ts";
import { useRun } from "../study/state/services.tsx";
import styles from "./header.module.css";

const names: Readonly<Record<DeviceInfo["executor"], string>> = {
  webgpu: "WebGPU",
  wasm: "WebAssembly",
  reference: "JavaScript",
};

/** What trains here, and how fast it was measured to be. */
export function DeviceBadge() {
  const device = useRun((state) => state.device);
  const failure = useRun((state) => state.deviceFailure);
  const speed = useRun((state) => state.imagesPerSecond);
  if (device === undefined && failure === undefined) return null;
  const state = failure !== undefined ? "bad" : device?.note === undefined ? "ok" : "warn";
  return (
    <Tooltip label={device?.device ?? failure} multiline maw={300}>
      <span
        className={styles.badge}
        data-state={state}
        role="note"
        aria-label={`Trained by ${device?.device ?? "nothing"}`}
      >
        <i />
        <span>
          {device === undefined ? "no executor" : names[device.executor]}
          {device?.threads !== undefined && (
            <span className={styles.detail}>
              , {device.threads} thread{device.threads === 1 ? "" : "s"}
            </span>
          )}
        </span>
        {speed !== undefined && (
          <span className={styles.detail}>· {formatInteger(roundSpeed(speed))} images/s</span>
        )}
      </span>
    </Tooltip>
  );
}

/** Two significant digits: the last ones only flicker. */
function roundSpeed(speed: number): number {
  return Number(speed.toPrecision(speed >= 1000 ? 3 : 2));
}
