import { useRun } from "../state/services.tsx";
import styles from "./picture.module.css";

/** Before the first trial: what the curves will look like, and what to do to get them. */
export function EmptyPicture() {
  const phase = useRun((state) => state.phase);
  const live = useRun((state) => state.live);
  return (
    <div className={styles.empty}>
      <svg viewBox="0 0 710 256" preserveAspectRatio="none" className={styles.ghost} aria-hidden="true">
        <path d="M0 256H110V232H136V208H150V176H166V144H186V112H200V80H222V48H244V24H290V0H710" />
        <path d="M0 256H192V240H246V216H282V192H320V168H342V136H380V112H430V88H462V64H520V32H580V0H710" />
      </svg>
      <div className={styles.words}>
        {phase === "idle" ? (
          <>
            <p className={styles.lead}>Which design space makes better networks?</p>
            <p>
              Press <b>Run</b>: networks are drawn from each population and trained here, in this page. Every
              trained network lifts its population’s curve; the curve further left is the better space.
            </p>
          </>
        ) : phase === "failed" || phase === "stopped" ? (
          <p className={styles.lead}>No network of this study is trained yet.</p>
        ) : (
          <>
            <p className={styles.lead}>
              {live === undefined ? "Loading images and kernels …" : "Training the first network …"}
            </p>
            <p>The curves begin with the first trained network.</p>
          </>
        )}
      </div>
    </div>
  );
}
