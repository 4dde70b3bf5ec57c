import assert from "node:assert/strict";
import type { Logger } from "../../src/log.ts";
import { describeWarmUp } from "../../src/daemon/narration_of_programs.ts";
import { News } from "../../src/daemon/news.ts";
import type { RelayEvent } from "../../src/relay/events.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { Pool } from "../core/pool/pools.ts";
import type { PoolInput } from "../../src/core/pool/step.ts";

/** A log that keeps what it is told. */
function listening(): { readonly log: Logger; readonly told: string[] } {
  const told: string[] = [];
  const write = (level: string) => (message: string, fields?: object) =>
    void told.push(`${level}: ${message}${fields === undefined ? "" : ` ${JSON.stringify(fields)}`}`);
  const log = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  return { log, told };
}

function newsTo(log: Logger): News {
  return new News({ log, clock: new ManualClock(), secrets: [], onError: assert.ifError });
}

/** What is told of the pool when it is given these. */
function storyOf(pool: Pool, ...inputs: readonly PoolInput[]): readonly string[] {
  const { log, told } = listening();
  for (const input of inputs) {
    const before = pool.state;
    pool.give(input);
    newsTo(log).pool(before, pool.state);
  }
  return told.filter((line) => !line.startsWith("debug: "));
}

const generation = 2;

Deno.test("the log tells of a gateway that is warm, once", () => {
  const pool = Pool.full();
  const warmed = { kind: "warmed", generation } as const;
  const told = 'info: generation 2 is warm and waits for a program {"generation":2}';
  assert.deepEqual(storyOf(pool, warmed, warmed, { kind: "heartbeat", generation, way: "kept" }), [told]);
});

Deno.test("the log tells of a gateway in which nothing was left that it waits, and of no other", () => {
  for (const left of [null, "a context"]) {
    const pool = Pool.full({ recycle: "dirty" });
    pool.bound(1, "a");
    pool.released(1, "a");
    const told = storyOf(pool, { kind: "searched", generation: 1, left });
    assert.equal(told.length, left === null ? 1 : 0, told.join("\n"));
  }
});

Deno.test("the log says a program's coming and going only to who wants to know everything", () => {
  const pool = Pool.full({ recycle: "never" });
  const program = { generation: 1, lease: "a" } as const;
  assert.deepEqual(storyOf(pool, { kind: "bound", ...program }, { kind: "released", ...program }), []);
  const early = [{ kind: "bound", generation, lease: "b" }, { kind: "warmed", generation }] as const;
  assert.deepEqual(storyOf(pool, ...early), [], "it waits for nobody");
});

Deno.test("the log warns once that no gateway is warmed up any more, and anew after a start", () => {
  const pool = Pool.full();
  const failed = { kind: "warm-up-failed", generation, reason: "no room" } as const;
  const told = "warn: gateways are not warmed up any more: no room";
  assert.deepEqual(storyOf(pool, failed, failed, { kind: "start" }, failed), [told, told]);
});

Deno.test("the log gives every event its level, its words and no secret", () => {
  const loss = { generation, sentence: "rekindle: it was lost", atMs: 0 };
  const table: readonly (readonly [RelayEvent, string | null])[] = [
    [{ kind: "lost", lease: "7", loss, connections: 0 }, null],
    [
      { kind: "lost", lease: "7", loss, connections: 1 },
      'warn: a program has lost its gateway, and is told so (lease 7) {"generation":2}',
    ],
    [
      { kind: "shutdown-blocked", lease: "7" },
      "warn: a program asked the gateway to shut down, and was hung up on (lease 7)",
    ],
    [{ kind: "deaf", reason: "too many files" }, "warn: the relay cannot take connections: too many files"],
    [{ kind: "held", lease: "7" }, "info: a program waits for the gateway"],
    [{ kind: "refused", reason: "secret" }, "debug: the relay refused a connection: secret"],
    [{ kind: "bound", lease: "7", generation, remotePort: 1 }, null],
    [{ kind: "entombed", lease: "7", sentence: "rekindle: it was lost" }, "debug: relay: entombed (lease 7)"],
    [{ kind: "cancel", lease: "7", passedOn: true }, "debug: relay: cancel (lease 7)"],
  ];
  for (const [event, wanted] of table) {
    const { log, told } = listening();
    newsTo(log).relay(event);
    assert.deepEqual(told, wanted === null ? [] : [wanted], event.kind);
  }
});

Deno.test("a warm-up tells how long each step took, and which was left out and why", () => {
  const steps = [
    { name: "session", ms: 2140, missing: null },
    { name: "arrow", ms: 3, missing: "there is no pandas" },
    { name: "stop", ms: 49, missing: null },
  ];
  assert.equal(
    describeWarmUp(7, steps),
    "generation 7 was warmed up: session 2.1 s, no arrow (there is no pandas), stop 0.0 s",
  );
});
