import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import type { Checked } from "../../src/doctor/checks.ts";
import { brokenInstallations } from "./broken_installations.ts";
import { Place, ROOT } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

const [spark] = sparkInstallations();
if (spark === undefined) throw new Error("There is no PySpark");

Deno.test(`doctor on PySpark ${spark.version}: names what is broken, and nothing else`, async (test) => {
  await using place = await Place.make(spark);
  const flags = ["--state-dir", place.stateDir, "--api", "127.0.0.1:0"];
  const look = async (args: readonly string[], env: Record<string, string> = {}, shell = ":") => {
    const command = [join(ROOT, "rekindle"), "doctor", "--json", ...flags, ...args];
    const { code, stdout, stderr } = await place.plain(
      "sh",
      ["-c", `${shell}; exec "$@"`, "sh", ...command],
      env,
    );
    ok(stdout.startsWith("{"), stderr);
    const { checks }: { checks: readonly Checked[] } = JSON.parse(stdout);
    return {
      code,
      findings: checks.flatMap(({ check, findings }) => findings.map((finding) => ({ check, ...finding }))),
    };
  };
  await test.step("a whole one has no errors, and looking leaves nothing", async () => {
    const { findings } = await look(["--relay", "0"]);
    deepStrictEqual(findings.filter(({ severity }) => severity === "error"), []);
    deepStrictEqual([...Deno.readDirSync(place.folder)].map(({ name }) => name).sort(), ["tmp"]);
    deepStrictEqual(place.temporary(), []);
  });
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  for (const { args, env = {}, shell, finds } of await brokenInstallations(place, listener.addr.port)) {
    await test.step(`${args.join(" ").replaceAll(place.folder, "")} ${shell ?? ""}`, async () => {
      const { code, findings } = await look(args, env, shell);
      strictEqual(code, 78);
      for (const [check, severity, what] of finds) {
        const found = findings.find((each) => each.check === check && what.test(each.what));
        ok(found !== undefined, `${check}: ${what} among\n${findings.map((each) => each.what).join("\n")}`);
        strictEqual(found.severity, severity, found.what);
      }
    });
  }
});

Deno.test(`doctor --deep on PySpark ${spark.version}: finds what shows only in the first context, and leaves nothing`, async () => {
  await using place = await Place.make(spark);
  const { code, stdout } = await place.rekindle([
    ...["doctor", "--deep", "--json", "--relay", "0", ...[
      "--state-dir",
      place.stateDir,
      "--api",
      "127.0.0.1:0",
    ]],
    ...["--conf", "spark.plugins=no.such.Plugin"],
  ]);
  strictEqual(code, 78);
  const { checks }: { checks: readonly Checked[] } = JSON.parse(stdout);
  const gateway = checks.find(({ check }) => check === "gateway");
  match(gateway?.seen ?? "", /^start [\d.]+ s$/);
  match(gateway?.findings[0]?.what ?? "", /failed at "first program" \(class-missing\).*no\.such\.Plugin/);
  deepStrictEqual([place.processes(), place.temporary()], [[], []]);
});
