import { DatasetStore } from "../../../engine/data/kept/dataset-store.ts";
import { datasetFacts } from "../../../engine/data/loader.ts";
import { StudyLibrary } from "../../../engine/exchange/library.ts";
import { readStudies } from "../../../engine/exchange/read-studies.ts";
import { createServer } from "../../../engine/runtime/worker/rpc.ts";
import { SweepStore } from "../../../engine/sweep/store/store.ts";
import { claimStudy } from "../../worker/study-lock.ts";
import type { StudiesEvents, StudiesRequests } from "./protocol.ts";

/** The entry of the worker that keeps the list of studies. */
const ownImages = new DatasetStore().source(() =>
  Promise.reject(new Error("no such file in this browser's storage")),
);
const library = new StudyLibrary(new SweepStore(), claimStudy, (name) => datasetFacts(name, ownImages));

const server = createServer<StudiesRequests, StudiesEvents>(self, {
  list: () => library.list(),
  rename: (id, name) => library.rename(id, name),
  duplicate: (id, withTrials) => library.duplicate(id, withTrials),
  merge: (ids, name) => library.merge(ids, name),
  remove: (id) => library.remove(id),
  async importFile(file) {
    const read = await readStudies(file.name, chunksOf(file), (bytes) =>
      server.emit("reading", { file: file.name, read: bytes, size: file.size }),
    );
    return library.import(file.name, read);
  },
  async exportStudy(id, format) {
    const { parts, ...file } = await library.export(id, format);
    return { ...file, blob: new Blob([...parts], { type: file.type }) };
  },
});

/** Held in memory one at a time. */
const chunkBytes = 4 * 2 ** 20;

async function* chunksOf(file: File): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += chunkBytes)
    yield new Uint8Array(await file.slice(at, at + chunkBytes).arrayBuffer());
}
