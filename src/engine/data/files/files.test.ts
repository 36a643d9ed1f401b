import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { tarGzOf, tarOf, zipOf } from "../../../../test/fixtures/archives.ts";
import { memoryFile, pieces } from "./data-file.ts";
import { gunzip } from "./gunzip.ts";
import { checkUnpackedSize, importLimits } from "./limits.ts";
import { Md5, md5Of } from "./md5.ts";
import { readTar } from "./tar.ts";
import { openZip } from "./zip.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (base64: string) => Uint8Array.from(Buffer.from(base64, "base64"));
const limits = { files: 100, fileBytes: 10_000 };

async function untar(bytes: Uint8Array<ArrayBuffer>, packed = true, wanted?: (path: string) => boolean) {
  const source = pieces(memoryFile(bytes, "a.tar.gz"));
  const found: Record<string, string> = {};
  const unpacked = packed ? gunzip(source, "a.tar.gz", 1e6) : source;
  for await (const entry of readTar(unpacked, "a.tar.gz", limits, wanted))
    found[entry.path] = text(entry.bytes);
  return found;
}

describe("MD5", () => {
  test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 70_000])("of %d bytes is Node's", (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 131 + length) % 256);
    expect(new Md5().update(bytes).digest()).toBe(createHash("md5").update(bytes).digest("hex"));
  });

  test("does not depend on how the bytes are cut", async () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
    const cuts = async function* () {
      for (let at = 0, size = 0; at < bytes.length; at += size, size = (size * 7 + 1) % 97)
        yield bytes.subarray(at, at + size);
    };
    expect(await md5Of(cuts())).toBe(createHash("md5").update(bytes).digest("hex"));
  });
});

describe("tar", () => {
  // Written by GNU tar 1.34, --format=ustar and --format=gnu: a.txt "hello", sub/, sub/b.bin 700 times "x".
  test.each([
    "H4sIAAAAAAACA+3VQQrDIBCF4TlKTpBqcPQ8EQothAqJgRy/0k2Li2RVS+j/bUZ0ITo8Hfu8ZfkuU3jnXrWoa6Ef4zJvbQhWOiMNrEse57L9nNLuPRyt14c7idt1mpLgXy1rvEiD/AfVnfybOv/eeOmU/Dfpf+zj/fG7998OwVX9H3RQ3v8WNuCk+L0BAAAAAAAAAAAA4O0Jf4LeGwAoAAA=",
    "H4sIAAAAAAACA+3VQQrDIBCF4TmKJ0jUajxPhEILoUJiIMePdNPiIl3VEvp/m5Fx5/DGsctblu/SxeDcsxZ1LfzbufSNdsGI0tLAuuRxVkrmlA7f4dP9Sd2u05QE/2pZYy8N8h+8P8i/rvN/0YMoT/6bzD928f743f43Nrhq/sZaz/5vYQNOit8bAAAAAAAAAAAAAF52b0vz9AAoAAA=",
  ])("files of GNU tar's archives are read (%#)", async (base64) => {
    expect(await untar(bytesOf(base64))).toEqual({ "a.txt": "hello", "sub/b.bin": "x".repeat(700) });
  });

  const entries = [
    { path: "set/" },
    { path: "set/a.bin", bytes: new Uint8Array(600).fill(65) },
    { path: "set/b.bin", bytes: Uint8Array.of(66) },
  ];

  test("what is not wanted is passed over", async () => {
    expect(await untar(tarGzOf(entries), true, (path) => path.endsWith("b.bin"))).toEqual({
      "set/b.bin": "B",
    });
  });

  test.each([700, 1300, 1536])("an archive cut off after %d bytes is refused", async (length) => {
    await expect(untar(tarOf(entries).slice(0, length), false)).rejects.toThrow(
      "a.tar.gz: is cut off: the archive ends within a file",
    );
  });

  test("a gzip file that is cut off or damaged is refused", async () => {
    const whole = tarGzOf(entries);
    for (const length of [5, 30, whole.length - 4])
      await expect(untar(whole.slice(0, length))).rejects.toThrow("a.tar.gz: is cut off or damaged");
    const damaged = whole.slice();
    damaged[whole.length - 6]! ^= 1;
    await expect(untar(damaged)).rejects.toThrow("a.tar.gz: is cut off or damaged");
  });

  test("a bomb is refused before it is unpacked whole", async () => {
    const bomb = tarGzOf([{ path: "a.bin", bytes: new Uint8Array(3e6) }]);
    expect(bomb.length).toBeLessThan(30_000);
    await expect(untar(bomb)).rejects.toThrow(/a\.bin has 2\.86 MB; at most 9\.77 kB a file is allowed/);
    const unlimited = gunzip(pieces(memoryFile(bomb, "b.gz")), "b.gz", 1e6);
    await expect(
      (async () => {
        for await (const _ of unlimited);
      })(),
    ).rejects.toThrow("b.gz: unpacks to more than 977 kB, which is all that is allowed");
  });

  test("too many files, and bytes that are no archive", async () => {
    const many = Array.from({ length: 101 }, (_, i) => ({ path: `${i}` }));
    await expect(untar(tarOf(many), false)).rejects.toThrow("holds more than 100 entries");
    await expect(untar(new Uint8Array(600).fill(7), false)).rejects.toThrow("is no tar archive");
  });

  test.each([
    ["../out.bin", 'a path with ".."'],
    ["a/../../out.bin", 'a path with ".."'],
    ["/etc/passwd", "an absolute path"],
    ["C:\\x.bin", "an absolute path"],
  ])("%s is refused", async (path, what) => {
    await expect(untar(tarOf([{ path, bytes: Uint8Array.of(1) }]), false)).rejects.toThrow(what);
  });
});

describe("zip", () => {
  const open = (bytes: Uint8Array<ArrayBuffer>) => openZip(memoryFile(bytes, "set.zip"));

  // Written by Python's zipfile.
  const python =
    "UEsDBBQAAAAIAAAAIQAAAAAAAgAAAAAAAAAEAAAAc2V0LwMAUEsDBBQAAAAIAAAAIQAes7xuCAAAAJYAAAAOAAAAc2V0L3Jvc2UvMS50eHQrSk0pGnwIAFBLAwQUAAAACAAAACEAn+wE0AgAAAAGAAAADwAAAHNldC90dWxpcC8xLnR4dKtMzcnJLwcAUEsBAhQDFAAAAAgAAAAhAAAAAAACAAAAAAAAAAQAAAAAAAAAAAAAAIABAAAAAHNldC9QSwECFAMUAAAACAAAACEAHrO8bggAAACWAAAADgAAAAAAAAAAAAAAgAEkAAAAc2V0L3Jvc2UvMS50eHRQSwECFAMUAAAACAAAACEAn+wE0AgAAAAGAAAADwAAAAAAAAAAAAAAgAFYAAAAc2V0L3R1bGlwLzEudHh0UEsFBgAAAAADAAMAqwAAAI0AAAAAAA==";

  test("files and folders of Python's archives are read", async () => {
    const { files, folders } = await open(bytesOf(python));
    expect(folders).toEqual(["set"]);
    expect(files.map(({ name }) => name)).toEqual(["set/rose/1.txt", "set/tulip/1.txt"]);
    expect(text(await files[0]!.read(0, 150))).toBe("red".repeat(50));
    expect(text(await files[1]!.read(2, 4))).toBe("ll");
  });

  test("one that is cut off anywhere is refused", async () => {
    const whole = await zipOf([{ path: "a/1.bin", bytes: new Uint8Array(500).fill(3) }]);
    for (const length of [10, 60, whole.length - 30, whole.length - 1])
      await expect(open(whole.slice(0, length))).rejects.toThrow(/^set\.zip: is (cut off|damaged)/);
  });

  test("damage within a file is caught by its checksum, and the file named", async () => {
    const bytes = bytesOf(python);
    // Within the packed "red…": after its header of 30 bytes and its name of 14.
    bytes[36 + 30 + 14 + 2]! ^= 4;
    const { files } = await open(bytes);
    await expect(files[0]!.read(0, files[0]!.size)).rejects.toThrow(/^set\.zip: set\/rose\/1\.txt: is /);
  });

  test("a bomb is refused by what it promises", async () => {
    const bomb = await zipOf([{ path: "a/1.png", bytes: new Uint8Array(5e6) }]);
    await expect(open(bomb)).rejects.toThrow(
      /set\.zip: a\/1\.png unpacks from .* at most 200 times its size is allowed/,
    );
    expect(() => checkUnpackedSize("x.zip", "a", 1e9, importLimits.fileBytes + 1)).toThrow(
      "at most 64 MB a file",
    );
  });

  test("one that unpacks to more than it promises is stopped", async () => {
    const bytes = await zipOf([{ path: "a/1.bin", bytes: new Uint8Array(5000).fill(9) }]);
    const view = new DataView(bytes.buffer);
    // The directory's own record of the unpacked size: 24 bytes into it.
    const end = bytes.length - 22;
    const directory = view.getUint32(end + 16, true);
    expect(view.getUint32(directory + 24, true)).toBe(5000);
    view.setUint32(directory + 24, 50, true);
    const refused = open(bytes).then(async ({ files }) => files[0]!.read(0, files[0]!.size));
    await expect(refused).rejects.toThrow(/^set\.zip/);
  });

  test.each(["../a.png", "/a.png", "x/../../a.png"])("%s is refused", async (path) => {
    const bytes = await zipOf([{ path, bytes: Uint8Array.of(1) }]);
    await expect(open(bytes)).rejects.toThrow(/^set\.zip: ".*" is (an absolute path|a path with "\.\.")/);
  });

  test("a path that is there twice is refused", async () => {
    const bytes = await zipOf([
      { path: "a/1.png", bytes: Uint8Array.of(1) },
      { path: "a/2.png", bytes: Uint8Array.of(2) },
    ]);
    const at = (name: string) => Buffer.from(bytes).indexOf(name);
    // Both records of the second file, its own and the directory's, get the name of the first.
    for (let next = at("a/2.png"); next >= 0; next = at("a/2.png")) bytes[next + 2] = "1".charCodeAt(0);
    await expect(open(bytes)).rejects.toThrow("set.zip: holds a/1.png twice; every path is allowed once");
  });
});
