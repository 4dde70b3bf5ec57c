/**
 * A real gateway whose program prints every secret it has, and that then crashes: none of them leaves the machine.
 * @module
 */

import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { CHECK_NAMES } from "../../src/core/health.ts";
import { unpack } from "../incident/archive.ts";
import { Place, program, RunningDaemon } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

const S3A_KEY = "s3aKey/plus+slash==";
/** In the environment of the daemon and of the program. */
const PLANTED: Readonly<Record<string, string>> = {
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEY",
  SERVICE_TOKEN: "tok-7f3Qm2Zk9Rw1Lx8V",
  DATABASE_URL: "postgresql://reports:Wintersleep2026@db.example.org/sales",
};
const PATHS = ["/livez", "/startupz", "/readyz", "/health", "/v1/status", "/nothing"];

/** The processes of a place, as their command lines: `java` and the rest. */
function commandLines(place: Place): { readonly java: string; readonly others: string } {
  const lines = place.processes();
  const isJava = (line: string) => line.includes("org.apache.spark.deploy.SparkSubmit");
  return { java: lines.filter(isJava).join("\n"), others: lines.filter((line) => !isJava(line)).join("\n") };
}

for (const spark of sparkInstallations()) {
  Deno.test(`PySpark ${spark.version}: secrets that a program prints leave by no way`, async () => {
    await using place = await Place.make(spark);
    const config = join(place.folder, "config.json");
    await Deno.writeTextFile(config, JSON.stringify({ conf: [`spark.hadoop.fs.s3a.secret.key=${S3A_KEY}`] }));
    const format = spark === sparkInstallations()[0] ? "json" : "text";
    const flags = ["--config", config, "--log-level", "debug", "--log-format", format];
    const env = {
      ...PLANTED,
      PLANTED: "tok-7f3Qm2Zk9Rw1Lx8V Wintersleep2026 wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEY",
    };
    const daemon = await RunningDaemon.start(place, flags, PLANTED);
    const ran = await place.exec(["--", "python", program("indiscreet.py")], env);
    const secrets = ran.stdout.trim().split("\n");
    strictEqual(secrets.length, 5, ran.stderr);
    match(secrets[0] ?? "", /^[0-9a-f]{64}$/);
    notStrictEqual(ran.code, 0);
    const { lastIncident } = await daemon.untilStatus(({ ready, lastIncident, generation }) =>
      ready && generation === 2 && lastIncident?.id != null
    );

    // The gateway that runs now has a secret of its own, in one file.
    const way = join(place.stateDir, "run/gateway.env");
    const attachment = await Deno.readTextFile(way);
    const next = /^PYSPARK_GATEWAY_SECRET=(.+)$/m.exec(attachment)?.[1] ?? "";
    strictEqual(((await Deno.stat(way)).mode ?? 0) & 0o777, 0o600);
    deepStrictEqual(secrets.filter((secret) => attachment.includes(secret)), []);
    ok(/^[0-9a-f]{64}$/.test(next) && next !== secrets[0]);
    const none = (where: string, text: string) => {
      for (const secret of [...secrets, next, daemon.token]) ok(!text.includes(secret), `${where}: ${text}`);
    };

    none("exec", ran.stderr);
    // What Spark's own launcher puts there cannot be kept away: the README says what to do instead.
    const { java, others } = commandLines(place);
    none("command lines", others);
    none("the JVM's command line", java.replaceAll(S3A_KEY, ""));
    ok(java.includes(S3A_KEY));
    for (const path of [...PATHS, ...CHECK_NAMES.map((name) => `/readyz/${name}`)]) {
      for (const headers of [{}, { authorization: `Bearer ${daemon.token}` }]) {
        none(path, (await daemon.get(path, { headers })).text);
      }
    }
    ok(lastIncident !== null);
    for (const args of [["show", "last"], ["show", "last", "--json"], ["--json"], []]) {
      none(args.join(" "), (await place.rekindle(["incidents", ...place.flags, ...args])).stdout);
    }
    none("status", (await place.rekindle(["status", "--state-dir", place.stateDir, "--json"])).stdout);
    const archive = join(place.folder, "bundle.tar.gz");
    // By a shell that has none of the secrets: what the daemon knew, it has not kept.
    const bundled = await place.rekindle([
      "incidents",
      "bundle",
      "last",
      "--state-dir",
      place.stateDir,
      "-o",
      archive,
    ]);
    strictEqual(bundled.code, 0, bundled.stderr);
    none("what bundle says", bundled.stdout);
    const files = await unpack(await Deno.readFile(archive));
    ok([...files.keys()].some((path) => path.endsWith("/hs_err.log")), [...files.keys()].join(" "));
    for (const [path, bytes] of files) none(path, path + new TextDecoder().decode(bytes));
    // It was there to be found.
    match(
      new TextDecoder().decode(files.get(`${lastIncident.id}/stdout.txt`)),
      /the value <redacted> was refused/,
    );
    none("the daemon's log", (await daemon.end("SIGTERM")).stderr);
    strictEqual(place.processes().join("\n"), "");
  });
}
