/**
 * What does Deno itself take for a daemon of this kind? What it calls and nothing of ours: HTTP at an address and at a
 * socket, a child with pipes, a connection that is asked something every two seconds, files and sums.
 *
 *     ./denow run -A --unstable-net --v8-flags=--max-semi-space-size=1 bench/bare_daemon.ts FOLDER
 * @module
 */

import { createServer } from "node:http";
import { statfs } from "node:fs/promises";
import "node:zlib";

const folder = Deno.args[0] ?? ".";
const PERIOD_MS = 2_000;

createServer((_, answer) => answer.end("well")).listen({ host: "127.0.0.1", port: 0 });
Deno.serve({ path: `${folder}/bare.sock`, onListen() {} }, () => new Response("well"));
Deno.addSignalListener("SIGTERM", () => Deno.exit());
await statfs(folder);
await Deno.writeTextFile(`${folder}/bare.new`, "well");
await Deno.rename(`${folder}/bare.new`, `${folder}/bare`);
await crypto.subtle.digest("SHA-256", new Uint8Array(8));
// Ends with its standard input, and so with this process.
const child = new Deno.Command("cat", { stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
void child.stdout.getReader().read();
void child.stderr.getReader().read();
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
const [near, far] = await Promise.all([
  Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
  listener.accept(),
]);
for (;;) {
  Deno.readTextFileSync("/proc/self/stat");
  await near.write(new Uint8Array(8));
  await far.read(new Uint8Array(64));
  await new Promise((resolve) => setTimeout(resolve, PERIOD_MS));
}
