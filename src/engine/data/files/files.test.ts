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

  const long = `${"long-".repeat(24)}/deep/b.bin`;
  // --format=gnu and --format=pax with a path of 131 characters; --format=gnu --incremental, which keeps times where POSIX
  // has the first part of a path; Python's tarfile, whose headers are pax.
  test.each([
    [
      "GNU",
      "H4sIAAAAAAACA+3YTQqDMBAF4BwlF2h+NMlsewAvoTS0UtHSWvD4RletgnSjUvO+hQluh/dGzEXbtWxdKnDGjGcwPQP7cR/eO+c044pt4P1q8yfnLFI3X1UNg1gJKeQ5a+prVtb3nfKvKZnkn4hSxjPkf3VVGP1ph4dE9KKZ/xBqsnZh/0/uqTI67H+L/EfS//Q9fz0e6P8j9//F+weWAPof/R99/yfKzL7/HaH/j9//hSjKGiUcQf8v5F8nZOb9T/j/t4UO4E+hvQEAAAAAAAB+0wNq49THACgAAA==",
      { "a.txt": "hello", [long]: "x".repeat(700) },
    ],
    [
      "pax",
      "H4sIAAAAAAACA+2YTW7CMBCFvc4pcoEmHv82C/Zd9gqmWAUpBQSulOPXRJXaWggECm5d3rewrcwiikbvvYmb9tkNT94t/G7fuiYMgU0Ojxilxj2S7pxb9XU+PCcSgrN6YBl43we3i69n94nktQurNz8j22mpOqVEo619lJ0iU8XqS1pVohursmKgeG4k+cv0z3Wif06GWM1L0n/6cYWw9H2/gQzuluZ7/veb9evD9Ms5/Qtrf+pfcqUN8j8HJKneurCc3aj3Z5e2umIEkRIjyDTkaPE44mt9Iv+TsyRLMf818v/f9P+U/0e7T/1fG/z/ZfJ/88v+v/B+ezwEjKDR5u3RENCfVY0QgP/D/0v2/9js1P8x/2fyf0V/wf/nzXy1viYElEYIFK5/Eun9/8H/Le7/cjAAUChwbwAAAAAAAC7jA1z+vwgAKAAA",
      { "a.txt": "hello", [long]: "x".repeat(700) },
    ],
    [
      "incremental",
      "H4sIAAAAAAACA+3PMQrCQBAF0D3KnkB2k2w8TwrBIiDoCjm+g5Vaqyi81/zPLwZm2fWtp88qYZ6me4bXDO2hx15rGcaUS/qC66Uv55zffre2Mf5qbV+Gp/5jjod1PSUAAAAAAAAAAAD+zQ368lp4ACgAAA==",
      { "a.txt": "hello" },
    ],
    [
      "Python",
      "H4sIAAAAAAACA+3TOwrCQBCA4ak9xZ5gd/ahqURLS6+w0YA2IjFCvJudF/MFgkXKJIj/18wyzRTLb511y3VuV1XeVrX0Qt+6pgbvP+/X3mvQQkwrAzifmlw/zst/8rEwx9zs5reru4zElvvDRDCGxQC//ox6llJn/6rxu/84DUnFKP33LpcbIgAAAAAAAAAAAAAAAPhhd8sBIlEAKAAA",
      { [`ü/${"y".repeat(120)}.bin`]: "abc" },
    ],
  ])("extended headers are read: %s", async (_, base64, files) => {
    expect(await untar(bytesOf(base64))).toEqual(files);
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
    const record = `${path.length + 9} path=${path}\n`;
    for (const [type, says] of [
      ["L", `${path}\0`],
      ["x", record],
    ] as const) {
      const bytes = new TextEncoder().encode(says);
      const archive = tarOf([
        { path: "header", type, bytes },
        { path: "short", bytes: Uint8Array.of(1) },
      ]);
      await expect(untar(archive, false)).rejects.toThrow(what);
    }
  });

  test("an extended header that is none, or a bomb", async () => {
    const extended = (bytes: Uint8Array) => [
      { path: "header", type: "x", bytes },
      { path: "a.bin", bytes: Uint8Array.of(65) },
    ];
    for (const says of ["", "no length", "999999999 path=b\n", "0 path=b\n", "2 \n"])
      expect(await untar(tarOf(extended(new TextEncoder().encode(says))), false)).toEqual({ "a.bin": "A" });
    // An attribute of 200 kB, then a path.
    const attribute = "200012 k=".padEnd(200_011, "x");
    expect(
      await untar(tarOf(extended(new TextEncoder().encode(`${attribute}\n10 path=c\n`))), false),
    ).toEqual({ c: "A" });
    await expect(untar(tarOf(extended(new Uint8Array(2 ** 20 + 1))), false)).rejects.toThrow(
      "an extended header has 1 MB; at most 1 MB are allowed",
    );
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
