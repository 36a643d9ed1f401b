import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { readStoredZip } from "../../../test/fixtures/read-zip.ts";
import { crc32, writeZip } from "./zip.ts";

const entries = [
  { name: "model.json", bytes: new TextEncoder().encode('{"a":1}\n') },
  { name: "größe/weights.bin", bytes: Uint8Array.from({ length: 3000 }, (_, i) => (i * 37) % 256) },
  { name: "empty", bytes: new Uint8Array(0) },
];

test("CRC-32 of the standard's check value", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});

test("files are found by the central directory, names and bytes", () => {
  const read = readStoredZip(writeZip(entries));
  expect(Array.from(read, ([name, bytes]) => ({ name, bytes }))).toEqual(entries);
});

test("the archive is byte for byte the one that Info-ZIP's unzip -t and Python's zipfile found without fault", () => {
  expect(createHash("sha256").update(writeZip(entries)).digest("hex")).toBe(
    "09bf150f9bc6affb045caf4db5f1eb8777decb97dc62b116eb20cd69639d522f",
  );
});
