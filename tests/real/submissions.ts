/**
 * Command lines that `spark-submit` and `rekindle submit` are both given, to be compared.
 * @module
 */

import { join } from "@std/path";
import { type Place, program, type Result } from "./rekindle.ts";

/** One command line. */
export interface Submission {
  readonly name: string;
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The exit code of both. */
  readonly code: number;
}

const JOB = program("submitted.py");
const SETTINGS = "spark.sql.shuffle.partitions";

/** Every case, in words that are the same in every folder that {@linkcode furnish} has filled. */
export const SUBMISSIONS: readonly Submission[] = [
  {
    name: "arguments with spaces, quotes, an empty one",
    words: [JOB, "args", "a b", "", `it's "so"`, "é", "--conf"],
    code: 0,
  },
  { name: "exit code 0", words: [JOB, "leave", "0"], code: 0 },
  { name: "exit code 1", words: [JOB, "leave", "1"], code: 1 },
  { name: "exit code 3", words: [JOB, "leave", "3"], code: 3 },
  { name: "sys.exit with a text", words: [JOB, "wail"], code: 1 },
  { name: "an exception", words: [JOB, "fail"], code: 1 },
  { name: "an error of Spark's", words: [JOB, "miss"], code: 1 },
  { name: "killed by SIGKILL", words: [JOB, "die"], code: 137 },
  { name: "standard error among standard output", words: [JOB, "streams"], code: 0 },
  { name: "no such program", words: ["missing.py"], code: 2 },
  { name: "an unknown option", words: ["--executor-memry", "1g", JOB, "args"], code: 1 },
  { name: "a value that is missing", words: ["--conf"], code: 1 },
  {
    name: "--conf, twice and with =",
    words: [
      "--conf",
      `${SETTINGS}=5`,
      "-c",
      "spark.my.text=a = b",
      JOB,
      "settings",
      SETTINGS,
      "spark.my.text",
    ],
    code: 0,
  },
  {
    name: "--conf=… and the last one wins",
    words: [`--conf=${SETTINGS}=5`, "--conf", `${SETTINGS}=6`, JOB, "settings", SETTINGS],
    code: 0,
  },
  {
    name: "an exception, named, with two threads",
    words: ["--name", "the name", "--master", "local[2]", JOB, "named_failure"],
    code: 1,
  },
  { name: "--name", words: ["--name", "the name", JOB, "settings"], code: 0 },
  { name: "--master local[2]", words: ["--master", "local[2]", JOB, "settings"], code: 0 },
  {
    name: "the program's own settings win",
    words: ["--name", "the name", "--master", "local[2]", JOB, "own_settings"],
    code: 0,
  },
  {
    name: "--executor-memory, --total-executor-cores",
    words: [
      ...["--executor-memory", "600m", "--total-executor-cores", "2"],
      ...[JOB, "settings", "spark.executor.memory", "spark.cores.max"],
    ],
    code: 0,
  },
  {
    name: "--properties-file",
    words: ["--properties-file", "my.conf", JOB, "settings", SETTINGS, "spark.my.text"],
    code: 0,
  },
  {
    name: "--conf over --properties-file",
    words: ["--properties-file", "my.conf", "--conf", `${SETTINGS}=9`, JOB, "settings", SETTINGS],
    code: 0,
  },
  {
    name: "spark-defaults.conf, and options over it",
    words: ["--master", "local[2]", JOB, "settings", SETTINGS, "spark.my.text"],
    env: { SPARK_CONF_DIR: "conf" },
    code: 0,
  },
  {
    name: "spark-env.sh",
    words: [JOB, "environment", "FROM_THE_SCRIPT"],
    env: { SPARK_CONF_DIR: "conf" },
    code: 0,
  },
  {
    name: "--py-files with a module and an archive",
    words: ["--py-files", "lib/extra_module.py,zipped.zip", JOB, "modules"],
    code: 0,
  },
  {
    name: "spark.submit.pyFiles",
    words: ["--conf", "spark.submit.pyFiles=lib/extra_module.py,zipped.zip", JOB, "modules"],
    code: 0,
  },
  { name: "--files", words: ["--files", "data.txt", JOB, "shipped"], code: 0 },
  { name: "--archives", words: ["--archives", "box.zip#box", JOB, "unpacked"], code: 0 },
  { name: "--driver-memory", words: ["--driver-memory", "700m", JOB, "heap"], code: 0 },
  {
    name: "spark.driver.memory by --conf",
    words: ["--conf", "spark.driver.memory=800m", JOB, "heap"],
    code: 0,
  },
  { name: "relative paths", words: [JOB, "relative"], code: 0 },
  {
    name: "the environment",
    words: [
      ...["--conf", "spark.driver.cores=3", "--master", "local[2]"],
      ...[JOB, "environment", "PYTHONUNBUFFERED", "PYTHONHASHSEED", "OMP_NUM_THREADS", "MASTER"],
    ],
    code: 0,
  },
  {
    name: "spark.pyspark.driver.python",
    words: ["--conf", "spark.pyspark.driver.python=./my-python", JOB, "environment", "MY_PYTHON"],
    code: 0,
  },
  { name: "--verbose", words: ["--verbose", "--name", "n", JOB, "settings"], code: 0 },
];

/** Puts into the folder what the command lines speak of. */
export async function furnish({ folder, spark }: Place): Promise<void> {
  const write = (name: string, text: string) => Deno.writeTextFile(join(folder, name), text);
  await Deno.mkdir(join(folder, "conf"));
  await Deno.mkdir(join(folder, "lib"));
  await write("my.conf", `${SETTINGS} 7\nspark.my.text  from a file\nspark.app.name of the file\n`);
  await write("conf/spark-defaults.conf", `spark.master local[1]\n${SETTINGS} 8\nspark.my.text a default\n`);
  await write("conf/spark-env.sh", "export FROM_THE_SCRIPT=yes\n");
  await write("data.txt", "some data");
  await write("lib/extra_module.py", 'WORD = "extra"\n');
  await write("my-python", `#!/bin/sh\nMY_PYTHON=mine exec ${spark.python} "$@"\n`);
  await Deno.chmod(join(folder, "my-python"), 0o755);
  const zip = "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w').writestr(sys.argv[2], sys.argv[3])";
  for (
    const [archive = "", name = "", text = ""] of [
      ["zipped.zip", "zipped_module.py", 'WORD = "zipped"\n'],
      ["box.zip", "inside.txt", "from the box"],
    ]
  ) {
    await new Deno.Command(spark.python, { args: ["-c", zip, join(folder, archive), name, text] }).output();
  }
}

/** What Spark's own script does with a command line. */
export function bySpark(place: Place, { words, env }: Submission): Promise<Result> {
  return place.plain(join(place.spark.home, "bin/spark-submit"), words, env);
}

/** What `rekindle submit` does with it; in another state folder it does not find the daemon of the place. */
export function byRekindle(
  place: Place,
  { words, env }: Submission,
  stateDir: string = place.stateDir,
): Promise<Result> {
  return place.rekindle(["submit", ...place.flags, "--state-dir", stateDir, ...words], env);
}
