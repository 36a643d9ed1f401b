import fc from "fast-check";
import { expect, test } from "vitest";
import { anyStudy } from "../../../test/fixtures/any-study.ts";
import { defaultStudy } from "./study.ts";
import { decodeStudy, encodeStudy } from "./study-url.ts";

test("a study is read back from its URL", () => {
  fc.assert(
    fc.property(anyStudy, (study) => {
      expect(decodeStudy(encodeStudy(study))).toEqual(study);
      const address = new URL(`https://example.org/?${encodeStudy(study)}`);
      expect(decodeStudy(address.search)).toEqual(study);
    }),
  );
});

test("the URL is readable, and defaults are left out", () => {
  expect(encodeStudy(defaultStudy)).toBe(
    "v=1&name=AnyNetXA+against+RegNetX&seed=1&p=name:AnyNetXA,space:anynetxa,count:8,flops:1M..3M&p=name:RegNetX,space:regnetx,count:8,flops:1M..3M",
  );
});

test("an address without a study gives none", () => {
  expect(decodeStudy("")).toBeUndefined();
  expect(decodeStudy(new URLSearchParams())).toBeUndefined();
});

test.each([
  ["s=garbage", "s: unknown key; a study is v=1 and p=… for each of its populations"],
  ["garbage", "garbage: unknown key"],
  ["name=x&p=space:regnetx", "v: is missing beside populations; v=1 is the version of a study"],
  ["epochs=5&s=garbage", "v: is missing beside epochs"],
  ["halving=epochs:2", "v: is missing beside halving"],
])("%s without a version is refused", (query, message) => {
  expect(() => decodeStudy(query)).toThrow(message);
});

test.each([
  ["v=1", "populations: [] is not allowed; at least 1 item"],
  ["v=2&p=name:a,space:regnetx,count:1", "version: 2 is not allowed; expected 1"],
  ["v=1&p=name:a,networks:eyJ2", "populations[0].networks: not networks as JSON in base64url"],
  ["v=1&p=name:a,networks:W10", "populations[0].networks: [] is not allowed; at least 1 item"],
  ["v=1&p=regnetx", 'populations[0]: "regnetx" is not allowed; expected key:value'],
  ["v=1&p=name:%25E0,space:regnetx,count:1", "populations[0].name"],
  ["v=1&p=name:a,space:regnetx,count:0", "populations[0].count: 0 is not allowed"],
  ["v=1&p=name:a,space:regnetx,count:1,flops:3M..1M", "populations[0].budget.flops: 3M..1M is empty"],
  ["v=1&p=name:a,space:regnetx,count:1,wdith:3", "populations[0].wdith: unknown field"],
  ["v=1&p=name:a,space:regnetx,count:1&epochs=0", "regime.epochs: 0 is not allowed"],
  [
    "v=1&p=name:a,space:regnetx,count:1&progressive=phases",
    'regime.progressive: "phases" is not allowed; expected key:value',
  ],
  [
    "v=1&p=name:a,space:regnetx,count:1&fineTune=resolution:32,epochs:1",
    "regime.fineTune.learningRate: missing; expected a number",
  ],
  ["v=1&p=name:a,space:regnetx,count:1&epoch=3", "regime.epoch: unknown field"],
  ["v=1&p=name:a,space:regnetx,count:1&regime.epoch=3", /^regime\.epoch: unknown field/],
  ["v=1&p=name:a,space:regnetx,count:1&regime.epochs=3", /^regime\.epochs: unknown key; .* it is epochs$/],
  ["v=1&p=name:a,space:regnetx,count:1&regime=epochs:3", /^regime: unknown key; .* as in epochs=5$/],
])("%s is refused with the field's path", (query, message) => {
  expect(() => decodeStudy(query)).toThrow(message);
});
