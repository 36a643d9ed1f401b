import { expect, test } from "vitest";
import { createControl } from "./control.ts";
import { createYield } from "./yield.ts";

test("the gate opens at once while nothing is asked for", async () => {
  expect(await createControl().gate()).toBe("go");
});

test("a pause holds the gate until resumed", async () => {
  const control = createControl();
  control.pause();
  let opened = false;
  const gate = control.gate().then((answer) => {
    opened = true;
    return answer;
  });
  await createYield()();
  expect(opened).toBe(false);
  control.resume();
  expect(await gate).toBe("go");
});

test("stop ends a pause and is final", async () => {
  const control = createControl();
  control.pause();
  const gate = control.gate();
  control.stop();
  expect(await gate).toBe("stop");
  control.resume();
  expect(await control.gate()).toBe("stop");
});

test("work yields to other events once a slice is over, and not before", async () => {
  let clock = 0;
  let yields = 0;
  const control = createControl({
    now: () => clock,
    sliceMs: 50,
    yieldToEvents: async () => {
      yields++;
    },
  });
  for (const step of [20, 20, 20, 20, 20]) {
    clock += step;
    await control.gate();
  }
  expect(yields).toBe(1);
});

test("a message that arrives during a run is delivered between two steps", async () => {
  const control = createControl({ sliceMs: 0 });
  setTimeout(() => control.stop(), 5);
  let steps = 0;
  while ((await control.gate()) === "go") steps++;
  expect(steps).toBeGreaterThan(0);
});
