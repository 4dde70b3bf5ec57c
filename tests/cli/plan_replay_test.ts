import assert from "node:assert/strict";
import { join } from "@std/path";
import { readArgs } from "../../src/cli/args.ts";
import { plan, readPlanRequest } from "../../src/cli/plan.ts";
import { GIB } from "../../src/core/jvm_flags.ts";
import { sizesOf } from "../../src/core/memory/record.ts";
import type { CauseClass } from "../../src/core/verdict.ts";
import { IncidentStore } from "../../src/incident/store.ts";
import { MEMORY } from "../fakes/gateway_world.ts";
import { AT, incident } from "../incident/samples.ts";
import { Surroundings } from "./scripted_daemon.ts";

const FOLDER = "/state/incidents";

class Place extends Surroundings {
  readonly store = new IncidentStore(FOLDER, this.files);

  /** Keeps a death with this heap; `null` when nothing was kept of it. */
  async died(
    generation: number,
    cause: CauseClass,
    heapBytes: number | null,
    reason: string,
  ): Promise<string> {
    const at = new Date(AT.getTime() + generation * 86_400_000);
    const sizes = { ...sizesOf(MEMORY.plan), heap: heapBytes };
    const facts = heapBytes === null ? {} : { memory: { sizes, wasReady: true, fillMs: null, use: null } };
    const change = { changed: reason.includes("→"), reason };
    return await this.store.save({ ...incident(generation, cause), change }, [], at, facts);
  }

  async say(line: string): Promise<string> {
    const from = this.printed.length;
    const words = [
      "plan",
      "--state-dir",
      "/state",
      "--spark-home",
      "/nowhere",
      "--replay",
      ...line.split(" "),
    ];
    const invocation = readArgs(words.filter((word) => word !== ""));
    const request = { ...readPlanRequest(invocation), colour: false };
    await plan(this.context(invocation.settings), request, this.view);
    return this.printed.slice(from).join("");
  }
}

async function placeWithDeaths(): Promise<Place & { readonly damaged: string }> {
  const place = new Place();
  await place.died(1, "heap-oom", GIB, "heap 1 GiB → 2 GiB, because the last one ran out of heap");
  await place.died(2, "heap-oom", GIB, 'memory mode is "off", so nothing changes');
  const damaged = await place.died(3, "heap-oom", GIB, "-");
  place.files.put(join(FOLDER, damaged, "manifest.json"), "{}");
  await place.died(4, "user-code-error", null, 'memory settings do not cure "user-code-error"');
  return Object.assign(place, { damaged });
}

Deno.test("plan --replay tells each death, oldest first, and where the policy of now differs", async () => {
  const place = await placeWithDeaths();
  const before = place.files.tree("/state");
  assert.deepEqual((await place.say("")).split("\n"), [
    "3 deaths lived through anew, from nothing learned; 1 would end otherwise.",
    "Spark could not be asked (Cannot use --spark-home: there is no Spark in /nowhere): what its own",
    "settings fix, and its master, are not in this plan.",
    "",
    "2026-03-05 05:06Z  generation 1  heap-oom, with a heap of 1 GiB",
    "  then  heap 1 GiB → 2 GiB, because the last one ran out of heap",
    "  now   the same",
    "",
    "2026-03-06 05:06Z  generation 2  heap-oom, with a heap of 1 GiB",
    '  then   memory mode is "off", so nothing changes',
    "  now *  heap would have been 2 GiB by then and not 1 GiB, so this death may not have come",
    "",
    "2026-03-08 05:06Z  generation 4  user-code-error, with a heap that is not known",
    '  then  memory settings do not cure "user-code-error"',
    "  now   the same",
    "",
    "Skipped, because they are damaged",
    `  ${place.damaged}  its manifest cannot be read: its id is missing`,
    "",
  ]);
  assert.deepEqual(place.files.tree("/state"), before);
});

Deno.test("plan --replay as JSON has what the text has", async () => {
  const place = await placeWithDeaths();
  const { mode, incidents, damaged, limit } = JSON.parse(await place.say("--json"));
  assert.deepEqual([mode, limit.source], ["adjust", "machine"]);
  assert.deepEqual(damaged, [{
    id: place.damaged,
    reason: "its manifest cannot be read: its id is missing",
  }]);
  const [first, second, last] = incidents;
  assert.deepEqual([first.generation, first.class, first.heapBytes, first.then.changed], [
    1,
    "heap-oom",
    GIB,
    true,
  ]);
  assert.deepEqual(first.now, {
    kind: "acted",
    reason: "heap 1 GiB → 2 GiB, because the last one ran out of heap",
    heapBytes: GIB,
    nextHeapBytes: 2 * GIB,
    differs: false,
  });
  assert.deepEqual([second.now.kind, last.heapBytes, last.now.kind], ["spared", null, "left"]);
});

Deno.test("plan --replay without incidents says so, and that is no error", async () => {
  const place = new Place();
  assert.match(await place.say(""), /^No incidents to live through are kept in \/state\/incidents\.\n/);
  assert.deepEqual(JSON.parse(await place.say("--json")).incidents, []);
});
