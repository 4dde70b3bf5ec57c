/**
 * Answers of a gateway to calls that the fake JVM does not know: those of `java.io.File`, of
 * a SparkContext and of the thread bean.
 * @module
 */

import type { FakePy4jOptions } from "./py4j_server.ts";

/** By the lines of a command, joined by spaces: the line that answers it. */
export type Answers = Readonly<Record<string, string>>;

/** Makes a gateway give these answers, and its own to everything else. */
export function answering(answers: Answers): FakePy4jOptions {
  return { deliver: (line, request) => ({ pieces: [`${answers[request.join(" ")] ?? line}\n`] }) };
}

/** What a gateway answers about the scratch folder of its generation. */
export function fileAnswers(path: string): Answers {
  return { [`i java.io.File s${path}`]: "!yro900", "c o900 deleteOnExit": "!yv" };
}

/** What a gateway answers about its SparkContext: one that is active, or none. */
export function contextAnswers(active: boolean): Answers {
  return {
    "r m org.apache.spark.SparkContext$ MODULE$": "!yro910",
    "c o910 getActive": "!yro911",
    "c o911 isDefined": `!yb${active}`,
    ...(active ? { "c o911 get": "!yro912", "c o912 stop": "!yv" } : {}),
  };
}

/** What a look is to find of a context. */
export interface ContextFindings {
  /** Whether the context that is there has been stopped. */
  readonly stopped?: boolean;
  readonly schedulerAlive?: boolean;
  /** What its configuration says of `spark.driver.memory`; empty for nothing. */
  readonly driverMemory?: string;
  /** Where it says that its jobs are shown; empty for nowhere. */
  readonly uiUrl?: string;
  readonly localFolders?: readonly string[];
  readonly foldersRemovedAtExit?: readonly string[];
}

/** Threads that wait for each other: by their ids, their names, or `null` for one that has ended meanwhile. */
export type Deadlocked = Readonly<Record<string, string | null>>;

/** What a gateway answers to a look at its Spark: one with a context, or none. */
export function sparkAnswers(context: ContextFindings | null, deadlocked: Deadlocked = {}): Answers {
  return {
    "c z:java.lang.management.ManagementFactory getThreadMXBean": "!yro920",
    ...deadlockAnswers(deadlocked),
    ...contextAnswers(context !== null),
    ...(context === null ? {} : findingAnswers(context)),
  };
}

/** The answer to a read of one field. */
export function fieldAnswer(object: string, field: string, answer: string): Answers {
  return { [`c z:org.apache.commons.lang3.reflect.FieldUtils readField r${object} s${field} btrue`]: answer };
}

function findingAnswers(findings: ContextFindings): Answers {
  const { stopped = false, schedulerAlive = true, driverMemory = "", uiUrl = "" } = findings;
  const { localFolders = [], foldersRemovedAtExit = [] } = findings;
  return {
    ...fieldAnswer("o912", "_dagScheduler", "!yro930"),
    ...fieldAnswer("o930", "eventProcessLoop", "!yro931"),
    ...fieldAnswer("o931", "eventThread", "!yro932"),
    "c o932 isAlive": `!yb${schedulerAlive}`,
    "c o912 isStopped": `!yb${stopped}`,
    "c o912 getConf": "!yro935",
    "c o935 get sspark.driver.memory s": `!ys${driverMemory}`,
    "c o912 uiWebUrl": "!yro936",
    "c o936 isDefined": `!yb${uiUrl !== ""}`,
    "c o936 get": `!ys${uiUrl}`,
    ...fieldAnswer("o912", "_env", "!yro940"),
    ...fieldAnswer("o940", "blockManager", "!yro941"),
    ...fieldAnswer("o941", "diskBlockManager", "!yro942"),
    ...fieldAnswer("o942", "localDirsString", "!yto943"),
    ...arrayAnswers("o943", localFolders.map((folder) => `s${folder}`)),
    "r m org.apache.spark.util.ShutdownHookManager$ MODULE$": "!yro950",
    ...fieldAnswer("o950", "shutdownDeletePaths", "!yho951"),
    "c o951 mkString s\0": `!ys${foldersRemovedAtExit.join("\0")}`,
  };
}

function deadlockAnswers(deadlocked: Deadlocked): Answers {
  const ids = Object.keys(deadlocked);
  if (ids.length === 0) return { "c o920 findDeadlockedThreads": "!yn" };
  const infos = Object.entries(deadlocked).map(([id, name]): Answers => ({
    [`c o920 getThreadInfo L${id}`]: name === null ? "!yn" : `!yro97${id}`,
    [`c o97${id} getThreadName`]: `!ys${name}`,
  }));
  return {
    "c o920 findDeadlockedThreads": "!yto960",
    ...arrayAnswers("o960", ids.map((id) => `L${id}`)),
    ...Object.assign({}, ...infos),
  };
}

function arrayAnswers(array: string, parts: readonly string[]): Answers {
  const elements = parts.map((
    part,
    index,
  ) => [`c z:java.lang.reflect.Array get r${array} i${index}`, `!y${part}`]);
  return {
    [`c z:java.lang.reflect.Array getLength r${array}`]: `!yi${parts.length}`,
    ...Object.fromEntries(elements),
  };
}
