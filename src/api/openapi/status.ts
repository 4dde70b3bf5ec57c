/**
 * How is the document of `/v1/status` told, and that of the health in it?
 * @module
 */

import { CHECK_NAMES } from "../../core/health.ts";
import type { CheckName, HealthCheck, HealthReport, HealthStatus } from "../../core/health.ts";
import type { Front } from "../../core/relay/admission.ts";
import type { PoolPolicy, Warmth } from "../../core/pool/pool.ts";
import { CONDITIONS } from "../../core/watch/condition.ts";
import type { ConditionKind } from "../../core/watch/condition.ts";
import type { SeatStatus, Status } from "../status.ts";
import { flags, memoryPlan } from "./memory.ts";
import { amount, list, moment, named, nullable, oneOf, record, text, truth, whole, words } from "./schema.ts";
import type { Schema } from "./schema.ts";
import { generation, lastIncident, phase } from "./verdict.ts";

const PID = { minimum: 1 };

/** What can be wrong with a gateway that runs. */
export const conditionKind = named(
  "ConditionKind",
  oneOf<ConditionKind>(
    "What is wrong with a gateway that runs; docs/SUPERVISION.md says how each is seen.",
    CONDITIONS,
  ),
);

/** How healthy something is. */
export const healthStatus = named(
  "HealthStatus",
  words<HealthStatus>("How it is.", {
    pass: "well",
    warn: "it serves, and somebody should look",
    fail: "it does not serve",
  }),
);

/** What each check asks. */
const QUESTIONS: Readonly<Record<CheckName, string>> = {
  loop: "Does the daemon's own loop turn?",
  gateway: "Is there a gateway that is ready?",
  heartbeat: "Does it answer?",
  condition: "Is nothing wrong with it?",
  restarts: "Has it not died since health was last proven? It warns at most.",
  records: "Can the daemon write its records? It warns at most.",
};

/** The name of a check. */
export const checkName = named("CheckName", words<CheckName>("A question of the health checks.", QUESTIONS));

/** One member for each check. */
export function ofChecks<T>(schema: (question: string) => Schema<T>): Record<CheckName, Schema<T>> {
  return Object.fromEntries(CHECK_NAMES.map((name) => [name, schema(QUESTIONS[name])])) as Record<
    CheckName,
    Schema<T>
  >;
}

const health = record<HealthReport>("Every check, and the worst of their answers.", {
  status: healthStatus,
  checks: record<HealthReport["checks"]>(
    "The checks by their names.",
    ofChecks((question) =>
      record<HealthCheck>(question, {
        status: healthStatus,
        output: nullable(text("Why, when it is not `pass`.")),
      })
    ),
  ),
});

const seat = named(
  "Seat",
  record<SeatStatus>("One gateway of several.", {
    generation,
    phase,
    pid: nullable(whole("Its process, or `null`.", PID)),
    warmth: words<Warmth>("Whether it has done what most programs do, so that its next one starts sooner.", {
      cold: "it has not",
      underway: "it is at it",
      warm: "it has",
    }),
    programs: whole("How many programs have it."),
    retirement: nullable(text("Why it takes no new program and ends with those it has, or `null`.")),
  }),
);

const condition = named(
  "Condition",
  record<NonNullable<Status["gateway"]["condition"]>>("What is wrong with a gateway that runs.", {
    kind: conditionKind,
    since: moment("Since when."),
    reason: text("One clause in plain words."),
    evidence: list("What was seen, one clause each.", text("One clause.")),
    excuse: nullable(text("Why it is not ended yet, or `null`.")),
  }),
);

const gateway = named(
  "Gateway",
  record<Status["gateway"]>("The JVM that a program has, or that the next one will get.", {
    pid: nullable(whole("Its process, or `null`.", PID)),
    since: nullable(moment("When this JVM was started, or `null`.")),
    flags,
    lastHeartbeat: nullable(moment("When it last answered, or `null` while it is not ready.")),
    heartbeatLatencyMs: nullable(amount("How long the newest heartbeat took, in milliseconds.")),
    contextActive: nullable(
      truth("Whether a SparkContext was active at the last look; `null` when Spark has not been asked yet."),
    ),
    sparkUi: nullable(text("Where the active context shows its jobs; `null` where it does not.")),
    ignoredHeap: nullable(
      text("What to tell of a program that asks for another heap than this JVM has, or `null`."),
    ),
    condition: nullable(condition),
    ending: nullable(
      text(
        "Why it is being ended, or how it has ended by itself; `null` but in `stopping` and `collecting`.",
      ),
    ),
  }),
);

const pool = named(
  "Pool",
  record<Status["pool"]>("All gateways, and how many there are to be.", {
    gateways: whole("How many programs may run at a time, each with a gateway of its own.", PID),
    standby: oneOf<PoolPolicy["standby"]>("How many more gateways wait for the next program, warmed up.", [
      0,
      1,
    ]),
    recycle: words<PoolPolicy["recycle"]>("Whether a gateway ends with its program.", {
      always: "it does",
      dirty: "it does when the program has left something behind",
      never: "it does not",
    }),
    sharing: words<PoolPolicy["sharing"]>("Whose a gateway is.", {
      exclusive: "one program's alone",
      shared: "everybody's",
    }),
    next: words<Front["kind"]>("What becomes of the next program.", {
      ready: "it has a gateway at once",
      busy: "it waits until one of the others ends",
      coming: "it waits for a gateway that is on its way",
      hopeless: "it is told that there is none, and why",
    }),
    warmUpRefusal: nullable(text("Why gateways are not warmed up any more, or `null`.")),
    isMemoryShort: truth("Whether there is no memory for a gateway that only waits."),
    seats: list("The gateways there are.", seat),
  }),
);

/** The document of `/v1/status`. */
export const status = named(
  "Status",
  record<Status>("What the daemon and its gateways are doing.", {
    phase,
    desired: words<Status["desired"]>("What is wanted, apart from what is.", {
      up: "a gateway",
      down: "none",
    }),
    ready: truth("Whether a program can attach now; the same as `/readyz`."),
    everReady: truth("Whether a gateway has been ready since the daemon began; the same as `/startupz`."),
    generation,
    gateway,
    pool,
    archive: text("Whether gateways start from a class-data archive, in words."),
    bytecode: text("Whether Python's workers find PySpark compiled, in words."),
    restarts: whole("How many gateways have been started in place of another one."),
    plan: memoryPlan,
    lastIncident: nullable(lastIncident),
    nextDeadline: nullable(moment("When the daemon acts next by itself, such as the start after a wait.")),
    health,
    daemon: record<Status["daemon"]>("The daemon itself.", {
      pid: whole("Its process.", PID),
      version: text("Its version."),
      embedded: truth("Whether it lives only as long as the `exec` that brought it up."),
    }),
    spark: record<Status["spark"]>("The Spark whose gateways these are.", {
      home: text("`SPARK_HOME`."),
      version: text("Its version.", { examples: ["4.3.0"] }),
    }),
    java: record<Status["java"]>("The Java that runs them.", {
      home: text("`JAVA_HOME`."),
      version: text("Its version.", { examples: ["17.0.15"] }),
    }),
    environmentFile: text("The file that programs attach by."),
    programBin: nullable(
      text("What belongs first on a program's `PATH` so that `python` finds this PySpark, or `null`."),
    ),
    cwd: text("Where the gateways run."),
  }),
);
