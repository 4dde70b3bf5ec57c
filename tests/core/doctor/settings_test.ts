import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { examinePaths, localPath } from "../../../src/core/doctor/class_path.ts";
import { examineConfiguration } from "../../../src/core/doctor/configuration.ts";
import { examineEnvironment } from "../../../src/core/doctor/environment.ts";
import { coordinatesOf, examinePackages } from "../../../src/core/doctor/packages.ts";
import type { PackagesFacts } from "../../../src/core/doctor/packages.ts";
import { effectiveSettings, readProperties, sparkSize } from "../../../src/core/doctor/settings.ts";
import { finds, testCases } from "./findings.ts";

Deno.test("effectiveSettings: options win over --conf, and both over the file", () => {
  const words = [
    "SparkSubmit",
    "--conf",
    "spark.a=1=2",
    "--master",
    "yarn",
    "--conf",
    "spark.master=local",
    "x",
  ];
  const settings = effectiveSettings(words, { defaults: "spark.a 0\nspark.b: c d \n# no", file: "defaults" });
  deepStrictEqual(settings, {
    "spark.a": { value: "1=2", by: "--conf spark.a" },
    "spark.b": { value: "c d", by: "spark.b in defaults" },
    "spark.master": { value: "yarn", by: "--master" },
  });
});

Deno.test("readProperties: reads the three ways to write a property, and lines that go on", () => {
  deepStrictEqual(readProperties("a b\nc=d\ne : f\n!x y\n\n  g  h=i  \nj=\\\n  k\r\n"), [
    ["a", "b"],
    ["c", "d"],
    ["e", "f"],
    ["g", "h=i"],
    ["j", "k"],
  ]);
});

Deno.test("sparkSize: reads what Spark reads, and nothing else", () => {
  const read = (text: string) => sparkSize(text, 2 ** 20);
  deepStrictEqual(["1", "2k", "3MB", "4g", "0b"].map(read), [2 ** 20, 2048, 3 * 2 ** 20, 4 * 2 ** 30, 0]);
  deepStrictEqual(["1.5g", "", "g", "1 g", "-1", "1x"].map(read), [null, null, null, null, null, null]);
  fc.assert(fc.property(fc.nat(), (count) => sparkSize(`${count}k`, 1) === count * 1024));
});

testCases("examineConfiguration", {
  examine: examineConfiguration,
  usual: { settings: {}, master: "local[*]", refusal: null },
  cases: [
    [
      "a launcher that refuses",
      {
        refusal: {
          class: "invalid-jvm-option",
          summary: "An option is wrong.",
          remedy: "Leave it out.",
          line: "no -Xmx here",
        },
      },
      ["error", /refuses its settings \(invalid-jvm-option\): no -Xmx here/, /Leave it out/],
    ],
    ["a master that there is not", { master: "foo://x" }, [
      "error",
      /"foo:\/\/x" is no master/,
      /local\[\*\]/,
    ]],
    ["masters of every kind: threads", { master: "local[4, 2]" }],
    ["masters of every kind: a cluster", { master: "local-cluster[2,1,1024]" }],
    ["masters of every kind: Kubernetes", { master: "k8s://https://h:6443" }],
    ["a log level that there is not", {
      settings: { "spark.log.level": { value: "NOPE", by: "--conf spark.log.level" } },
    }, [
      "error",
      /spark\.log\.level is "NOPE"/,
      /WARN/,
    ]],
    [
      "a heap among Java's options",
      { settings: { "spark.driver.extraJavaOptions": { value: "-Dx=y -Xmx2g", by: "spark-defaults.conf" } } },
      ["error", /-Xmx2g is among/, /--heap 2g/],
    ],
  ],
});

Deno.test("examinePaths: names what is not there, and says nothing of what is or cannot be known", () => {
  const fact = (setting: string, path: string, isThere: boolean | null) => ({
    by: `--conf ${setting}`,
    setting,
    path,
    isThere,
  });
  finds(
    examinePaths([
      fact("spark.jars", "a.jar", true),
      fact("spark.jars", "hdfs://b.jar", null),
      fact("spark.jars", "c.jar", false),
      fact("spark.driver.extraClassPath", "/lib/*", false),
    ]),
    [["error", /Nothing is at c\.jar \(--conf spark\.jars\)/, /ls -d c\.jar/], [
      "warning",
      /Nothing is at \/lib\/\*/,
      /ls/,
    ]],
  );
  finds(examinePaths([]), []);
});

Deno.test("localPath: knows what lies on this machine", () => {
  deepStrictEqual(
    ["a.jar", "/b/*", "file:/c", "file:///d", "local:/e", "env.tgz#env", "hdfs://h/f", "https://h/g"].map(
      localPath,
    ),
    ["a.jar", "/b/*", "/c", "/d", "/e", "env.tgz", null, null],
  );
});

const avro = { text: "org.apache.spark:spark-avro_2.12:3.5.7", isCached: false, remote: "there" } as const;
const usual: PackagesFacts = {
  packages: [avro],
  by: "--packages",
  repositories: ["https://one/"],
  scalaVersion: "2.12",
  proxyVariables: [],
  javaHasProxy: false,
};

testCases("examinePackages", {
  examine: examinePackages,
  usual,
  cases: [
    ["no packages", { packages: [] }],
    ["a text that is none", { packages: [{ text: "avro", isCached: false, remote: null }] }, [
      "error",
      /"avro" is no package/,
      /group|org\.apache/,
    ]],
    [
      "a package for another Scala",
      { packages: [{ ...avro, text: "org.apache.spark:spark-avro_2.13:3.5.7" }] },
      ["error", /made for Scala 2\.13, and this Spark for Scala 2\.12/, /spark-avro_2\.12:3\.5\.7/],
    ],
    ["a package that nobody has", { packages: [{ ...avro, remote: "missing" }] }, [
      "error",
      /No repository has org\.apache\.spark:spark-avro_2\.12:3\.5\.7: asked https:\/\/one\//,
      /repositories/,
    ]],
    [
      "a repository that cannot be reached",
      { packages: [{ ...avro, remote: { unreachable: "no route" } }] },
      [
        "error",
        /https:\/\/one\/ cannot be reached: no route/,
        /--jars/,
      ],
    ],
    ["the same with the package at hand", { packages: [{ ...avro, isCached: true, remote: null }] }],
    ["a proxy that Java knows nothing of", { proxyVariables: ["https_proxy"] }, [
      "warning",
      /https_proxy name a proxy/,
      /-Dhttps\.proxyHost/,
    ]],
    ["a proxy that Java was told of", { proxyVariables: ["https_proxy"], javaHasProxy: true }],
  ],
});

Deno.test("coordinatesOf: reads both ways to write a package", () => {
  deepStrictEqual(coordinatesOf("a:b:1"), { group: "a", artifact: "b", version: "1" });
  deepStrictEqual(coordinatesOf(" a/b:1"), { group: "a", artifact: "b", version: "1" });
  strictEqual(coordinatesOf("a:b"), null);
  strictEqual(coordinatesOf("a:b:1:d"), null);
});

testCases("examineEnvironment", {
  examine: examineEnvironment,
  usual: { env: { PATH: "/bin", SPARK_HOME: "/opt/spark/" }, sparkHome: "/opt/spark" },
  cases: [
    ["Spark Connect", { env: { SPARK_REMOTE: "sc://h" } }, [
      "error",
      /SPARK_REMOTE is set/,
      /unset SPARK_REMOTE/,
    ]],
    ["Spark Connect by the mode", { env: { SPARK_API_MODE: "connect" } }, [
      "error",
      /SPARK_API_MODE/,
      /unset/,
    ]],
    ["an attachment in the shell", { env: { PYSPARK_GATEWAY_PORT: "1234" } }, [
      "warning",
      /1234/,
      /unset PYSPARK/,
    ]],
    ["arguments without their last word", { env: { PYSPARK_SUBMIT_ARGS: "--master local" } }, [
      "warning",
      /does not end with pyspark-shell/,
      /export/,
    ]],
    ["arguments as they should be", { env: { PYSPARK_SUBMIT_ARGS: "--master local pyspark-shell" } }],
    ["another Spark", { env: { SPARK_HOME: "/old" } }, [
      "note",
      /SPARK_HOME is \/old/,
      /SPARK_HOME=\/opt\/spark/,
    ]],
    ["options for every JVM", { env: { _JAVA_OPTIONS: "-Xmx1g" } }, ["note", /_JAVA_OPTIONS is set/, /plan/]],
    ["a proxy for the loopback too", { env: { http_proxy: "http://p" } }, [
      "note",
      /http_proxy names/,
      /no_proxy=/,
    ]],
    ["a proxy for others only", { env: { http_proxy: "http://p", no_proxy: "x, localhost" } }],
  ],
});
