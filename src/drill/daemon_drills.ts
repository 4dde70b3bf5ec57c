/**
 * What becomes of a daemon that is killed, and of one whose gateway cannot start?
 * @module
 */

import { join } from "@std/path";
import { readLedger } from "../core/ledger/ledger.ts";
import { LEDGER_FILE } from "../supervisor/ledger.ts";
import type { DrillOutcome, Fault } from "./fault.ts";
import { BOUND_MS, failed, inScratch, lastWords, untilHealthy } from "./running_drill.ts";
import type { ScratchOptions } from "./scratch.ts";

type Options = ScratchOptions & { readonly progress: (what: string) => void };

/** One of these drills. */
export interface DaemonDrill extends Pick<Fault, "what" | "expected"> {
  readonly run: (name: string, options: Options) => Promise<DrillOutcome>;
}

const KILLED = { what: "kill -9 of the daemon; a new one is started", expected: [] } as const;
const REFUSED = {
  what: "a JVM option that Java refuses; it is taken back afterwards",
  expected: ["invalid-jvm-option"],
} as const;

/** Both, by their names. */
export const DAEMON_DRILLS = {
  "daemon-kill": { ...KILLED, run: killDaemon },
  "bad-start": { ...REFUSED, run: refuseStart },
} as const satisfies Record<string, DaemonDrill>;

/** The gateway must end with its daemon, and the next daemon must know of it and go on. */
async function killDaemon(name: string, options: Options): Promise<DrillOutcome> {
  const { runtime: { clock, files, machine }, progress } = options;
  return await inScratch({ ...options, ...KILLED, name }, async (scratch) => {
    progress("starting a scratch daemon");
    const first = scratch.start([]);
    const before = await untilHealthy(first, scratch);
    if (before === null) {
      return failed(name, KILLED, `the scratch daemon did not get ready: ${lastWords(first)}`);
    }
    scratch.note(before.gateway.pid);
    progress(KILLED.what);
    const atMs = clock.nowMs();
    first.signal("SIGKILL");
    await first.ended;
    const next = scratch.start([]);
    const looked = next.until(() => true, BOUND_MS).then(() => clock.nowMs());
    const after = await untilHealthy(next, scratch);
    const healedMs = clock.nowMs() - atMs;
    if (after === null) return failed(name, KILLED, `the next daemon did not get ready: ${lastWords(next)}`);
    scratch.note(after.gateway.pid);
    const text = await files.readText(join(scratch.stateDir, LEDGER_FILE));
    const orphan = readLedger(text).records.find((record) =>
      record.kind === "orphan" && record.generation === before.generation
    );
    const notes: string[] = [];
    if (orphan === undefined) notes.push("the ledger does not say what became of the gateway");
    const vitals = before.gateway.pid === null ? null : await machine.process(before.gateway.pid);
    if (vitals !== null && vitals.state !== "Z") notes.push("the gateway of the killed daemon still runs");
    if (after.generation <= before.generation) notes.push("the next daemon does not know of the one before");
    const how = orphan?.kind === "orphan" ? orphan.how : "unknown";
    return {
      ...{ ...KILLED, name, notes, verdict: null },
      result: notes.length === 0 ? "passed" : "failed",
      foundMs: Math.round(await looked - atMs),
      namedMs: null,
      healedMs: Math.round(healedMs),
      how: `its gateway: ${how}; generation ${after.generation} of the next daemon is ready`,
    };
  });
}

/** What cannot work is not tried again, and says why. */
async function refuseStart(name: string, options: Options): Promise<DrillOutcome> {
  const { runtime: { clock, files }, progress } = options;
  return await inScratch({ ...options, ...REFUSED, name }, async (scratch) => {
    progress(REFUSED.what);
    const option = "spark.driver.extraJavaOptions=-XX:MaxMetaspaceSize=zz";
    const wrong = scratch.start(["--conf", option]);
    const late = clock.sleep(BOUND_MS);
    await Promise.race([wrong.ended, late]);
    if (wrong.exit === null) return failed(name, REFUSED, "the daemon goes on with what cannot work");
    const namedMs = clock.nowMs() - wrong.spawnedAtMs;
    const records = readLedger(
      await files.readText(join(scratch.stateDir, LEDGER_FILE)).catch(() => ""),
    ).records;
    const ends = records.flatMap((record) => record.kind === "ended" ? [record] : []);
    const [end] = ends;
    progress("corrected; starting again");
    const right = scratch.start([]);
    const after = await untilHealthy(right, scratch);
    const notes: string[] = [];
    if (end?.class !== "invalid-jvm-option") {
      notes.push(
        end === undefined ? "it was not named" : `named ${end.class}, and it was invalid-jvm-option`,
      );
    }
    if (ends.length > 1) notes.push(`it was tried ${ends.length} times, and could never work`);
    if (after === null) notes.push(`it does not start when corrected either: ${lastWords(right)}`);
    else scratch.note(after.gateway.pid);
    return {
      ...{ ...REFUSED, name, notes },
      result: notes.length === 0 ? "passed" : "failed",
      foundMs: Math.round(namedMs),
      namedMs: Math.round(namedMs),
      healedMs: after === null ? null : Math.round(clock.nowMs() - right.spawnedAtMs),
      verdict: end === undefined ? null : {
        class: end.class,
        confidence: end.confidence,
        summary: "The JVM does not accept one of its options.",
      },
      how: after === null
        ? ""
        : `not tried again (exit code ${wrong.exit.code}); corrected, generation ${after.generation} is ready`,
    };
  });
}
