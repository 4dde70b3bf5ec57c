import assert from "node:assert/strict";
import fc from "fast-check";
import type { DaemonEvent, PublishedEvent } from "../../src/core/events/event.ts";
import { EventLog } from "../../src/supervisor/event_log.ts";
import { ManualClock } from "../fakes/manual_clock.ts";

const CAPACITY = 8;
const START = new Date("2026-01-01T00:00:00Z");

function event(generation: number): DaemonEvent {
  return { kind: "recovered", generation, level: "info", text: `generation ${generation} is well again` };
}

/** A log whose events tell by their generation which they are, from 1. */
function logOf(options: Partial<ConstructorParameters<typeof EventLog>[0]> = {}) {
  const clock = new ManualClock(START);
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const log = new EventLog({ clock, redact: (each) => each, onError, capacity: CAPACITY, ...options });
  let count = 0;
  const publish = (times = 1) => {
    for (let time = 0; time < times; time++) log.publish(event(++count));
  };
  return { log, clock, errors, publish, first: START.getTime() + 1 };
}

function numbersOf(events: readonly PublishedEvent[] | null | undefined): readonly (number | null)[] {
  return events?.map(({ generation }) => generation) ?? [];
}

Deno.test("EventLog.page() gives the newest, or what follows a number, and says what is gone", () => {
  const { log, publish, first } = logOf();
  assert.deepEqual(log.page(null, 5), { gap: null, events: [], last: first - 1 });
  publish(10);
  const { last } = log;
  assert.equal(last, first + 9);
  assert.deepEqual(numbersOf(log.page(null, 3).events), [8, 9, 10]);
  assert.deepEqual(numbersOf(log.page(null, 100).events), [3, 4, 5, 6, 7, 8, 9, 10]);
  const middle = log.page(first + 4, 2);
  assert.deepEqual([numbersOf(middle.events), middle.gap], [[6, 7], null]);
  assert.equal(middle.events[0]?.seq, first + 5);
  assert.equal(middle.events[0]?.at, START.toISOString());
  assert.deepEqual(log.page(last, 5), { gap: null, events: [], last });
  const gone = log.page(first, 2);
  assert.deepEqual(gone.gap, { after: first, before: first + 2, reason: "history" });
  assert.deepEqual(numbersOf(gone.events), [3, 4]);
});

Deno.test("EventLog.page() knows numbers that another daemon has given, before and after its own", () => {
  const { log, publish, first } = logOf();
  publish(2);
  for (const since of [0, first - 2, first + 2]) {
    const { gap, events } = log.page(since, 5);
    assert.deepEqual(gap, { after: since, before: first, reason: "restart" });
    assert.deepEqual(numbersOf(events), [1, 2]);
  }
  assert.equal(log.page(first - 1, 5).gap, null);
});

Deno.test("EventLog.subscribe() begins with what is known, and wakes for what comes", async () => {
  const { log, clock, publish, first } = logOf();
  publish(3);
  const all = log.subscribe(first);
  const fresh = log.subscribe(null);
  assert.deepEqual(numbersOf(all.take(1)), [2]);
  assert.deepEqual(numbersOf(all.take(9)), [3]);
  assert.deepEqual(fresh.take(9), []);
  const woken = Promise.all([all.wait(1_000), fresh.wait(1_000)]);
  await clock.sleeping(2);
  publish();
  await woken;
  assert.deepEqual([numbersOf(all.take(9)), numbersOf(fresh.take(9))], [[4], [4]]);
  const late = fresh.wait(1_000);
  await clock.advance(1_000);
  await late;
  assert.deepEqual(fresh.take(9), []);
  const ended = all.wait(1_000);
  log.close();
  await ended;
  assert.deepEqual([all.take(9), fresh.take(9), log.listeners, log.dropped], [null, null, 0, 0]);
});

Deno.test("EventLog.subscribe() lets one that begins at the edge of the history read all of it", () => {
  const { log, publish, first } = logOf();
  publish(CAPACITY + 3);
  const edge = log.subscribe(first);
  assert.deepEqual(edge.gap, { after: first, before: first + 3, reason: "history" });
  publish(CAPACITY);
  assert.equal(edge.take(CAPACITY)?.length, CAPACITY);
  assert.deepEqual(numbersOf(edge.take(2)), [12, 13]);
});

Deno.test("EventLog drops and counts who has fallen behind its history, and nobody else", () => {
  const { log, publish } = logOf();
  const [slow, quick] = [log.subscribe(null), log.subscribe(null)];
  publish(CAPACITY);
  quick.take(CAPACITY);
  assert.equal(log.listeners, 2);
  publish();
  assert.deepEqual([slow.take(1), log.listeners, log.dropped], [null, 1, 1]);
  assert.deepEqual(numbersOf(quick.take(2)), [9]);
});

Deno.test("EventLog.publish() throws at nobody, and gives no number to what it could not take", () => {
  const { log, errors, publish, first } = logOf({
    redact: (each) => {
      if (each.generation === 2) throw new Error("no words");
      return each;
    },
  });
  publish(3);
  assert.deepEqual(log.page(null, 5).events.map(({ seq }) => seq), [first, first + 1]);
  assert.equal(errors.length, 1);
});

type Move = { readonly kind: "publish" | "take" | "again"; readonly count: number };

const MOVES: fc.Arbitrary<readonly Move[]> = fc.array(fc.record({
  kind: fc.constantFrom("publish" as const, "take" as const, "again" as const),
  count: fc.integer({ min: 1, max: CAPACITY + 2 }),
}));

Deno.test("EventLog: who keeps up sees every event once and in order; who does not is told what is missing", () => {
  fc.assert(fc.property(MOVES, (moves) => {
    const { log, publish, first } = logOf();
    const keeping = log.subscribe(null);
    const kept: (number | null)[] = [];
    // The other one takes when the moves say so, and comes again with the last number it has seen.
    let other = log.subscribe(null);
    let known = log.last;
    let published = 0;
    const numberOf = (seq: number) => seq - first + 1;
    for (const { kind, count } of moves) {
      if (kind === "publish") {
        for (let time = 0; time < count; time++) {
          publish();
          published++;
          kept.push(...numbersOf(keeping.take(CAPACITY)));
        }
        continue;
      }
      const events = kind === "take" ? other.take(count) : null;
      if (events === null) {
        other.close();
        other = log.subscribe(known);
        const oldest = published - Math.min(published, CAPACITY) + 1;
        const missing = numberOf(known) + 1 < oldest;
        assert.equal(other.gap !== null, missing);
        if (other.gap !== null) {
          assert.deepEqual([other.gap.after, numberOf(other.gap.before)], [known, oldest]);
          known = other.gap.before - 1;
        }
        continue;
      }
      for (const { seq, generation } of events) {
        assert.equal(seq, known + 1);
        assert.equal(generation, numberOf(seq));
        known = seq;
      }
    }
    assert.deepEqual(kept, Array.from({ length: published }, (_, at) => at + 1));
  }));
});
