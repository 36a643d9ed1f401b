import { useRun } from "../state/services.tsx";
import styles from "./picture.module.css";

/** Before the first trial: what the curves will look like, and what to do to get them. */
export function EmptyPicture() {
  const phase = useRun((state) => state.phase);
  const live = useRun((state) => state.live);
  return (
    <div className={styles.empty}>
      <svg viewBox="0 0 760 300" preserveAspectRatio="none" className={styles.ghost} aria-hidden="true">
        {[0, 1, 2, 3, 4].map((i) => (
          <line key={i} x1={40} x2={750} y1={20 + i * 64} y2={20 + i * 64} />
        ))}
        <path d="M40 276H150V252H176V228H190V196H206V164H226V132H240V100H262V68H284V44H330V20H750" />
        <path d="M40 276H232V260H286V236H322V212H360V188H382V156H420V132H470V108H502V84H560V52H620V20H750" />
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
