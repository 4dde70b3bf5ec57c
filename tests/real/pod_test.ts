import assert from "node:assert/strict";
import { join } from "@std/path";
import { noPod, Pod } from "./pod.ts";
import { program, until } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

const reason = await noPod();
const [spark] = sparkInstallations();
if (spark === undefined) throw new Error("No PySpark to test on");

Deno.test({
  name:
    "the manifest's pod: a gateway beside its program, nobody's user, roots that are read-only, a JVM that dies" +
    (reason === null ? "" : ` (not here: ${reason})`),
  ignore: reason !== null,
  fn: async () => {
    await using pod = await Pod.start(spark);
    await Deno.writeTextFile(join(pod.volume("token"), "api-token"), "0123456789abcdef".repeat(4));
    await Deno.copyFile(program("dies_once.py"), join(pod.volume("work"), "job.py"));
    assert.deepEqual(pod.containers.map(({ rootIsReadOnly }) => rootIsReadOnly), [true, true]);
    const { stdout: writable } = await pod.spawn("rekindle", ["sh", "-c", "touch /opt/here || echo refused"])
      .output();
    assert.equal(new TextDecoder().decode(writable), "refused\n");

    const daemon = pod.spawn("rekindle");
    const log = new Response(daemon.stderr).text();
    void daemon.stdout.cancel();
    let ended = false;
    void daemon.status.then(() => ended = true);
    await until(async () => ended || await pod.probe("/startupz") === 200);
    assert.ok(!ended, ended ? await log : "");
    assert.equal(await pod.probe("/livez"), 200);

    const { code, stdout, stderr } = await pod.spawn("program").output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.equal(new TextDecoder().decode(stdout), "sum 299995\n".repeat(2));
    assert.equal([...Deno.readDirSync(join(pod.volume("state"), "incidents"))].length, 1);
    await until(async () => await pod.probe("/readyz") === 200);

    const [line = ""] = (await pod.processes()).filter((each) => / run --state-dir /.test(each));
    Deno.kill(parseInt(line), "SIGTERM");
    assert.equal((await daemon.status).code, 0, await log);
    assert.deepEqual(await pod.processes(), []);
  },
});
