/**
 * A network of one's own, in which the usual ports are free whatever else runs on this machine.
 * @module
 */

/** The ports that everything has which is not told another one. */
const USUAL_PORTS = [7433, 7434];

/** Only a loopback, and a name that leads to it: Spark binds to what the machine's own name leads to. */
const MAKE = "ip link set lo up && hostname localhost && echo made && exec sleep infinity";

/** Where commands are run. */
export class OwnNetwork implements AsyncDisposable {
  /** What to write before a command. */
  readonly enter: readonly string[];
  readonly #holder: Deno.ChildProcess | null;

  private constructor(holder: Deno.ChildProcess | null) {
    this.#holder = holder;
    this.enter = holder === null ? [] : ["nsenter", "-t", String(holder.pid), "-n", "-u", "--"];
  }

  /** The machine's own network has to do for who may not make one: then the ports have to be free. */
  static async make(): Promise<OwnNetwork> {
    if (await refusal() !== null) return new OwnNetwork(null);
    const holder = new Deno.Command("unshare", {
      args: ["-n", "-u", "--", "sh", "-c", MAKE],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = holder.stdout.getReader();
    const { done } = await reader.read();
    await reader.cancel();
    if (done) throw new Error(`No network could be made: unshare ended with ${(await holder.status).code}`);
    return new OwnNetwork(holder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder?.kill("SIGKILL");
    await this.#holder?.status;
  }
}

/** Why the usual ports cannot be had, or `null`. */
export async function noUsualPorts(): Promise<string | null> {
  const why = await refusal();
  if (why === null) return null;
  const taken = USUAL_PORTS.filter((port) => !isFree(port));
  return taken.length === 0 ? null : `port ${taken.join(" and ")} of this machine is taken, and ${why}`;
}

let refused: Promise<string | null> | undefined;

/** Why no network can be made, or `null`. */
function refusal(): Promise<string | null> {
  return refused ??= (async () => {
    const args = ["-n", "-u", "--", "sh", "-c", "ip link set lo up"];
    const made = await new Deno.Command("unshare", { args, stderr: "null" }).output().catch(() => null);
    return made?.success ? null : "a network of one's own takes root, unshare(1) and ip(8)";
  })();
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch {
    return false;
  }
}
