import { doesNotMatch, match, strictEqual } from "node:assert/strict";
import { dirname, join } from "@std/path";
import { Place, program, ROOT } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

const [spark] = sparkInstallations();
if (spark === undefined) throw new Error("No PySpark to test on");

/** What a user types, the exit code, and what the error must say. */
const MISTAKES: readonly {
  readonly name: string;
  readonly args: readonly string[];
  readonly code: number;
  readonly says: readonly RegExp[];
  readonly env?: Record<string, string>;
}[] = [
  {
    name: "an unknown flag",
    args: ["run", "--heep", "2g"],
    code: 64,
    says: [/--heep/, /Did you mean --heap\?/],
  },
  { name: "an unknown command", args: ["rnu"], code: 64, says: [/"rnu"/, /rekindle run/] },
  { name: "a bad size", args: ["run", "--heap", "lots"], code: 64, says: [/--heap "lots"/, /1536m or 2g/] },
  {
    name: "several bad values",
    args: ["run", "--heap", "x", "--memory-mode", "y", "--api", "everywhere"],
    code: 64,
    says: [/--heap/, /--memory-mode/, /--api/],
  },
  {
    name: "no Spark there",
    args: ["run", "--spark-home", "/nonexistent"],
    code: 78,
    says: [/no Spark in/, /bin/],
  },
  {
    name: "no Python there",
    args: ["run", "--python", "/nonexistent"],
    code: 78,
    says: [/--python/, /pip install/],
  },
  { name: "no Java there", args: ["run", "--java-home", "/nonexistent"], code: 78, says: [/no Java in/] },
  {
    name: "no configuration file",
    args: ["run", "--config", "missing.json"],
    code: 66,
    says: [/missing\.json/],
  },
  { name: "exec without a program", args: ["exec"], code: 64, says: [/no command/] },
  {
    name: "a JVM option with a bad value",
    args: ["run", "--conf", "spark.driver.extraJavaOptions=-XX:MaxMetaspaceSize=zz"],
    code: 78,
    says: [/invalid-jvm-option/, /MaxMetaspaceSize/],
  },
  {
    name: "a heap in the wrong place",
    args: ["run", "--conf", "spark.driver.extraJavaOptions=-Xmx2g"],
    code: 78,
    says: [/invalid-jvm-option/, /Not allowed to specify max heap/],
  },
  {
    name: "a bad master",
    args: ["run", "--conf", "spark.master=foo://x"],
    code: 78,
    says: [/bad-spark-config/, /Master must either be yarn/],
  },
  {
    name: "a bad option for exec",
    args: ["exec", "--conf", "spark.driver.extraJavaOptions=-XX:MaxMetaspaceSize=zz", "--", "true"],
    code: 78,
    says: [/Cannot start the gateway/, /invalid-jvm-option/],
  },
  {
    name: "a heap in which Spark makes no context",
    args: ["run", "--heap", "449m"],
    code: 78,
    says: [/Cannot use a heap of 449 MiB/, /450 MiB/, /Raise --heap/],
  },
  {
    name: "a package nobody has",
    args: ["run", "--packages", "not-coordinates"],
    code: 78,
    says: [/not-coordinates|coordinates/],
  },
];

for (const { name, args, code, says, env = {} } of MISTAKES) {
  Deno.test(`${name} is one clear error with exit code ${code}`, async () => {
    await using place = await Place.make(spark);
    const [command = "", ...rest] = args;
    const flags = ["run", "exec"].includes(command) && !args.includes("--api")
      ? [...place.flags, "--quiet"]
      : [];
    const result = await place.rekindle([command, ...flags, ...rest], env);
    strictEqual(result.code, code, result.stderr);
    for (const pattern of says) match(result.stderr, pattern);
    doesNotMatch(result.stderr, /^\s+at .*\.ts:\d+/m);
    strictEqual(place.processes().join("\n"), "");
    strictEqual(place.temporary().join("\n"), "");
  });
}

Deno.test("a folder that cannot be written is one clear error", async () => {
  await using place = await Place.make(spark);
  const file = join(place.folder, "file");
  await Deno.writeTextFile(file, "");
  const result = await place.rekindle(["run", "--state-dir", join(file, "state")]);
  strictEqual(result.code, 73, result.stderr);
  match(result.stderr, /Cannot use the folder .*--state-dir DIR/s);
});

Deno.test("without any Spark or Java, and nothing that may install them, each is one clear error", async () => {
  await using place = await Place.make(spark);
  // A copy, because the checkout's own environment may have been set up.
  const copy = join(place.folder, "copy");
  await Deno.mkdir(copy);
  for (const name of ["src", "vendor", "deno.json", "deno.lock"]) {
    strictEqual((await place.plain("cp", ["-r", join(ROOT, name), copy])).code, 0);
  }
  const bin = join(place.folder, "bin");
  await Deno.mkdir(bin);
  await Deno.symlink("/bin/bash", join(bin, "bash"));
  const run = ["run", "-A", "--no-lock", "--cached-only", join(copy, "src/main.ts"), "run", ...place.flags];
  const bare = { PATH: bin, VIRTUAL_ENV: "", JAVA_HOME: "" };
  const noSpark = await place.plain(Deno.execPath(), run, bare);
  strictEqual(noSpark.code, 78, noSpark.stderr);
  match(noSpark.stderr, /Cannot find Spark.*--spark-home DIR or --python PATH/s);
  // No machine of today has a Java old enough for this one.
  const ancient = join(place.folder, "ancient");
  await Deno.mkdir(join(ancient, "jars"), { recursive: true });
  await Deno.writeTextFile(join(ancient, "jars/spark-core_2.11-1.6.0.jar"), "");
  const noJava = await place.plain(Deno.execPath(), [...run, "--spark-home", ancient], bare);
  strictEqual(noJava.code, 78, noJava.stderr);
  match(noJava.stderr, /Cannot find a Java for Spark 1\.6\.0.*--java-home DIR/s);
});

Deno.test("the project's own environment is used when there is no other, and comes first on the program's PATH", async () => {
  await using place = await Place.make(spark);
  const copy = join(place.folder, "copy");
  await Deno.mkdir(join(copy, ".rekindle"), { recursive: true });
  for (const name of ["src", "vendor", "deno.json", "deno.lock"]) {
    strictEqual((await place.plain("cp", ["-r", join(ROOT, name), copy])).code, 0);
  }
  await Deno.symlink(dirname(dirname(spark.python)), join(copy, ".rekindle/python"));
  const exec = ["run", "-A", "--no-lock", "--cached-only", join(copy, "src/main.ts"), "exec", ...place.flags];
  const result = await place.plain(Deno.execPath(), [...exec, "--", "python", program("sum.py")], {
    PATH: "/usr/bin:/bin",
    VIRTUAL_ENV: "",
  });
  strictEqual(result.code, 0, result.stderr);
  strictEqual(result.stdout, "sum 499500 generation 1\n");
  match(result.stderr, /the project's own environment/);
});
