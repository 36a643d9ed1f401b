import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { PanelNet } from "../src/engine/bench/panel.ts";

export interface PeerTurn {
  readonly ms: readonly number[];
  /** Processor time of the turn, all threads, with the unmeasured step it began with. */
  readonly cpuMs: number;
  /** The faster of PyTorch's memory formats. */
  readonly layout: string;
  readonly macs: number;
  readonly params: number;
}

/** torch_peer.py, running. It answers one request at a time. */
export class TorchPeer {
  readonly version: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  private constructor(
    version: string,
    child: ChildProcessWithoutNullStreams,
    answers: AsyncIterator<string>,
  ) {
    this.version = version;
    this.#child = child;
    this.#answers = answers;
  }

  /** Null, and why, where Python or torch is missing. $PYTHON names the interpreter, $PYTHONPATH may lead to torch. */
  static async start(nets: readonly PanelNet[], batch: number): Promise<TorchPeer | { absent: string }> {
    const python = process.env.PYTHON || "python3";
    const child = spawn(python, [fileURLToPath(new URL("./torch_peer.py", import.meta.url))]);
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    // Writing to a program that has ended, or never began, is no failure of its own: its closed stdout tells.
    child.stdin.on("error", () => {});
    child.on("error", ({ message }) => {
      complaint += message;
    });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stdin.write(`${JSON.stringify({ nets, batch })}\n`);
    const first = await answers.next();
    if (first.done)
      return { absent: complaint.trim().split("\n").at(-1) || `${python} ended without a word` };
    const { version } = JSON.parse(first.value) as { version: string };
    return new TorchPeer(version, child, answers);
  }

  /** Times `steps` training steps. */
  async turn(net: string, threads: number, steps: number): Promise<PeerTurn> {
    this.#child.stdin.write(`${JSON.stringify({ net, threads, steps })}\n`);
    const line = await this.#answers.next();
    if (line.done) throw new Error(`PyTorch ended while it trained ${net}`);
    const answer = JSON.parse(line.value) as PeerTurn | { readonly error: string };
    if ("error" in answer) throw new Error(`PyTorch, ${net}: ${answer.error}`);
    return answer;
  }

  stop(): void {
    this.#child.stdin.end();
  }
}
