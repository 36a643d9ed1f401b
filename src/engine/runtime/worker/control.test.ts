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
  let steps = 0;
  while ((await control.gate()) === "go") if (steps++ === 0) setTimeout(() => control.stop());
  expect(steps).toBeGreaterThan(0);
});

test("a pause holds between epochs, not between steps, and tells when it takes hold", async () => {
  let held = 0;
  const control = createControl({ onHeld: () => held++ });
  control.pause();
  expect(await control.gate("step")).toBe("go");
  expect(held).toBe(0);
  const gate = control.gate("epoch");
  await createYield()();
  expect(held).toBe(1);
  control.resume();
  expect(await gate).toBe("go");
});

test.each([1, 0.75, 0.5, 0.25])("at a duty of %d so much of the time is worked", async (duty) => {
  let clock = 0;
  let rested = 0;
  const longest: number[] = [];
  const rest = async (ms: number) => {
    clock += ms;
    rested += ms;
    longest.push(ms);
  };
  const control = createControl({ duty, rest, now: () => clock, yieldToEvents: async () => {} });
  let worked = 0;
  for (let step = 0; step < 400; step++) {
    expect(await control.gate("step")).toBe("go");
    const ms = step % 7 === 0 ? 300 : 1 + (step % 5);
    clock += ms;
    worked += ms;
  }
  expect(worked / (worked + rested)).toBeGreaterThan(duty - 0.01);
  expect(worked / (worked + rested)).toBeLessThan(duty + 0.02 + (duty === 1 ? 1 : 0));
  expect(Math.max(0, ...longest)).toBeLessThanOrEqual(100);
});

test("a stop is heard within a rest, and a duty that is changed holds from then on", async () => {
  let rests = 0;
  let clock = 0;
  const rest = async (ms: number) => {
    clock += ms;
    if (++rests === 3) control.stop();
  };
  const control = createControl({ duty: 0.1, rest, now: () => clock, yieldToEvents: async () => {} });
  await control.gate();
  clock += 10_000;
  expect(await control.gate("step")).toBe("stop");
  expect(rests).toBe(3);
  const other = createControl({ rest, now: () => clock, yieldToEvents: async () => {} });
  clock += 500;
  await other.gate();
  expect(rests).toBe(3);
  other.duty = 0.5;
  clock += 150;
  await other.gate();
  expect(rests).toBe(5);
  expect(() => {
    other.duty = 0;
  }).toThrow("above 0 to 1");
});

test("a real rest takes about as long as it says", async () => {
  const control = createControl({ duty: 0.5 });
  await control.gate();
  const from = performance.now();
  while (performance.now() - from < 30);
  const worked = performance.now();
  await control.gate("step");
  expect(performance.now() - worked).toBeGreaterThan(25);
});
