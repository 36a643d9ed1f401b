import { downloadBytes } from "../study/network/deliver.ts";
import type { TrialRow } from "../study/trials/trial-rows.ts";
import { inspectedTrial } from "./inspected-trial.ts";
import { connectInspector } from "./worker/connect.ts";

/** Saves a trained network for TF.js, by an inspector that is opened for it alone. */
export async function saveForTensorFlow(row: TrialRow, fileName: string): Promise<void> {
  const connection = connectInspector();
  try {
    await connection.client.call("open", inspectedTrial(row));
    downloadBytes(fileName, await connection.client.call("save"), "application/zip");
  } finally {
    connection.close();
  }
}
