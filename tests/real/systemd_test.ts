import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "@std/path";
import type { Status } from "../../src/api/status.ts";
import { CHECKOUT, noBox, SystemdBox } from "./systemd_box.ts";
import { ROOT, until } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

const reason = await noBox();

const UNIT = "rekindle@etl";
const API = "127.0.0.1:17433";
const TOKEN = "0123456789abcdef".repeat(4);
const TOKEN_FILE = "/etc/credstore/rekindle.etl.api-token";

/** What the installation must not leave behind; the journal is the machine's. */
const TRACES =
  "ls -d /etc/rekindle /usr/local/lib/rekindle /usr/local/bin/rekindle /var/*/rekindle /run/rekindle " +
  "/etc/credstore/*rekindle* /etc/systemd/system/*rekindle* /etc/systemd/system/*/*rekindle* /etc/*.d/rekindle.conf 2>/dev/null; " +
  "getent passwd rekindle; getent group rekindle; true";

/** Deno's bundler comes from the network once, which the box does not have as this machine does. */
async function fetchBundler(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "bundle-" });
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "--platform", "deno", "-o", join(folder, "rekindle.js"), "src/main.ts"],
      cwd: ROOT,
      // Where the command line of a checkout keeps what it has fetched.
      env: { DENO_DIR: join(ROOT, ".rekindle/deno") },
      stdin: "null",
    }).output();
    ok(success, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "as a service: installed, started, healed, watched, limited, stopped and removed by a real systemd" +
    (reason === null ? "" : ` (not here: ${reason})`),
  ignore: reason !== null,
  fn: async (test) => {
    // Each step stands on the one before it.
    const step = async (name: string, fn: () => Promise<void>) => {
      if (await test.step(name, fn)) return;
      const { stdout } = await box.run(
        // Without the memory statistics of each kill.
        "journalctl -o short-monotonic --no-pager | grep -vE 'kernel: \\S+ [0-9]+$' | tail -n 100",
      );
      throw new Error(`the steps after this one were not tried; the box's journal ends so:\n${stdout}`);
    };
    await fetchBundler();
    await using box = await SystemdBox.boot();
    const [spark] = sparkInstallations();
    ok(spark !== undefined);
    // Where a service may look; homes of root are closed to others.
    await box.ask(`mkdir -p /opt/spark /opt/java; mount --bind ${spark.home} /opt/spark;
      mount --bind ${spark.javaHome} /opt/java`);

    const show = async (property: string) => await box.ask(`systemctl show -P ${property} ${UNIT}`);
    const status = async (): Promise<Status> =>
      JSON.parse(await box.ask(`rekindle status --json --name etl`));
    const untilReady = async (generation: number) =>
      await until(async () => {
        const found = await status().catch(() => null);
        return found?.ready && found.generation >= generation ? found : null;
      });
    const log = async () => await box.ask(`journalctl -o cat -u ${UNIT}`);

    await step(
      "install shows what it does, and does it until the daemon has said that it is ready",
      async () => {
        const settings =
          `--spark-home /opt/spark --java-home /opt/java --api ${API} --relay 17434 --heap 512m ` +
          "--standby 0 --no-archive --no-bytecode --restart always";
        equal(await box.ask(TRACES), "");
        await box.ask(`install -D -m 0600 /dev/stdin ${TOKEN_FILE} <<END\n${TOKEN}\nEND`);
        const command = `${CHECKOUT}/rekindle service install --instance etl ${settings}`;
        const planned = await box.ask(`${command} --dry-run`);
        await box.ask(
          "mkdir -p /etc/systemd/system/rekindle@etl.service.d; " +
            "printf '[Service]\nWatchdogSec=6s\n' >/etc/systemd/system/rekindle@etl.service.d/watchdog.conf",
        );
        const done = await box.ask(command);
        ok(done.startsWith(planned), done);
        match(done, /sudo -u rekindle rekindle exec --name etl -- python job\.py/);
        equal(await show("ActiveState"), "active");
        equal(await box.ask("stat -c '%a %U %G' /etc/rekindle/etl.json"), "640 root rekindle");
      },
    );

    await step("systemd-analyze finds nothing wrong with the units, and little exposed", async () => {
      equal((await box.run(`systemd-analyze verify ${UNIT}.service`)).stderr, "");
      const ofUser = `${CHECKOUT}/systemd/user/rekindle@.service`;
      const { stderr } = await box.run(`systemd-analyze --user verify ${ofUser}`);
      // It looks for the program in a home that has none.
      equal(
        stderr.split("\n").filter((line) => line.includes("rekindle@") && !/not executable/.test(line))
          .join(),
        "",
      );
      const file = `${CHECKOUT}/systemd/rekindle@.service`;
      const { code, stdout } = await box.run(`systemd-analyze security --offline=yes --threshold=30 ${file}`);
      equal(code, 0, stdout);
      const told = await Deno.readTextFile(new URL("../../systemd/README.md", import.meta.url));
      const figures = [/exposure level for \S+: (\d\.\d)/.exec(stdout), /exposure of (\d\.\d)/.exec(told)];
      const [measured, promised] = figures.map((figure) => Number(figure?.[1]));
      ok(
        measured !== undefined && promised !== undefined && measured <= promised,
        `${measured} > ${promised}`,
      );
    });

    await step("what acts takes the token that systemd has handed over", async () => {
      const start = async (token: string) =>
        await box.ask(
          `curl -s -o /dev/null -w '%{http_code}' -X POST -H "Authorization: Bearer ${token}" ${API}/v1/start`,
        );
      equal(await start(TOKEN), "202");
      equal(await start(TOKEN.replaceAll("0", "1")), "401");
    });

    await step("the journal has levels and one time stamp, systemctl status the gateway", async () => {
      await untilReady(1);
      match(await show("StatusText"), /^generation 1 is ready, process \d+$/);
      const entries = (await box.ask(`journalctl -o json -u ${UNIT}`)).split("\n").map((line) =>
        JSON.parse(line)
      );
      const ready = entries.find(({ MESSAGE }) => MESSAGE.startsWith("ready: generation 1"));
      equal(ready?.PRIORITY, "6");
      const { gateway, daemon } = await status();
      const [java, deno] =
        (await box.ask(`cat /proc/${gateway.pid}/oom_score_adj /proc/${daemon.pid}/oom_score_adj`))
          .split("\n").map(Number);
      ok(java !== undefined && deno !== undefined && java > deno, `${java} > ${deno}`);
      const names = await box.ask(`tr '\\0' '\\n' </proc/${gateway.pid}/environ | cut -d= -f1`);
      deepEqual(
        names.split("\n").filter((name) => /NOTIFY|WATCHDOG|JOURNAL|DIRECTORY$|INVOCATION/.test(name)),
        [],
      );
    });

    await step("a crash leaves its error report in an incident, in spite of the hardening", async () => {
      const { gateway } = await status();
      await box.ask(`kill -SEGV ${gateway.pid}`);
      const { lastIncident } = await untilReady(2);
      equal(lastIncident?.verdict.class, "killed-by-signal");
      ok(lastIncident.verdict.evidence.some(({ source }) => source === "hs_err"));
      match(
        await show("StatusText"),
        /^generation 2 is ready, process \d+; generation 1 died: killed-by-signal$/,
      );
      equal(await show("NRestarts"), "0");
    });

    await step("a JVM that MemoryMax= kills leaves the daemon alive, and the verdict right", async () => {
      const { gateway } = await status();
      const used = Number(await show("MemoryCurrent"));
      // Another process of the group fills it, with the score that Python workers inherit; the JVM is the larger. A
      // box's systemd may not lower the daemon's score: without its own, the filler would be spared and the daemon
      // killed where the kernel looks for a second victim before it has taken back the memory of the first.
      await box.ask(`systemctl set-property --runtime ${UNIT} MemoryMax=${used + 64 * 2 ** 20}`);
      await box.run(`echo $$ >/sys/fs/cgroup/memory/$(systemctl show -P ControlGroup ${UNIT})/cgroup.procs
        cat /proc/${gateway.pid}/oom_score_adj >/proc/$$/oom_score_adj
        exec python3 -c 'kept = [bytearray(2**20) for _ in range(192)]'`);
      const { lastIncident, generation } = await untilReady(3);
      ok(generation >= 3 && gateway.pid !== null);
      equal(lastIncident?.verdict.class, "killed-by-oom-killer");
      equal(await show("NRestarts"), "0");
      await box.ask(`systemctl set-property --runtime ${UNIT} MemoryMax=infinity`);
    });

    await step("a daemon that stands still starves the watchdog, and is started anew", async () => {
      const before = await status();
      await box.ask(`kill -STOP ${before.daemon.pid}`);
      await until(async () => await show("NRestarts") === "1");
      const after = await untilReady(before.generation + 1);
      ok(after.daemon.pid !== before.daemon.pid);
      match(await log(), /Watchdog timeout/);
      equal((await box.run(`kill -0 ${before.gateway.pid}`)).code, 1);
    });

    await step("a program of the same user attaches, one of root is told whose gateway it is", async () => {
      const asRoot = await box.run("rekindle exec --name etl -- true");
      equal(asRoot.code, 77);
      match(asRoot.stderr, /serves its own user alone/);
      const env = await box.ask("runuser -u rekindle -- rekindle exec --name etl -- env");
      match(env, /^PYSPARK_GATEWAY_PORT=17434$/m);
    });

    await step("stop leaves no process and no runtime file", async () => {
      await box.ask(`systemctl stop ${UNIT}`);
      equal(await show("Result"), "success");
      equal((await box.run("ps -u rekindle -o pid,args --no-headers")).stdout, "");
      equal((await box.run("ls /run/rekindle/etl 2>/dev/null")).stdout, "");
      deepEqual(
        (await box.ask("ls /var/cache/rekindle/etl")).split("\n").filter((name) => name !== "deno"),
        [],
      );
    });

    await step("remove leaves nothing, by the installed program itself", async () => {
      match(await box.ask("rekindle incidents --name etl"), /killed-by-oom-killer/);
      await box.ask("rekindle service remove --instance etl");
      equal(await box.ask(TRACES), "");
      equal((await box.run(`systemctl cat ${UNIT}`)).code, 1);
    });
  },
});
