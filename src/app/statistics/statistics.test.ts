import { expect, test, vi } from "vitest";
import { fakeTrial } from "../../../test/fixtures/fake-trial.ts";
import { observe } from "../../engine/analysis/trials/observation.ts";
import { createClient, createServer, type Endpoint } from "../../engine/runtime/worker/rpc.ts";
import { groupOf, type StatisticsRequests } from "./protocol.ts";
import { statistics } from "./statistics.ts";
import { createStatistics } from "./statistics-service.ts";

const observations = [0.3, 0.25, 0.2].map((error, i) => observe(fakeTrial("RegNetX", i, error)));

/** The service over a real channel, and what arrived at its other end. */
function connected() {
  const { port1, port2 } = new MessageChannel();
  const known = new Map<string, (typeof observations)[number]>();
  const compute = vi.fn<StatisticsRequests["compute"]>((name, groups, options) =>
    statistics[name](
      groups.map((group) => groupOf(group, known)),
      options as never,
    ),
  );
  const remember = vi.fn<StatisticsRequests["remember"]>((all) => {
    for (const one of all) known.set(one.id, one);
  });
  createServer<StatisticsRequests, object>(port1 as Endpoint, {
    remember,
    compute,
    readTrials: () => ({ trials: [], wholeBytes: 0, cutOff: false }),
  });
  const service = createStatistics(() => createClient(port2 as Endpoint));
  const close = () => {
    port1.close();
    port2.close();
  };
  return { service, compute, remember, close };
}

test("a trial is handed over once, an equal question computed once, and the answer is the function's own", async () => {
  const { service, compute, remember, close } = connected();
  const group = { name: "RegNetX", observations };
  const first = await service.compute("search", [group], {});
  expect(first).toEqual(statistics.search([group], {}));
  await service.compute("search", [{ ...group }], {});
  expect(compute).toHaveBeenCalledTimes(1);
  // Another array is other data, even of trials that are known.
  const fewer = await service.compute("search", [{ ...group, observations: observations.slice(1) }], {});
  expect(fewer[0]!.value).toMatchObject({ found: true, value: { n: 2 } });
  expect(remember.mock.calls.flatMap(([all]) => all).length).toBe(3);
  close();
});

test("what fails is told, and asked again the next time", async () => {
  const { service, compute, close } = connected();
  const group = { name: "RegNetX", observations };
  compute.mockRejectedValueOnce(new Error("out of memory") as never);
  await expect(service.compute("search", [group], {})).rejects.toThrow("out of memory");
  await expect(service.compute("search", [group], {})).resolves.toHaveLength(1);
  close();
});
