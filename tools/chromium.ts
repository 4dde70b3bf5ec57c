/**
 * Provides the browser that the dashboard is tested in: one that is there, or Debian's where this user may install it.
 * Without one the test says so and is skipped.
 * @module
 */
// deno-lint-ignore-file no-console

const PACKAGE = "chromium-headless-shell";
const NAMES = [PACKAGE, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** The path of a Chromium, or `null`. */
export async function findChromium(): Promise<string | null> {
  const { REKINDLE_CHROMIUM, PATH = "" } = Deno.env.toObject();
  if (REKINDLE_CHROMIUM) return REKINDLE_CHROMIUM;
  for (const name of NAMES) {
    for (const folder of PATH.split(":").filter((each) => each !== "")) {
      const path = `${folder}/${name}`;
      if ((await Deno.stat(path).catch(() => null))?.isFile) return path;
    }
  }
  return null;
}

/** Installs one with apt-get; what that says is shown when it fails. */
async function install(): Promise<void> {
  if (Deno.uid() !== 0) {
    return console.error("No Chromium on the PATH: the dashboard's test will be skipped.");
  }
  console.error(`Installing ${PACKAGE} for the dashboard's test.`);
  for (const args of [["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", PACKAGE]]) {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    const { success, stderr } = await new Deno.Command("apt-get", { args, env, stdin: "null" }).output()
      .catch((error) => ({ success: false, stderr: new TextEncoder().encode(String(error)) }));
    if (success) continue;
    console.error(`apt-get ${args.join(" ")} failed; the dashboard's test will be skipped.`);
    return console.error(new TextDecoder().decode(stderr));
  }
}

if (import.meta.main && await findChromium() === null) await install();
