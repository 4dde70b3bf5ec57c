import assert from "node:assert/strict";
import { join } from "@std/path";
import { quickStartFlags } from "../../src/core/quick_start.ts";
import { sparkInstallations } from "./spark_installations.ts";

for (const { version, javaHome } of sparkInstallations()) {
  Deno.test(`the flags of a quick start are what the JVM of PySpark ${version} knows, and are not its own`, async () => {
    const flags = quickStartFlags({ words: [], javaMajor: 17, awaitedOn: 2 });
    const valuesWith = async (words: readonly string[]) => {
      const { code, stdout } = await new Deno.Command(join(javaHome, "bin/java"), {
        args: [...words, "-XX:+PrintFlagsFinal", "-version"],
        stderr: "null",
      }).output();
      assert.equal(code, 0);
      const lines = new TextDecoder().decode(stdout).matchAll(/^ *\w+ (\w+) += (\S+)/gm);
      return new Map([...lines].map(([, name = "", value = ""]) => [name, Number(value)]));
    };
    const [own, ours] = [await valuesWith([]), await valuesWith(flags)];
    const scaling = 3;
    assert.equal(ours.get("CompileThresholdScaling"), scaling);
    const tier4 = flags.flatMap((flag) => /^-XX:(Tier4\w+)=\d+$/.exec(flag)?.[1] ?? []);
    assert.equal(tier4.length, 4);
    for (const name of tier4) assert.equal(ours.get(name), 4 * scaling * (own.get(name) ?? NaN), name);
  });
}
