import type { Regime } from "../training/regime.ts";
import { regimeFromPycls } from "./pycls-regime.ts";

interface Note {
  readonly path: string;
  readonly message: string;
}

/** Fields that say how a machine works, not what is trained. */
const ofTheMachine = [
  "NUM_GPUS",
  "DATA_LOADER",
  "LOG_PERIOD",
  "VERBOSE",
  "PREC_TIME",
  "CUDNN",
  "OUT_DIR",
  "DIST_BACKEND",
];

/** The regime of a sweep's BASE_CFG; notes bear the paths of its fields. */
export function regimeOfSweep(base: Record<string, unknown>): {
  readonly regime: Regime;
  readonly mapped: readonly Note[];
  readonly unmapped: readonly Note[];
} {
  const optim = sectionOf(base, "OPTIM");
  const train = sectionOf(base, "TRAIN");
  const { regime, notes } = regimeFromPycls({ ...base, OPTIM: optim, TRAIN: train });
  const at = (path: string) => `SETUP.BASE_CFG.${path}`;
  const unmapped = notes
    // Which data sets there are, the study knows.
    .filter((note) => !note.startsWith("TRAIN.DATASET"))
    .map((note): Note => {
      const [field = "", ...rest] = note.split(" ");
      return { path: at(field), message: rest.join(" ") };
    });
  if (train.MIXED_PRECISION === true)
    unmapped.push({ path: at("TRAIN.MIXED_PRECISION"), message: "trained in 32 bits here" });
  for (const key of ofTheMachine)
    if (key in base)
      unmapped.push({ path: at(key), message: "says how a machine works, not what is trained" });
  const mapped = [
    ...Object.keys(optim).map((key) => `OPTIM.${key}`),
    ...Object.keys(train).map((key) => `TRAIN.${key}`),
  ]
    .filter((path) => taken.has(path) && !unmapped.some((note) => note.path === at(path)))
    .map((path): Note => ({ path: at(path), message: "regime" }));
  return { regime, mapped, unmapped };
}

const taken = new Set([
  ...[
    "BASE_LR",
    "LR_POLICY",
    "MIN_LR",
    "STEPS",
    "LR_MULT",
    "MAX_EPOCH",
    "MOMENTUM",
    "NESTEROV",
    "WEIGHT_DECAY",
  ].map((key) => `OPTIM.${key}`),
  ...["WARMUP_EPOCHS", "EMA_ALPHA", "EMA_UPDATE_PERIOD"].map((key) => `OPTIM.${key}`),
  ...["DATASET", "BATCH_SIZE", "LABEL_SMOOTHING", "MIXUP_ALPHA"].map((key) => `TRAIN.${key}`),
]);

function sectionOf(base: Record<string, unknown>, key: string): Record<string, unknown> {
  const section = base[key];
  return typeof section === "object" && section !== null ? (section as Record<string, unknown>) : {};
}
