/**
 * What the real launchers of PySpark 3.5.7 and 4.3.0 print when they are asked as the daemon asks them: recorded
 * byte by byte, with other folders in the paths. The tests on real Spark ask living ones.
 * @module
 */

/** One recorded output and what it means. */
export interface LauncherOutput {
  readonly version: string;
  readonly env: readonly string[];
  readonly argv: readonly string[];
  readonly bytes: Uint8Array;
}

const OPENED = [
  ...["lang", "lang.invoke", "lang.reflect", "io", "net", "nio", "util", "util.concurrent"],
  ...["util.concurrent.atomic"],
].map((name) => `java.base/java.${name}`);
const ADD_OPENS = [
  ...OPENED,
  "java.base/jdk.internal.ref",
  "java.base/sun.nio.ch",
  "java.base/sun.nio.cs",
  "java.base/sun.security.action",
  "java.base/sun.util.calendar",
  "java.security.jgss/sun.security.krb5",
].map((name) => `--add-opens=${name}=ALL-UNNAMED`);

const SPARK_ARGS = [
  "org.apache.spark.deploy.SparkSubmit",
  ...["--conf", "a.b=c d"],
  ...["--conf", "spark.ui.port=0"],
  ...["--conf", "spark.ui.showConsoleProgress=false"],
  ...["--packages", "g:a:1"],
  "pyspark-shell",
];

function shellEnv(home: string): readonly string[] {
  return [
    "PYTHONHASHSEED=0",
    "JAVA_HOME=/opt/jdk",
    "SPARK_DRIVER_MEMORY=1048576k",
    "PWD=/tmp",
    "HOME=/root",
    "SHLVL=1",
    `SPARK_HOME=${home}`,
    "ODD=two\nlines=x",
    `SPARK_CONF_DIR=${home}/conf`,
    "SPARK_ENV_LOADED=1",
    "PATH=/usr/bin:/bin",
  ];
}

/** 3.5.7 on Java 17. */
export const SPARK_3_5: LauncherOutput = output("3.5.7", {
  env: [...shellEnv("/opt/spark"), "SPARK_SCALA_VERSION=2.12", "_=/usr/bin/env"],
  argv: [
    "/opt/jdk/bin/java",
    ...["-cp", "/opt/spark/conf:/opt/spark/jars/*"],
    "-Xmx1048576k",
    "-XX:+IgnoreUnrecognizedVMOptions",
    ...ADD_OPENS,
    "-Djdk.reflect.useDirectMethodHandle=false",
    ...SPARK_ARGS,
  ],
});

/** 4.3.0 on Java 17. */
export const SPARK_4_3: LauncherOutput = output("4.3.0", {
  env: [
    "SPARK_BEELINE_OPTS= -Djline.terminal=jline.UnsupportedTerminal",
    ...shellEnv("/opt/spark"),
    "SPARK_SCALA_VERSION=2.13",
    "_=/usr/bin/env",
  ],
  argv: [
    "/opt/jdk/bin/java",
    ...["-cp", "/opt/spark/conf:/opt/spark/jars/slf4j-api-2.0.17.jar:/opt/spark/jars/*"],
    "-Xmx1048576k",
    "-XX:+IgnoreUnrecognizedVMOptions",
    "--add-modules=jdk.incubator.vector",
    ...ADD_OPENS,
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dio.netty.allocator.type=pooled",
    "-Dio.netty.handler.ssl.defaultEndpointVerificationAlgorithm=NONE",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
    "-Dderby.connection.requireAuthentication=false",
    ...SPARK_ARGS,
  ],
});

/** What the launcher makes of settings it refuses, with exit code 0; the reason goes to standard error. */
export const USAGE_ERROR: LauncherOutput = output("3.5.7", {
  env: SPARK_3_5.env,
  argv: [...SPARK_3_5.argv.slice(0, SPARK_3_5.argv.indexOf(SPARK_ARGS[0] ?? "") + 1), "--usage-error"],
});

/** Spark's conf files change the words; this puts others in place of those recorded. */
export function output(
  version: string,
  { env, argv }: { readonly env: readonly string[]; readonly argv: readonly string[] },
): LauncherOutput {
  return { version, env, argv, bytes: new TextEncoder().encode(launcherText({ env, argv })) };
}

/** The framing; `noise` is what a JVM says on standard output before the launcher speaks. */
export function launcherText(
  { env, argv, noise = "" }: {
    readonly env: readonly string[];
    readonly argv: readonly string[];
    readonly noise?: string;
  },
): string {
  const variables = env.map((each) => `${each}\0`).join("");
  const words = argv.map((each) => `${each}\0`).join("");
  return `\0rekindle-env\0${variables}rekindle-argv\0${noise}\0\n${words}`;
}
