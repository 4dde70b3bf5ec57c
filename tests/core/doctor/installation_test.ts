import { strictEqual } from "node:assert/strict";
import { worstOf } from "../../../src/core/doctor/finding.ts";
import type { Severity } from "../../../src/core/doctor/finding.ts";
import { examineJava } from "../../../src/core/doctor/java.ts";
import type { JavaFacts, JavaSearch } from "../../../src/core/doctor/java.ts";
import { examineSparkHome } from "../../../src/core/doctor/spark_home.ts";
import type { SparkHomeFacts } from "../../../src/core/doctor/spark_home.ts";
import { testCases } from "./findings.ts";

const java: JavaFacts = {
  home: "/jdk17",
  version: "17.0.15",
  major: 17,
  modules: [
    ...["java.base", "java.desktop", "java.logging", "java.management", "java.naming", "java.rmi"],
    ...["java.security.jgss", "java.sql", "java.xml", "jdk.security.auth", "jdk.unsupported"],
    ...["jdk.attach", "jdk.crypto.ec", "jdk.management"],
  ],
  why: "JAVA_HOME",
  run: { works: true, said: 'openjdk version "17.0.15" 2025-04-15' },
};

const without = (name: string) => ({
  ...java,
  modules: java.modules?.filter((each) => each !== name) ?? null,
});

const search: JavaSearch = {
  sparkVersion: "3.5.7",
  range: { least: 8, most: 21 },
  java,
  seen: [java],
  refused: null,
  variable: { value: "/jdk17", isJava: true },
};

testCases("examineJava", {
  examine: examineJava,
  usual: search,
  cases: [
    [
      "a named home without Java",
      {
        java: null,
        refused: { what: "Cannot use --java-home: there is no Java in /x", fix: "Name the folder" },
      },
      ["error", /no Java in \/x/, /Name the folder/],
    ],
    [
      "no Java that fits, and the ones that do not",
      { java: null, seen: [{ home: "/jdk25", version: "25.0.3", why: "java on the PATH" }] },
      ["error", /no Java of version 8 to 21 for Spark 3\.5\.7: only 25\.0\.3 in \/jdk25/, /--java-home/],
    ],
    [
      "a Java that is too new, with a better one beside it",
      {
        java: {
          ...java,
          home: "/jdk25",
          version: "25.0.3",
          major: 25,
          run: { works: true, said: 'version "25.0.3"' },
        },
      },
      ["error", /Java 25\.0\.3 in \/jdk25 is not for Spark 3\.5\.7/, /--java-home \/jdk17/],
    ],
    [
      "a Java that is too old",
      {
        range: { least: 17, most: 21 },
        java: { ...java, version: "1.8.0_402", major: 8, run: { works: true, said: 'version "1.8.0_402"' } },
        seen: [],
      },
      ["error", /made for 17 to 21/, /openjdk-17/],
    ],
    [
      "a java that does not run",
      { java: { ...java, run: { works: false, said: "Exec format error" } } },
      ["error", /bin\/java does not run: Exec format error/, /--java-home/],
    ],
    [
      "a release file of another Java",
      { java: { ...java, run: { works: true, said: 'openjdk version "11.0.2"' } } },
      ["warning", /release says 17\.0\.15, and its java says 11\.0\.2/, /anew/],
    ],
    ["a runtime without a module that Spark needs", { java: without("jdk.unsupported") }, [
      "error",
      /was made without jdk\.unsupported/,
      /--add-modules jdk\.unsupported/,
    ]],
    ["a runtime without a module that is only useful", { java: without("jdk.crypto.ec") }, [
      "note",
      /was made without jdk\.crypto\.ec/,
      /--java-home/,
    ]],
    ["a JAVA_HOME that leads nowhere", { variable: { value: "/gone", isJava: false } }, [
      "warning",
      /no bin\/java in \/gone/,
      /export JAVA_HOME=\/jdk17/,
    ]],
    ["a Java 8, which has no modules", {
      java: {
        ...java,
        version: "1.8.0_402",
        major: 8,
        modules: null,
        run: { works: true, said: 'version "1.8.0_402"' },
      },
    }],
  ],
});

const names = [
  ...["commons-lang3-3.12.0", "hadoop-client-api-3.3.4", "hadoop-client-runtime-3.3.4", "janino-3.1.9"],
  ...["py4j-0.10.9.7", "scala-library-2.12.18"],
  ...["catalyst", "core", "kvstore", "launcher", "network-common", "network-shuffle", "sql", "unsafe"].map((
    name,
  ) => `spark-${name}_2.12-3.5.7`),
];
const jars = names.map((name) => ({ name: `${name}.jar`, bytes: 1000 }));

const home: SparkHomeFacts = {
  home: "/opt/spark",
  version: "3.5.7",
  scalaVersion: "2.12",
  why: "SPARK_HOME",
  jars,
  scripts: ["load-spark-env.sh", "spark-class", "spark-submit"],
  bringsHadoop: false,
};

testCases("examineSparkHome", {
  examine: examineSparkHome,
  usual: home,
  cases: [
    ["a jar that is missing", { jars: jars.filter(({ name }) => !name.startsWith("py4j")) }, [
      "error",
      /jars has no py4j$/,
      /anew/,
    ]],
    [
      "a Spark of pip's that is missing jars",
      { home: "/venv/site-packages/pyspark", jars: jars.filter(({ name }) => !name.startsWith("janino")) },
      ["error", /has no janino/, /pip install --force-reinstall/],
    ],
    ["a Spark without Hadoop that finds it elsewhere", {
      jars: jars.filter(({ name }) => !name.startsWith("hadoop")),
      bringsHadoop: true,
    }],
    [
      "a Spark without Hadoop that does not",
      { jars: jars.filter(({ name }) => !name.startsWith("hadoop")) },
      [
        "error",
        /no hadoop-client-api, no hadoop-client-runtime/,
        /anew/,
      ],
    ],
    ["a jar that is empty", {
      jars: jars.map((jar) => jar.name.startsWith("spark-sql") ? { ...jar, bytes: 0 } : jar),
    }, [
      "error",
      /A jar is empty in \/opt\/spark\/jars: spark-sql_2\.12-3\.5\.7\.jar/,
      /anew/,
    ]],
    [
      "jars of another Spark, and two of one",
      {
        jars: [...jars, { name: "spark-avro_2.12-3.4.1.jar", bytes: 9000 }, {
          name: "py4j-0.10.9.5.jar",
          bytes: 900,
        }],
      },
      ["error", /mixes versions: spark-avro_2\.12-3\.4\.1\.jar, py4j-0\.10\.9\.5\.jar/, /^rm /],
    ],
    ["a connector of somebody else", {
      jars: [...jars, { name: "spark-cassandra-connector_2.12-3.5.0.jar", bytes: 9000 }],
    }],
    ["scripts that are missing", { scripts: ["spark-class", "spark-submit"] }, [
      "warning",
      /bin lacks load-spark-env\.sh/,
      /anew/,
    ]],
  ],
});

Deno.test("worstOf: names the gravest, whatever the order", () => {
  const finding = (severity: Severity) => ({ severity, what: "", why: "", fix: "" });
  strictEqual(worstOf([]), null);
  strictEqual(worstOf([finding("note")]), "note");
  strictEqual(worstOf([finding("note"), finding("warning")]), "warning");
  strictEqual(worstOf([finding("warning"), finding("error"), finding("note")]), "error");
});
