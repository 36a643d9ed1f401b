import { type DatasetEntry, datasets, findDataset } from "../../../engine/data/catalogue.ts";
import { cifarFiles, readCifarArchive, readCifarFiles } from "../../../engine/data/cifar.ts";
import { isOwnName, ownNameFor, ownNameRule } from "../../../engine/data/dataset-name.ts";
import { examplesOf } from "../../../engine/data/examples.ts";
import { baseName, blobFile, type DataFile, pieces } from "../../../engine/data/files/data-file.ts";
import { badFile } from "../../../engine/data/files/limits.ts";
import { md5Of } from "../../../engine/data/files/md5.ts";
import { openImages } from "../../../engine/data/images/open-images.ts";
import { type PackOptions, packImages } from "../../../engine/data/images/pack-images.ts";
import type { DecodeImage } from "../../../engine/data/images/pixels.ts";
import type { DatasetStore } from "../../../engine/data/kept/dataset-store.ts";
import { loadDataset, loadManifest } from "../../../engine/data/loader.ts";
import type { DatasetManifest } from "../../../engine/data/manifest.ts";
import { ownDescription } from "../../../engine/data/own-description.ts";
import type { ShardSource } from "../../../engine/data/shard-source.ts";
import {
  type DatasetDescription,
  imageBytesOf,
  packShards,
  perClass,
  type RawDataset,
  trainingStatistics,
} from "../../../engine/data/shards.ts";
import { Remaining } from "../../../engine/math/remaining.ts";
import type { Handlers, RpcServer } from "../../../engine/runtime/worker/rpc.ts";
import type {
  DatasetDetails,
  Examples,
  GivenFile,
  Prepared,
  PrepareOptions,
  PreparePhase,
  WorkshopEvents,
  WorkshopRequests,
} from "./protocol.ts";

/** What a workshop is made of; a worker supplies the real ones. */
export interface WorkshopParts {
  readonly store: Pick<DatasetStore, "keep" | "source">;
  readonly decode: DecodeImage;
  /** Data sets served beside a page. */
  readonly sourceAt: (base: string) => ShardSource;
  /** The catalogue's MD5 of an archive, where a test has another archive. */
  readonly md5Of?: (entry: DatasetEntry) => string | undefined;
}

interface Held {
  readonly description: DatasetDescription;
  readonly raw: RawDataset;
}

/** Milliseconds between two reports of progress. */
const reportInterval = 100;

/** Where files become data sets: reads them, holds what came of them until it is kept, keeps it. */
export class Workshop {
  readonly #parts: WorkshopParts;
  readonly #emit: RpcServer<WorkshopEvents>["emit"];
  #held: Held | undefined;
  #work = new AbortController();

  constructor(parts: WorkshopParts, emit: RpcServer<WorkshopEvents>["emit"]) {
    this.#parts = parts;
    this.#emit = emit;
  }

  get handlers(): Handlers<WorkshopRequests> {
    return {
      prepare: (files, options) => this.#prepare(files, options),
      cancel: () => this.#work.abort(),
      keep: (name, title) => this.#keep(name, title),
      discard: () => {
        this.#held = undefined;
      },
      details: (name, base) => this.#details(name, base),
    };
  }

  async #prepare(given: readonly GivenFile[], options: PrepareOptions): Promise<Prepared> {
    this.#work.abort();
    this.#work = new AbortController();
    const { signal } = this.#work;
    this.#held = undefined;
    const files = given.map(({ blob, path }) => blobFile(blob, path));
    const prepared = (await this.#catalogued(files, signal)) ?? (await this.#own(files, options, signal));
    signal.throwIfAborted();
    this.#held = prepared.held;
    return prepared.result;
  }

  /** An archive of the catalogue, or the .bin files of one; undefined if they are nothing of the kind. */
  async #catalogued(files: readonly DataFile[], signal: AbortSignal) {
    const [first] = files;
    const archive = files.length === 1 && first !== undefined && /\.(tar\.gz|tgz|tar)$/i.test(first.name);
    const entry = archive
      ? await this.#byMd5(first, signal)
      : datasets.find(({ name }) => files.some((file) => cifarFiles(name).includes(baseName(file.name))));
    if (entry === undefined) return undefined;
    const report = this.#reporter("unpack");
    const raw = archive
      ? await readCifarArchive(entry, first, (bytes) => report(bytes, first.size), signal)
      : await readCifarFiles(entry, files);
    const statistics = trainingStatistics(raw, entry.shape);
    const held = { description: entry, raw };
    return {
      held,
      result: {
        ...{ details: detailsOf(held, statistics), examples: examplesIn(held) },
        ...{ options: undefined, divided: true, ignored: [], unreadable: [] },
      },
    };
  }

  async #byMd5(file: DataFile, signal: AbortSignal): Promise<DatasetEntry> {
    const report = this.#reporter("check");
    const md5 = await md5Of(pieces(file, signal), (bytes) => report(bytes, file.size));
    const { md5Of: expected = publishedMd5 } = this.#parts;
    const entry = datasets.find((one) => expected(one) === md5);
    if (entry !== undefined) return entry;
    const known = datasets.flatMap((one) =>
      one.origin.kind === "archive" ? [`${baseName(one.origin.url)} (${one.origin.md5})`] : [],
    );
    throw badFile(
      file.name,
      `is no archive that is known, or cut off: its MD5 is ${md5} (${file.size} bytes); allowed are ${known.join(" and ")}. Your own images come in a zip`,
    );
  }

  async #own(files: readonly DataFile[], options: PrepareOptions, signal: AbortSignal) {
    const source = await openImages(files, this.#parts.decode);
    try {
      const form: PackOptions = {
        side: options.side ?? source.size?.[0] ?? 32,
        channels: options.channels ?? source.channels ?? 3,
        fit: options.fit ?? "crop",
        testFraction: options.testFraction ?? 0.2,
        skipUnreadable: options.skipUnreadable ?? false,
      };
      const packed = await packImages(source, form, { onImage: this.#reporter("read"), signal });
      const name = ownNameFor(baseName(source.name.split(",")[0]!));
      const description = ownDescription(name, titleOf(source.name), source, packed);
      const held = { description, raw: packed.raw };
      return {
        held,
        result: {
          ...{ details: detailsOf(held, packed), examples: examplesIn(held), options: form },
          divided: source.images.some(({ part }) => part !== undefined),
          ...{ ignored: source.ignored, unreadable: packed.unreadable },
        },
      };
    } finally {
      await source.close();
    }
  }

  async #keep(name: string, title: string): Promise<DatasetManifest> {
    if (this.#held === undefined) throw new Error("there is nothing to keep: read files first");
    const { description, raw } = this.#held;
    const fixed = findDataset(description.name) !== undefined;
    if (!fixed && !isOwnName(name))
      throw badFile("Name", `${JSON.stringify(name)} is not allowed; own: with ${ownNameRule}`);
    const called = fixed ? description : { ...description, name, title: title.trim() || description.title };
    const report = this.#reporter("keep");
    const manifest = await this.#parts.store.keep((write) => packShards(called, raw, write, report));
    this.#held = undefined;
    return manifest;
  }

  async #details(name: string, base: string): Promise<{ details: DatasetDetails; examples: Examples }> {
    const source = this.#parts.store.source(this.#parts.sourceAt(base));
    const manifest = await loadManifest(name, source);
    const { shape, classes, train, test, mean, std, title, licence, split, source: origin } = manifest;
    // Every prefix is balanced: twice as many as are shown find enough of each class, but for rare ones.
    const trainImages = Math.min(train.count, train.shards[0]!.count);
    const { train: set } = await loadDataset(name, { source, trainImages, testImages: 0 });
    const size = imageBytesOf(shape);
    const images = examplesOf(set.images, set.labels, set.labels.keys(), size, classes.length);
    const counts =
      train.perClass && test.perClass ? { perClass: { train: train.perClass, test: test.perClass } } : {};
    return {
      details: {
        ...{ name, title, shape, classes, train: train.count, test: test.count, mean, std },
        ...{ licence, split, source: origin, ...counts },
        bytes: [...train.shards, ...test.shards].reduce((sum, { bytes }) => sum + bytes, 0),
      },
      examples: { shape, images },
    };
  }

  #reporter(phase: PreparePhase): (done: number, total: number) => void {
    const remaining = new Remaining();
    let reported = 0;
    return (done, total) => {
      const leftMs = remaining.after(phase, done, total);
      const now = performance.now();
      if (now - reported < reportInterval && done < total) return;
      reported = now;
      this.#emit("progress", { phase, done, total, leftMs });
    };
  }
}

function publishedMd5({ origin }: DatasetEntry): string | undefined {
  return origin.kind === "archive" ? origin.md5 : undefined;
}

function titleOf(file: string): string {
  return baseName(file.split(",")[0]!).replace(/\.(zip|csv|gz)$/gi, "");
}

function detailsOf(
  { description, raw }: Held,
  { mean, std }: { readonly mean: readonly number[]; readonly std: readonly number[] },
): DatasetDetails {
  const { name, title, shape, classes, licence, source, split } = description;
  return {
    ...{ name, title, shape, classes, licence, source, split, mean, std },
    train: raw.train.length,
    test: raw.test.length,
    perClass: {
      train: perClass(raw, raw.train, classes.length),
      test: perClass(raw, raw.test, classes.length),
    },
    bytes: (raw.train.length + raw.test.length) * (imageBytesOf(shape) + 1),
  };
}

function examplesIn({ description: { shape, classes }, raw }: Held): Examples {
  return {
    shape,
    images: examplesOf(raw.images, raw.labels, raw.train, imageBytesOf(shape), classes.length),
  };
}
