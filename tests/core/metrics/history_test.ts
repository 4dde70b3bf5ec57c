import assert from "node:assert/strict";
import fc from "fast-check";
import { History } from "../../../src/core/metrics/history.ts";
import type { Moment } from "../../../src/core/metrics/history.ts";

function moment(timeSeconds: number, changes: Partial<Moment> = {}): Moment {
  return {
    timeSeconds,
    generation: 1,
    phase: 3,
    heapUsedBytes: 10,
    heapCommittedBytes: 20,
    heapMaxBytes: 30,
    residentBytes: 40,
    processors: 0.5,
    gcShare: 0,
    heartbeatMs: 1.5,
    programs: 0,
    ...changes,
  };
}

Deno.test("History.since() has every column of what came later, and null for what was not known", () => {
  const history = new History({ keptSeconds: 60, room: 10 });
  history.add(moment(1));
  history.add(moment(2, { heapUsedBytes: null, generation: 2, programs: 1 }));
  history.add(moment(3, { phase: 0 }));
  assert.deepEqual(history.since(1), {
    timeSeconds: [2, 3],
    generation: [2, 1],
    phase: [3, 0],
    heapUsedBytes: [null, 10],
    heapCommittedBytes: [20, 20],
    heapMaxBytes: [30, 30],
    residentBytes: [40, 40],
    processors: [0.5, 0.5],
    gcShare: [0, 0],
    heartbeatMs: [1.5, 1.5],
    programs: [1, 0],
  });
  assert.deepEqual(history.since(3).timeSeconds, []);
});

Deno.test("History.add() forgets what must not be believed any more when the clock was set back", () => {
  const history = new History({ keptSeconds: 60, room: 10 });
  for (const second of [1, 2, 3, 2]) history.add(moment(second, { programs: second }));
  assert.deepEqual(history.since(0).timeSeconds, [1, 2]);
  history.add(moment(0.5));
  assert.deepEqual(history.since(0).timeSeconds, [0.5]);
});

Deno.test("History keeps the newest of any moments, in order, within its room and its time", () => {
  const times = fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 60 });
  fc.assert(
    fc.property(
      times,
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 100 }),
      (all, room, kept) => {
        const history = new History({ keptSeconds: kept, room });
        let expected: readonly number[] = [];
        for (const time of all) {
          history.add(moment(time, { programs: time }));
          expected = [...expected.filter((each) => each < time), time].slice(-room).filter((each) =>
            each >= time - kept
          );
          const { timeSeconds, programs } = history.since(0);
          assert.deepEqual(timeSeconds, expected);
          assert.deepEqual(programs, expected);
        }
      },
    ),
  );
});
