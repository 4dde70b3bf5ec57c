/**
 * Which installations are broken, and what must be found of each? Several faults that know nothing of each other share one
 * look, because each look is a second of every test run.
 * @module
 */

import { join } from "@std/path";
import type { Severity } from "../../src/core/doctor/finding.ts";
import type { Place } from "./rekindle.ts";

/** What one look is told, and what it has to find. */
export interface Broken {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A shell's command that is run first, in the same process. Its blocks are of 512 bytes. */
  readonly shell?: string;
  readonly finds: readonly (readonly [check: string, severity: Severity, what: RegExp])[];
}

/** A Spark with links to all of another but what is spoiled: its jars and its scripts. */
async function spoiledSpark({ folder, spark }: Place): Promise<string> {
  const home = join(folder, "spark");
  await Deno.mkdir(join(home, "jars"), { recursive: true });
  await Deno.mkdir(join(home, "bin"));
  await Deno.symlink(join(spark.home, "bin/spark-submit"), join(home, "bin/spark-submit"));
  for (const { name } of Deno.readDirSync(join(spark.home, "jars"))) {
    const path = join(home, "jars", name);
    if (name.startsWith("spark-catalyst")) await Deno.writeTextFile(path, "");
    else if (!name.startsWith("janino-")) await Deno.symlink(join(spark.home, "jars", name), path);
  }
  await Deno.writeTextFile(join(home, "jars/py4j-0.10.1.jar"), "not empty, and no jar either");
  return home;
}

/** A Java that says which it is, and is another program; made by jlink without what Spark needs. */
async function spoiledJava({ folder, spark }: Place): Promise<string> {
  const home = join(folder, "java");
  await Deno.mkdir(join(home, "bin"), { recursive: true });
  const release = await Deno.readTextFile(join(spark.javaHome, "release"));
  await Deno.writeTextFile(join(home, "release"), release.replace(" jdk.unsupported ", " "));
  await Deno.writeTextFile(join(home, "bin/java"), "#!/bin/sh\necho no such library >&2\nexit 127\n", {
    mode: 0o755,
  });
  return home;
}

/** A Python whose version is not that of programs. */
async function otherPython({ folder, spark }: Place): Promise<string> {
  const path = join(folder, "python");
  const script =
    `#!/bin/sh\n${spark.python} "$@" | sed 's/"version": "3[^"]*"/"version": "3.7.1"/; s/"prefix": "/&x/'\n`;
  await Deno.writeTextFile(path, script, { mode: 0o755 });
  return path;
}

/** Every look. The port is one that somebody has. */
export async function brokenInstallations(place: Place, port: number): Promise<readonly Broken[]> {
  const file = join(place.folder, "file");
  await Deno.writeTextFile(file, "");
  const conf = (...pairs: readonly string[]) => pairs.flatMap((pair) => ["--conf", pair]);
  return [
    {
      args: [
        "--spark-home",
        await spoiledSpark(place),
        "--java-home",
        await spoiledJava(place),
        "--relay",
        `${port}`,
      ],
      env: { PYSPARK_PYTHON: "/no/such/python", JAVA_HOME: "/nowhere", SPARK_LOCAL_IP: "no.such.host" },
      finds: [
        ["spark", "error", /jars has no janino/],
        ["spark", "error", /A jar is empty.*spark-catalyst/],
        ["spark", "error", /mixes versions: .*py4j-0\.10\.\d/],
        ["spark", "warning", /bin lacks load-spark-env\.sh, spark-class/],
        ["java", "warning", /JAVA_HOME leads nowhere/],
        ["java", "error", /bin\/java does not run: no such library/],
        ["java", "error", /was made without jdk\.unsupported/],
        ["python", "error", /workers have no Python: \/no\/such\/python/],
        ["network", "error", /SPARK_LOCAL_IP is no\.such\.host/],
        ["ports", "error", /the relay, --relay\) is taken/],
      ],
    },
    {
      args: [
        ...["--jars", "missing.jar", "--packages", "nonsense,g:a_2.99:1"],
        ...conf("spark.master=foo://x", "spark.log.level=NOPE", `spark.local.dir=${file}/below`),
        ...conf(
          "spark.driver.memory=9999g",
          "spark.driver.extraClassPath=/nothing/*",
          `spark.ui.port=${port}`,
        ),
      ],
      env: { PYSPARK_PYTHON: await otherPython(place), SPARK_REMOTE: "sc://x", PYSPARK_GATEWAY_PORT: "1" },
      finds: [
        ["python", "error", /Spark's workers Python 3\.7\.1/],
        ["environment", "error", /SPARK_REMOTE is set/],
        ["environment", "warning", /PYSPARK_GATEWAY_PORT is set/],
        ["configuration", "error", /"foo:\/\/x" is no master/],
        ["configuration", "error", /spark\.log\.level is "NOPE"/],
        ["files", "warning", /Nothing is at \/nothing\/\*/],
        ["files", "error", /Nothing is at missing\.jar/],
        ["packages", "error", /"nonsense" is no package/],
        ["memory", "error", /A heap of 9\.76 TiB|A heap of 9999 GiB/],
        ["ports", "note", /spark\.ui\.port\) is taken/],
        ["disk", "error", /Cannot write to .*file\/below/],
      ],
    },
    {
      args: conf("spark.driver.extraJavaOptions=-Xmx2g"),
      shell: "ulimit -n 400; ulimit -f 200000",
      finds: [
        ["configuration", "error", /refuses its settings \(invalid-jvm-option\)/],
        ["limits", "error", /no more than 400 files/],
        ["limits", "warning", /no larger than 98 MiB/],
      ],
    },
  ];
}
