import assert from "node:assert/strict";
import { gatewayArgv, gatewayEnv } from "../../src/gateway/command.ts";
import type { GatewayOptions } from "../../src/gateway/command.ts";
import { SPARK_3_5, SPARK_4_3 } from "./launcher_outputs.ts";

const OPTIONS: GatewayOptions = {
  planFlags: ["-Xmx2g", "-XX:MaxDirectMemorySize=512m"],
  modules: null,
  errorFile: "/log/hs_err_%p.log",
  scratch: "/tmp/scratch",
  gcLog: null,
  heapDump: null,
  javaMajor: 17,
  awaitedOn: null,
};

const OURS = [
  "-Djava.io.tmpdir=/tmp/scratch",
  "-XX:+ExitOnOutOfMemoryError",
  "-XX:ErrorFile=/log/hs_err_%p.log",
  "-Dlog4j2.disableJmx=true",
  ...OPTIONS.planFlags,
];

/** The JVM's own words of a gateway whose launcher answered with these. */
function jvmWords(given: readonly string[], options: Partial<GatewayOptions> = {}): readonly string[] {
  const argv = ["java", "-cp", "x", ...given, "org.apache.spark.deploy.SparkSubmit", "pyspark-shell"];
  const words = gatewayArgv({ argv, env: {} }, { ...OPTIONS, ...options });
  assert.deepEqual(words.slice(0, 3), ["java", "-cp", "x"]);
  assert.deepEqual(words.slice(-2), ["org.apache.spark.deploy.SparkSubmit", "pyspark-shell"]);
  return words.slice(3, -2);
}

for (const { version, argv } of [SPARK_3_5, SPARK_4_3]) {
  Deno.test(`gatewayArgv() gives the launcher's words of ${version}, ours last before the main class`, () => {
    const main = argv.indexOf("org.apache.spark.deploy.SparkSubmit");
    const kept = argv.slice(0, main).filter((word) => word !== "-Xmx1048576k");
    assert.equal(kept.length, main - 1);
    assert.deepEqual(gatewayArgv({ argv, env: {} }, OPTIONS), [...kept, ...OURS, ...argv.slice(main)]);
  });
}

Deno.test("gatewayArgv() lets the plan's heap replace every other, however it is written", () => {
  assert.deepEqual(jvmWords(["-Xmx9g", "-Dx=y", "-XX:MaxHeapSize=8g", "-Xms1g"]), [
    "-Dx=y",
    "-Xms1g",
    ...OURS,
  ]);
});

for (
  const [own, ours] of [
    ["-XX:-ExitOnOutOfMemoryError", "-XX:+ExitOnOutOfMemoryError"],
    ["-XX:+ExitOnOutOfMemoryError", "-XX:+ExitOnOutOfMemoryError"],
    ["-XX:ErrorFile=/mine.log", "-XX:ErrorFile=/log/hs_err_%p.log"],
    ["-Djava.io.tmpdir=/mine", "-Djava.io.tmpdir=/tmp/scratch"],
  ] as const
) {
  Deno.test(`gatewayArgv() leaves the user's own ${own} alone`, () => {
    assert.deepEqual(jvmWords([own]), [own, ...OURS.filter((flag) => flag !== ours)]);
  });
}

Deno.test("gatewayArgv() mistakes no other flag for one of ours", () => {
  const others = [
    "-XX:+CrashOnOutOfMemoryError",
    "-XX:ErrorFileX=1",
    "-XX:MaxDirectMemory=1",
    "-Djava.io.tmpdirs=/x",
  ];
  assert.deepEqual(jvmWords(others), [...others, ...OURS]);
});

Deno.test("gatewayArgv() leaves the vector module out only where the runtime lacks it", () => {
  const vector = "--add-modules=jdk.incubator.vector";
  const other = "--add-modules=jdk.jfr";
  assert.deepEqual(jvmWords([vector, other], { modules: ["java.base"] }), [other, ...OURS]);
  for (const modules of [null, ["java.base", "jdk.incubator.vector"]]) {
    assert.deepEqual(jvmWords([vector, other], { modules }), [vector, other, ...OURS]);
  }
});

/** Everything that must not reach a gateway from the shell the daemon was started in. */
const FOREIGN: Readonly<Record<string, string>> = {
  PYSPARK_GATEWAY_PORT: "1",
  PYSPARK_GATEWAY_SECRET: "1",
  PYSPARK_SUBMIT_ARGS: "1",
  _PYSPARK_DRIVER_CONN_INFO_PATH: "1",
  SPARK_REMOTE: "1",
  SPARK_CONNECT_MODE_ENABLED: "1",
  SPARK_LOCAL_REMOTE: "1",
  SPARK_API_MODE: "1",
  SPARK_ENV_LOADED: "1",
  NOTIFY_SOCKET: "1",
  WATCHDOG_USEC: "1",
  WATCHDOG_PID: "1",
  CREDENTIALS_DIRECTORY: "1",
  REKINDLE_GENERATION: "1",
  REKINDLE_HEAP: "1",
  REKINDLE_: "1",
};

const WAY = { handshakePath: "/h", planFlags: [], mallocArenas: null } as const;

Deno.test("gatewayEnv() gives malloc few arenas where the plan says so, unless the user has chosen", () => {
  const arenas = (env: Record<string, string>, mallocArenas: number | null) =>
    gatewayEnv({ argv: [], env }, { ...WAY, mallocArenas }).MALLOC_ARENA_MAX;
  assert.equal(arenas({}, null), undefined);
  assert.equal(arenas({}, 2), "2");
  assert.equal(arenas({ MALLOC_ARENA_MAX: "4" }, 2), "4");
});

Deno.test("gatewayEnv() names the hand-shake file and the classic mode, whatever spark-env.sh says", () => {
  const env = { ...FOREIGN, SPARK_CONNECT_MODE: "1", X: "y" };
  assert.deepEqual(
    gatewayEnv({ argv: [], env }, { handshakePath: "/run/g1/handshake", planFlags: [], mallocArenas: null }),
    {
      X: "y",
      _PYSPARK_DRIVER_CONN_INFO_PATH: "/run/g1/handshake",
      SPARK_CONNECT_MODE: "0",
    },
  );
});

Deno.test("gatewayEnv() takes what the plan sizes, and nothing else, out of _JAVA_OPTIONS", () => {
  const options = (_JAVA_OPTIONS: string) =>
    gatewayEnv({ argv: [], env: { _JAVA_OPTIONS } }, { ...WAY, planFlags: ["-Xmx2g"] })._JAVA_OPTIONS;
  assert.equal(options(" -Xmx4g -Dx=y -XX:MaxHeapSize=3g -Xms1g"), "-Dx=y -Xms1g");
  assert.equal(options("-Dx='a -b' -Xmx4g"), "-Dx='a -b'");
  assert.equal(options("-Xmx4g"), undefined);
  assert.equal(options("-Xlog:gc -Xss4m"), "-Xlog:gc -Xss4m");
});

Deno.test("gatewayArgv() has the JVM log its collections, unless somebody else has", () => {
  const gcLog = "/run/g1/gc.log";
  const ours = `-Xlog:gc*:file="${gcLog}":time,uptime,level,tags:filecount=1,filesize=1m`;
  assert.ok(jvmWords([], { gcLog }).includes(ours));
  for (const given of ["-Xlog:gc", "-Xlog:gc*=debug:file=/x", "-Xloggc:/x", "-Xlog:all", "-verbose:gc"]) {
    assert.ok(!jvmWords([given], { gcLog }).includes(ours), given);
  }
  assert.ok(jvmWords(["-Xlog:class+load"], { gcLog }).includes(ours));
});

Deno.test("gatewayArgv() has the JVM dump its heap where it is told, unless the user's options say otherwise", () => {
  const dumps = (
    heapDump: string | null,
    given: readonly string[] = [],
    env: Record<string, string> = {},
  ) => {
    const argv = ["java", ...given, "org.apache.spark.deploy.SparkSubmit", "pyspark-shell"];
    const words = gatewayArgv({ argv, env }, { ...OPTIONS, heapDump });
    return words.filter((word) => word.includes("HeapDump") && !given.includes(word));
  };
  const on = ["-XX:+HeapDumpOnOutOfMemoryError", "-XX:HeapDumpPath=/d/g1.hprof"];
  assert.deepEqual(dumps(null), []);
  assert.deepEqual(dumps("/d/g1.hprof"), on);
  assert.deepEqual(dumps("/d/g1.hprof.gz"), [on[0], `${on[1]}.gz`, "-XX:HeapDumpGzipLevel=1"]);
  for (
    const own of [
      ...["-XX:-HeapDumpOnOutOfMemoryError", "-XX:+HeapDumpOnOutOfMemoryError", "-XX:HeapDumpPath=/mine"],
      "-XX:HeapDumpGzipLevel=9",
    ]
  ) {
    assert.deepEqual(dumps("/d/g1.hprof", [own]), [], own);
    for (const variable of ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"]) {
      assert.deepEqual(dumps("/d/g1.hprof", [], { [variable]: `-Dx=y ${own}` }), [], `${variable} ${own}`);
    }
  }
  assert.deepEqual(dumps("/d/g1.hprof", ["-XX:+HeapDumpBeforeFullGC"]), on);
});

Deno.test("gatewayArgv() leaves a first heap out that is larger than the plan's heap: no JVM starts with it", () => {
  for (const word of ["-Xms3g", "-XX:InitialHeapSize=3g", "-XX:MinHeapSize=2049m"]) {
    assert.deepEqual(jvmWords([word]), OURS);
  }
  for (const word of ["-Xms2g", "-XX:InitialHeapSize=64m"]) {
    assert.deepEqual(jvmWords([word]), [word, ...OURS]);
  }
});
