import type { Fit } from "../../../engine/data/images/resize.ts";
import type { DatasetManifest } from "../../../engine/data/manifest.ts";

/** How images are to be read; what is left out is the source's own, or a default. */
export interface PrepareOptions {
  readonly side?: number;
  readonly channels?: 1 | 3;
  readonly fit?: Fit;
  readonly testFraction?: number;
  readonly skipUnreadable?: boolean;
}

/** A file that was dropped or chosen; one of a folder bears its path. */
export interface GivenFile {
  readonly path: string;
  readonly blob: Blob;
}

/** Some images of each class, in the order of the classes. */
export interface Examples {
  readonly shape: readonly [height: number, width: number, channels: number];
  /** By class; each of height · width · channels bytes. */
  readonly images: readonly (readonly Uint8Array[])[];
}

/** What a data set is. */
export interface DatasetDetails {
  readonly name: string;
  readonly title: string;
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly classes: readonly string[];
  readonly train: number;
  readonly test: number;
  /** Images of each class; absent where the manifest does not say. */
  readonly perClass?: { readonly train: readonly number[]; readonly test: readonly number[] };
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly source: string;
  readonly licence: string;
  readonly split: string;
  /** Packed, of all images. */
  readonly bytes: number;
}

/** Images that were read and wait to be kept. */
export interface Prepared {
  readonly details: DatasetDetails;
  readonly examples: Examples;
  /** undefined for an archive of the catalogue: its name and form are fixed. */
  readonly options: Required<PrepareOptions> | undefined;
  /** Whether the source divides its images into training and test ones itself. */
  readonly divided: boolean;
  /** Files that are no images, left out. */
  readonly ignored: readonly string[];
  /** Images that could not be read, left out because that was asked for. */
  readonly unreadable: readonly string[];
}

export type PreparePhase = "check" | "unpack" | "read" | "keep";

export interface PrepareProgress {
  readonly phase: PreparePhase;
  readonly done: number;
  readonly total: number;
  /** Milliseconds; undefined until it can be told. */
  readonly leftMs: number | undefined;
}

/** What the page asks the workshop for; one thing at a time. */
export type WorkshopRequests = {
  /** Reads files, and holds what came of them until it is kept, discarded or replaced. */
  prepare(files: readonly GivenFile[], options: PrepareOptions): Prepared;
  cancel(): void;
  /** Keeps what is prepared. A data set of the catalogue has its own name and title. */
  keep(name: string, title: string): DatasetManifest;
  discard(): void;
  /** @param base the page's address; data sets that are served lie beside it */
  details(name: string, base: string): { readonly details: DatasetDetails; readonly examples: Examples };
};

export type WorkshopEvents = {
  progress: PrepareProgress;
};
