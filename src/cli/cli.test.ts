import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { temporaryFolder } from "../../test/fixtures/temporary-folder.ts";
import { complexity } from "../engine/network/complexity.ts";
import { parseNetworkSpec } from "../engine/network/parse.ts";
import { publishedNetwork } from "../engine/published/registry.ts";
import { runCli } from "./run.ts";

interface Run {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** A command line in this process. */
async function run(...args: string[]): Promise<Run> {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      written[stream] += text;
      return true;
    }),
  );
  const status = await runCli(args);
  for (const spy of spies) spy.mockRestore();
  return { status, lines: linesOf(written.stdout), stderr: written.stderr };
}

/** A command line as the shell runs it. */
function spawn(args: readonly string[], input: string): Run {
  const command = ["--import", "tsx", "src/cli/main.ts", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { input, encoding: "utf8" });
  return { status, lines: linesOf(stdout), stderr };
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

const regnetx400 = {
  space: "regnetx",
  params: { depth: 22, initialWidth: 24, slope: 24.48, widthMultiplier: 2.54, groupWidth: 16 },
};

describe("describe", () => {
  test("a line cut into more stages than a network may have is refused by its multiplier", async () => {
    const params = { ...regnetx400.params, depth: 63, slope: 4000, widthMultiplier: 1.0001 };
    const file = join(temporaryFolder(), "net.json");
    writeFileSync(file, JSON.stringify({ ...regnetx400, params }));
    const { status, stderr } = await run("describe", file);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /params\.widthMultiplier: 1\.0001 is not allowed; .* 63 stages, expected at most 32/,
    );
  });

  test("answers requests line by line, in order; a bad one gets its error in its place", () => {
    const requests = [
      JSON.stringify(regnetx400),
      '{"preset":"resnet-50","resolution":64}',
      '{"preset":"x"}',
      "?",
    ];
    const { status, lines, stderr } = spawn(["describe", "-"], requests.join("\n"));
    const answers = lines.map((line) => JSON.parse(line));
    const { exact, spec } = publishedNetwork("regnetx-400mf");
    expect(answers[0]).toMatchObject(exact);
    expect(answers[0].stages).toHaveLength(4);
    expect(answers[0].stages[0]).toMatchObject({
      depth: 1,
      width: 32,
      stride: 2,
      bottleneckRatio: 1,
      groupWidth: 16,
    });
    expect(answers[0].spec.stages).toEqual(spec.stages);
    expect(answers[0].trainBytes).toBeGreaterThan(4 * exact.params!);
    expect(answers[1]).toMatchObject({ name: "ResNet-50", spec: { input: { height: 64, width: 64 } } });
    expect(answers[0].notes[0]).toBe("stage 1: width 24 → 32, so that groups divide the bottleneck");
    expect(answers[1]).not.toHaveProperty("notes");
    expect(answers[2].error).toContain('preset: "x" is not known');
    expect(answers[3].error).toContain("not JSON");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: line 3: preset: "x" is not known.* \(and 1 more bad requests\)$/m);
  });

  test("says what was adjusted, and when the maps vanish", async () => {
    const file = join(temporaryFolder(), "request.json");
    const params = { ...regnetx400.params, initialWidth: 40, groupWidth: 16 };
    writeFileSync(file, JSON.stringify({ space: "regnetx", params }));
    const { status, lines } = await run("describe", file, "--resolution", "8");
    expect(status).toBe(0);
    expect(lines).toContain("note: stage 1: width 40 → 32, so that groups divide the bottleneck");
    expect(lines.at(-1)).toBe(
      "note: the map is 1×1 from stage 2 on: the image (8×8) is smaller than the total stride (32)",
    );
  });

  test("a file with a spec, with --resolution and --classes in its place", async () => {
    const file = join(temporaryFolder(), "net.json");
    writeFileSync(file, JSON.stringify(publishedNetwork("regnetx-200mf").spec));
    const { status, lines } = await run("describe", file, "--resolution", "96", "--classes", "10", "--json");
    expect(status).toBe(0);
    const { spec, flops } = JSON.parse(lines[0]!);
    expect(spec).toMatchObject({ input: { height: 96, width: 96 }, classes: 10 });
    expect(flops).toBe(complexity(parseNetworkSpec(spec)).flops);
  });

  test.each([
    [["describe", "resnet-51"], 'preset: "resnet-51" is not known; expected one of'],
    [["describe", "./none.json"], "./none.json: no such file"],
    [["describe", "resnet-50", "--resolution", "0"], "Expected a whole number from 1 to 4096"],
    [["describe"], "missing required argument"],
    [["nonsense"], "unknown command"],
  ])("%j ends with status 2 and one line on stderr", async (args, message) => {
    const { status, lines, stderr } = await run(...args);
    expect(status).toBe(2);
    expect(lines).toEqual([]);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("sample", () => {
  test("draws networks within the budget; more networks begin with the same ones", async () => {
    const args = ["sample", "regnetx", "--seed", "7", "--flops", "1M..3M", "--json"];
    const three = await run(...args, "-n", "3");
    const five = await run(...args, "-n", "5");
    expect(three.status).toBe(0);
    expect(three.lines).toHaveLength(3);
    expect(five.lines.slice(0, 3)).toEqual(three.lines);
    for (const line of five.lines) {
      const { spec, flops } = JSON.parse(line);
      expect(complexity(parseNetworkSpec(spec)).flops).toBe(flops);
      expect(flops).toBeGreaterThanOrEqual(1e6);
      expect(flops).toBeLessThanOrEqual(3e6);
    }
    expect(three.stderr).toMatch(/^3 networks of RegNetX; acceptance rate \d+\.\d% /);
  });

  test("an impossible budget ends with status 2 and says what each bound rejects", async () => {
    const { status, lines, stderr } = await run("sample", "anynetxa", "--flops", "..10k");
    expect(status).toBe(2);
    expect(lines).toEqual([]);
    expect(stderr).toContain("flops above 0.01 M: 100.0%");
  });
});

test("sample refuses a number of stages that the space does not leave open", async () => {
  const { status, stderr } = await run("sample", "mbconv", "--stages", "3");
  expect(status).toBe(2);
  expect(stderr).toBe("error: --stages: 3 is not allowed; mbconv networks have 7 stages\n");
});
