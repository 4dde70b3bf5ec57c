/**
 * What does Spark's `conf/spark-env.sh` change in the environment of whatever Spark's scripts start?
 * @module
 */

import type { ChildLauncher } from "../ports.ts";

/** A script that asks something of the network may take its time. */
const TIMEOUT_MS = 30_000;
const MARK = "\0rekindle-env\0";
/** The shell's own doing. */
const OF_THE_SHELL = ["_", "SHLVL", "PWD", "OLDPWD"];

/** On which Spark, in which surroundings. */
export interface SparkEnvRequest {
  readonly sparkHome: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/**
 * The variables that are new or other behind Spark's `load-spark-env.sh`, with `SPARK_HOME`, which its scripts set.
 * What the script prints is lost; where it fails, nothing is changed, as nothing is by Spark.
 */
export async function sparkEnvChanges(
  { sparkHome, env, cwd }: SparkEnvRequest,
  children: ChildLauncher,
): Promise<Record<string, string>> {
  const script =
    'if [ -f "$SPARK_HOME/bin/load-spark-env.sh" ]; then . "$SPARK_HOME/bin/load-spark-env.sh"; fi; ' +
    "printf '\\0rekindle-env\\0'; env -0";
  const spec = {
    ...{ program: "bash", args: ["-c", script], cwd },
    env: { ...env, SPARK_HOME: sparkHome },
  };
  const { stdout } = await children.run(spec, TIMEOUT_MS);
  const [, listed = ""] = new TextDecoder().decode(stdout).split(MARK);
  const changes = listed.split("\0").flatMap((line) => {
    const at = line.indexOf("=");
    const [name, value] = [line.slice(0, at), line.slice(at + 1)];
    return at > 0 && env[name] !== value && !OF_THE_SHELL.includes(name) ? [[name, value]] : [];
  });
  return { ...Object.fromEntries(changes), SPARK_HOME: sparkHome };
}
