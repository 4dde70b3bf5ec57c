/**
 * How is what a checkout lacks installed? By its own script, in a process of its own.
 * @module
 */

/** Runs the script with the names of the pieces that are missing; what it could not install is found out afterwards. */
export function provisioner(script: string): (pieces: readonly string[]) => Promise<void> {
  return async (pieces) => {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-lock", "--no-config", script, ...pieces],
      stdout: "null",
    });
    await command.spawn().status;
  };
}
