import { type Command, Option } from "commander";
import { percentText } from "../../engine/math/percent.ts";
import { specLimits } from "../../engine/network/spec.ts";
import {
  acceptanceRate,
  addTallies,
  type Budget,
  type CostRange,
  type DrawTally,
  describeRejections,
  emptyTally,
} from "../../engine/spaces/constraint.ts";
import { drawNetwork } from "../../engine/spaces/population.ts";
import { type SpaceId, spaceIds, spaceOf } from "../../engine/spaces/registry.ts";
import { imagenetSetting, type SpaceSetting, smallImageSetting } from "../../engine/spaces/setting.ts";
import { describeWithMemory, networkLine } from "../describe-network.ts";
import { CliError } from "../failure.ts";
import { costRange, wholeNumber } from "../input.ts";
import { printLine, printNote } from "../output.ts";

interface Options {
  readonly count: number;
  readonly seed: number;
  readonly flops?: CostRange;
  readonly params?: CostRange;
  readonly acts?: CostRange;
  readonly resolution: number;
  readonly channels?: number;
  readonly classes?: number;
  readonly stages?: number;
  readonly stemWidth?: number;
  readonly batch: number;
  readonly json?: true;
}

export function registerSample(program: Command): void {
  program
    .command("sample")
    .summary("draw networks of a design space")
    .description(
      "Draws networks of a design space, within a budget. The acceptance rate goes to stderr. Up to 64 pixels they " +
        "have the small-image stem and ranges and 3 stages, above that ImageNet's and 4.",
    )
    .argument("<space>", `one of ${spaceIds.join(", ")}`)
    .addOption(new Option("-n, --count <n>", "how many").argParser(wholeNumber(1, 1_000_000)).default(1))
    .option("--seed <n>", "of the population", wholeNumber(0, 0xffffffff), 1)
    .option("--flops <range>", 'multiply-adds, e.g. "1M..3M"', costRange)
    .option("--params <range>", "trained weights and biases", costRange)
    .option("--acts <range>", "output elements of all convolutions", costRange)
    .option("--resolution <pixels>", "side of the image", wholeNumber(1, specLimits.side), 28)
    .option("--channels <n>", "of the image (default: 1 at 28 pixels, else 3)", wholeNumber(1, 64))
    .option("--classes <n>", "default: 10, or 1000 above 64 pixels", wholeNumber(1, specLimits.classes))
    .option("--stages <n>", "number of stages", wholeNumber(1, specLimits.stages))
    .option("--stem-width <n>", "channels of the stem", wholeNumber(1, specLimits.channels))
    .option("--batch <n>", "images per step, for the training memory", wholeNumber(1, 4096), 64)
    .option("--json", "a JSON object a line")
    .action(sample);
}

async function sample(space: string, options: Options): Promise<void> {
  if (!isSpace(space))
    throw new CliError(`space: "${space}" is not known; expected one of ${spaceIds.join(", ")}`);
  const { fixedStages } = spaceOf(space);
  if (fixedStages !== undefined && (options.stages ?? fixedStages) !== fixedStages)
    throw new CliError(
      `--stages: ${options.stages} is not allowed; ${space} networks have ${fixedStages} stages`,
    );
  const { flops, params, acts, count, seed, batch } = options;
  const budget: Budget = { flops, params, acts };
  const setting = settingOf(options);
  let tally = emptyTally;
  for (let index = 0; index < count; index++) {
    const member = drawNetwork({ space, setting, budget, seed }, index);
    tally = addTallies(tally, member.tally);
    const network = describeWithMemory(member.spec, batch);
    await printLine(options.json ? JSON.stringify(network) : networkLine(index, network));
  }
  printNote(summary(space, count, tally, budget));
}

function isSpace(name: string): name is SpaceId {
  return (spaceIds as readonly string[]).includes(name);
}

function settingOf(options: Options): SpaceSetting {
  const { resolution, stemWidth, stages, classes } = options;
  const base = resolution <= 64 ? smallImageSetting : imagenetSetting;
  const channels = options.channels ?? (resolution === 28 ? 1 : 3);
  const { frame } = base;
  return {
    ...base,
    stages: stages ?? base.stages,
    frame: {
      ...frame,
      input: { height: resolution, width: resolution, channels },
      classes: classes ?? frame.classes,
      stem: { type: frame.stem.type, width: stemWidth ?? frame.stem.width },
    },
  };
}

function summary(space: SpaceId, count: number, tally: DrawTally, budget: Budget): string {
  const rate = percentText(acceptanceRate(tally) ?? 0);
  const rejections = describeRejections(tally, budget);
  return `${count} networks of ${spaceOf(space).label}; acceptance rate ${rate}${rejections ? ` (${rejections})` : ""}`;
}
