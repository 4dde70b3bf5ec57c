/**
 * What a dead gateway may have left, in a world under the test's command.
 * @module
 */

import assert from "node:assert/strict";
import { collect, collectLate } from "../../src/incident/collect.ts";
import type { Collection, DeathScene } from "../../src/incident/collect.ts";
import type { Finding } from "../../src/incident/finding.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { ScriptedLauncher } from "../fakes/scripted_child.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";

/** What is known of generation 7, which ended itself. */
export const SCENE: DeathScene = {
  generation: 7,
  pid: 4711,
  exit: { code: 134, signal: "SIGABRT" },
  argv: ["/opt/jdk/bin/java", "-Xmx1g", "two words"],
  stdout: [],
  logs: "/log",
  gcLog: "/run/g7/gc.log",
  perfData: "/tmp/hsperfdata_me/4711",
  history: ['{"at":"one"}', '{"at":"two"}'],
};
/** How a gateway ends that is killed. */
export const KILLED = { exit: { code: 137, signal: "SIGKILL" } } as const;
/** Everything that is looked for at once. */
const NAMES = [
  ...["hs_err.log", "hsperfdata", "gc.log", "command.txt", "history.jsonl"],
  ...["machine.txt", "cgroup.txt"],
];
/** What a dead gateway may have left. */
export class Scene {
  readonly clock = new ManualClock();
  readonly files = new MemoryFiles({ "/log/gateway.stdout.log": "out\n" });
  readonly machine = new ScriptedMachine();
  readonly children = new ScriptedLauncher();

  async collect(changes: Partial<DeathScene> = {}): Promise<Collection> {
    const collection = await collect({ ...SCENE, ...changes }, this);
    assert.deepEqual(collection.findings.map(({ name }) => name), NAMES);
    assert.deepEqual(this.clock.pendingMs, []);
    return collection;
  }

  async find(name: string, changes: Partial<DeathScene> = {}): Promise<Finding> {
    return named(await this.collect(changes), name);
  }

  /** What is looked for behind the next start. */
  async findLate(changes: Partial<DeathScene> = {}): Promise<Finding> {
    const finding = await collectLate({ ...SCENE, ...changes }, this);
    assert.deepEqual([finding.name, this.clock.pendingMs], ["kernel.txt", []]);
    return finding;
  }
}

/** What is said of one thing. */
export function named({ findings }: Collection, name: string): Finding {
  return findings.find((each) => each.name === name) ?? assert.fail(`nothing is said of ${name}`);
}

/** A thing that is kept whole. */
export function saved(name: string, content: string | Uint8Array): Finding {
  return { name, status: "saved", reason: null, content };
}

/** A thing that was not to be had. */
export function missing(name: string, reason: string): Finding {
  return { name, status: "missing", reason, content: null };
}
