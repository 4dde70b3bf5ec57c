import assert from "node:assert/strict";
import { fromFileUrl } from "@std/path";

const MODULE = fromFileUrl(new URL("../../src/runtime/hang_up.ts", import.meta.url));

/** Says at each SIGHUP what it means, and ends. */
const PROGRAM = `
import { watchTerminal } from "${MODULE}";
const hasHungUp = watchTerminal();
const [path] = Deno.args;
setInterval(() => {}, 1000);
Deno.addSignalListener("SIGHUP", () => {
  Deno.writeTextFileSync(path, hasHungUp() ? "gone" : "asked");
  Deno.exit(0);
});
Deno.writeTextFileSync(path + ".ready", "");
`;

/** Runs the program in a session and on a terminal of its own, does something to it, and says what SIGHUP meant. */
const SCENE = `
import os, pty, signal, subprocess, sys, time
path, way, *command = sys.argv[1:]
command.append(path)
# What has not come by then will not.
signal.alarm(60)
if way == "service":
    target = subprocess.Popen(command, start_new_session=True).pid
else:
    target, master = pty.fork()
    if target == 0:
        if way == "nohup": signal.signal(signal.SIGHUP, signal.SIG_IGN)
        os.execv(command[0], command)
while not os.path.exists(path + ".ready"): time.sleep(0.02)
if way == "closed": os.close(master)
else: os.kill(target, signal.SIGHUP)
os.waitpid(target, 0)
`;

Deno.test("watchTerminal() tells a terminal that has gone from somebody who asks", async () => {
  const folder = await Deno.makeTempDir({ prefix: "hang-up-" });
  try {
    const program = `${folder}/program.ts`;
    await Deno.writeTextFile(program, PROGRAM);
    const meant: Record<string, string> = {};
    for (const way of ["closed", "asked", "nohup", "service"]) {
      const command = [Deno.execPath(), "run", "-A", "--no-lock", "--no-config", program];
      const args = ["-c", SCENE, `${folder}/${way}`, way, ...command];
      const { code, stderr } = await new Deno.Command("python3", { args, stdin: "null" }).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      meant[way] = await Deno.readTextFile(`${folder}/${way}`);
    }
    assert.deepEqual(meant, { closed: "gone", asked: "asked", nohup: "asked", service: "asked" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
