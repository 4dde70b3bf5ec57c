/**
 * Where will the tasks of a gateway run, and how many at once beside it?
 * @module
 */

import { join } from "@std/path";
import type { Files } from "../ports.ts";
import type { LauncherAnswer } from "./command.ts";
import { sparkWordsOf } from "./command.ts";

/** Where tasks run. */
export interface TaskPlace {
  /** Whether they run in the gateway itself. */
  readonly isLocal: boolean;
  /** How many run at once in the gateway; 1 when they run elsewhere. */
  readonly parallelTasks: number;
}

/**
 * Reads the master that Spark is given: on the command line, by `MASTER`, or in `spark-defaults.conf`
 * (SparkSubmitArguments, 3.5). A program may set another one of its own later; without any, PySpark takes `local[*]`.
 */
export async function taskPlaceOf(
  answer: LauncherAnswer,
  { files, sparkHome, processors }: {
    readonly files: Files;
    readonly sparkHome: string;
    readonly processors: number;
  },
): Promise<TaskPlace> {
  const conf = answer.env.SPARK_CONF_DIR || join(sparkHome, "conf");
  const defaults = await files.readText(join(conf, "spark-defaults.conf")).catch(() => "");
  const master = masterIn(sparkWordsOf(answer)) ?? answer.env.MASTER ?? masterInDefaults(defaults) ??
    "local[*]";
  return taskPlaceOfMaster(master, processors);
}

/** What a master URL says (SparkContext.createTaskScheduler). */
function taskPlaceOfMaster(master: string, processors: number): TaskPlace {
  if (master === "local") return { isLocal: true, parallelTasks: 1 };
  const [, threads] = /^local\[(\*|\d+)(?:\s*,\s*\d+)?\]$/.exec(master) ?? [];
  if (threads === undefined) return { isLocal: false, parallelTasks: 1 };
  return { isLocal: true, parallelTasks: threads === "*" ? processors : Math.max(1, Number(threads)) };
}

/** The launcher writes each setting as two words, and keeps `--master` as it is. */
function masterIn(words: readonly string[]): string | null {
  let master: string | null = null;
  words.forEach((word, index) => {
    const value = words[index + 1] ?? "";
    if (word === "--master") master = value;
    else if (word === "--conf" && value.startsWith("spark.master=")) {
      master ??= value.slice("spark.master=".length);
    }
  });
  return master;
}

/** A Java properties file: name, then blanks, `=` or `:`, then the value. */
function masterInDefaults(text: string): string | null {
  return /^\s*spark\.master(?:\s*[=:]\s*|\s+)(\S+)/m.exec(text)?.[1] ?? null;
}
