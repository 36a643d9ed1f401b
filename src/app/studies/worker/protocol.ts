import type {
  ExportedStudy,
  ImportedStudy,
  LibraryEntry,
  StudyExportFormat,
} from "../../../engine/exchange/library.ts";

/**
 * What the page asks of the worker that keeps the list of studies: reading, writing and converting whole studies off the
 * page's thread, also while another worker trains.
 */
export type StudiesRequests = {
  /** Newest first. */
  list(): readonly LibraryEntry[];
  rename(id: string, name: string): void;
  /** The id of the copy. */
  duplicate(id: string, withTrials: boolean): string;
  merge(ids: readonly string[], name: string): { readonly id: string; readonly notes: readonly string[] };
  remove(id: string): void;
  /** Reads a file of trial records, a sweep.json or a study. */
  importFile(file: File): readonly ImportedStudy[];
  exportStudy(id: string, format: StudyExportFormat): ExportedFile;
};

export interface ExportedFile extends Omit<ExportedStudy, "parts"> {
  readonly blob: Blob;
}

export type StudiesEvents = {
  /** Of the file that is being read. */
  reading: { readonly file: string; readonly read: number; readonly size: number };
};
