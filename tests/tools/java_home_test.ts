/**
 * Which of the machine's Javas do the tests run on?
 * @module
 */
import assert from "node:assert/strict";
import { join } from "@std/path";
import { findJavaHome, javaMajor } from "../../tools/java_home.ts";

Deno.test("javaMajor() reads the version of a release file", () => {
  assert.equal(javaMajor('IMPLEMENTOR="Debian"\nJAVA_RUNTIME_VERSION="17"\nJAVA_VERSION="21.0.8"\n'), 21);
  assert.equal(javaMajor('JAVA_VERSION="1.8.0_402"\n'), 1);
  assert.equal(javaMajor('XJAVA_VERSION="17"'), null);
});

Deno.test("findJavaHome() takes JAVA_HOME before the PATH, each only when PySpark runs on it", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const major of [17, 21, 25]) {
      await Deno.mkdir(join(folder, `${major}/bin`), { recursive: true });
      await Deno.writeTextFile(join(folder, `${major}/bin/java`), "");
      await Deno.writeTextFile(join(folder, `${major}/release`), `JAVA_VERSION="${major}.0.1"\n`);
    }
    await Deno.mkdir(join(folder, "bin"));
    await Deno.symlink(join(folder, "17/bin/java"), join(folder, "bin/java"));
    const found = (major: number) =>
      findJavaHome({ PATH: join(folder, "bin"), JAVA_HOME: join(folder, `${major}`) });
    assert.equal(await found(21), join(folder, "21"));
    assert.equal(await found(25), join(folder, "17"), "Java 25 is passed over, the link followed");
    await Deno.remove(join(folder, "21/bin/java"));
    assert.equal(await found(21), join(folder, "17"), "a home without its program is passed over");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
