/**
 * How does runit fare, where it is installed?
 * @module
 */

import { join } from "@std/path";
import { missing, supervised } from "./supervised.ts";

/** It does not tell its version; Debian's package does. */
async function setup(): Promise<string> {
  const { success, stdout } = await new Deno.Command("sh", {
    args: ["-c", "dpkg-query -W -f '${Version}' runit 2>/dev/null"],
  }).output();
  const version = success ? new TextDecoder().decode(stdout) : "of unknown version";
  return `${version}, runsvdir and runsv, no log service`;
}

/** runit: a folder of services, of which the gateway is the only one. */
export const runit = supervised({
  name: "runit",
  absence: () => missing("runsvdir"),
  setup,
  stdin: "own",
  configure: async ({ folder }, gateway) => {
    const service = join(folder, "services/gateway");
    await Deno.mkdir(service, { recursive: true });
    await Deno.writeTextFile(join(service, "run"), `#!/bin/sh\nexec ${gateway}\n`, { mode: 0o755 });
    return ["runsvdir", join(folder, "services")];
  },
});
