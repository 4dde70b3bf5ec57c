/**
 * Makes Python's virtual environments and fills them with packages: finds the Python, copes with those that
 * come in pieces, survives interruption, and lets two processes want the same environment at once. Uses
 * nothing but Deno itself, because it can run before the project's own packages are there.
 * @module
 */
import { exclusively } from "./file_lock.ts";
import { leastPython, missing, packageOf } from "./requirements.ts";

/** What keeps the set-up from going on, and what its reader can do about it. */
export class SetupError extends Error {
  override readonly name = "SetupError";
  /** What to do, in sentences. */
  readonly hint: string;

  /** @param message What could not be done, and why. */
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** A Python 3 of the machine. */
export interface Python {
  readonly program: string;
  /** Its version is 3.`minor`. */
  readonly minor: number;
}

/** A virtual environment in which everything of `installed` is complete. */
export interface Environment {
  readonly folder: string;
  /** The interpreter to run programs with. */
  readonly python: string;
  readonly minor: number;
  readonly sitePackages: string;
  readonly installed: readonly string[];
}

/** Tells the user one line. */
export type Say = (line: string) => void;

/** Written into an environment after each completed step. */
interface Stamp {
  /** The machine's interpreter behind the environment: another one would not see the installed packages. */
  readonly interpreter: string;
  readonly minor: number;
  readonly installed: readonly string[];
}

/** The usable Pythons of this machine, in the order in which its user would expect them to be taken. */
export async function findPythons(): Promise<readonly Python[]> {
  const found: Python[] = [];
  const question = "import sys, venv; print(sys.executable); print(*sys.version_info[:2])";
  for (const name of ["python3", "python", "/usr/bin/python3"]) {
    const answer = await run(name, ["-c", question]);
    const [program, version] = answer.output.split("\n");
    const [major, minor] = version?.split(" ").map(Number) ?? [];
    if (!answer.ok || !program || major !== 3 || minor === undefined || minor < leastPython) continue;
    found.push({ program, minor });
  }
  return found;
}

/** The environment in `folder`, or `null` when there is none that works. */
export async function openEnvironment(folder: string): Promise<Environment | null> {
  try {
    const stamp: Stamp = JSON.parse(await Deno.readTextFile(stampOf(folder)));
    const environment = describe(folder, stamp);
    // Also fails when the machine's Python was removed since.
    return await Deno.realPath(environment.python) === stamp.interpreter ? environment : null;
  } catch {
    return null;
  }
}

/**
 * Makes the environment in `folder` when there is none, and installs what it lacks.
 * @param options `python` is asked for only when the environment has to be made; `packages` gives the
 * requirements for a minor version of Python 3, and `announce` what to say before they are installed; `say`
 * hears that and whatever takes time.
 * @throws {SetupError} When there is no usable Python, or pip fails.
 */
export async function ensureEnvironment(folder: string, options: {
  readonly python: () => Promise<Python>;
  readonly packages: (minor: number) => readonly string[];
  readonly announce: (minor: number) => string;
  readonly say: Say;
}): Promise<Environment> {
  const lacking = ({ installed, minor }: Environment) => missing(options.packages(minor), installed);
  const present = await openEnvironment(folder);
  if (present !== null && lacking(present).length === 0) return present;
  const complete = async () => {
    const environment = await openEnvironment(folder) ?? await create(folder, await options.python());
    const wanted = lacking(environment);
    if (wanted.length === 0) return environment;
    options.say(options.announce(environment.minor));
    return await install(environment, { wanted, say: options.say });
  };
  const onWait = () => options.say(`another process is working on ${folder}: waiting for it`);
  try {
    await Deno.mkdir(folder.slice(0, folder.lastIndexOf("/")), { recursive: true });
    return await exclusively(`${folder}.lock`, complete, { onWait });
  } catch (error) {
    // What the operating system refuses has a code, such as EACCES or ENOSPC.
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new SetupError(
      `${folder} could not be made: ${error.message}.`,
      "Make room there, or let this user write to it, then try again.",
    );
  }
}

function describe(folder: string, { minor, installed }: Stamp): Environment {
  const sitePackages = `${folder}/lib/python3.${minor}/site-packages`;
  return { folder, python: `${folder}/bin/python`, minor, sitePackages, installed };
}

/** Makes an environment with nothing in it, in place of whatever was there. */
async function create(folder: string, python: Python): Promise<Environment> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const made = await run(python.program, ["-m", "venv", folder]);
  if (!made.ok) {
    // Debian splits ensurepip off; the machine's own pip can do the work instead.
    const bare = await run(python.program, ["-m", "venv", "--clear", "--without-pip", folder]);
    const pip = await run(python.program, ["-m", "pip", "--version"]);
    if (!bare.ok || !pip.ok) {
      throw new SetupError(
        `Python 3.${python.minor} (${python.program}) can make no environment with pip in it: ` +
          lastLines(bare.ok ? made.output : bare.output),
        "Install the rest of Python (Debian and Ubuntu: `apt install python3-venv`), then try again.",
      );
    }
  }
  const interpreter = await Deno.realPath(`${folder}/bin/python`);
  return await record(folder, { interpreter, minor: python.minor, installed: [] });
}

/** Has pip install `wanted`, and records it. */
async function install(environment: Environment, options: {
  readonly wanted: readonly string[];
  readonly say: Say;
}): Promise<Environment> {
  const { folder, python, sitePackages } = environment;
  const { wanted, say } = options;
  await removeRemains(sitePackages, wanted.map(packageOf));
  const own = await Deno.stat(`${folder}/bin/pip`).then(() => true, () => false);
  const interpreter = await Deno.realPath(python);
  // Beside the target, where there has to be room anyway; `/tmp` is often small, and in memory.
  const temporary = `${folder}/tmp`;
  await Deno.remove(temporary, { recursive: true }).catch(() => {});
  await Deno.mkdir(temporary, { recursive: true });
  let latest = "";
  const startedMs = performance.now();
  const pulse = setInterval(() => {
    say(`${wanted[0]}: ${Math.round((performance.now() - startedMs) / 1000)} s so far${latest}`);
  }, 10_000);
  const pip = ["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"];
  const result = await run(own ? python : interpreter, [
    ...pip,
    ...(own ? [] : ["--upgrade", "--target", sitePackages]),
    ...wanted,
  ], {
    env: { TMPDIR: temporary, PIP_ROOT_USER_ACTION: "ignore" },
    onLine: (line) => latest = `, pip says: ${line.trim()}`,
  }).finally(() => clearInterval(pulse));
  await Deno.remove(temporary, { recursive: true }).catch(() => {});
  if (!result.ok) {
    throw new SetupError(
      `${wanted.join(", ")} could not be installed with ${python}. Pip ended with:\n${
        lastLines(result.output)
      }`,
      "Check that this machine reaches a Python package index (PIP_INDEX_URL names another one) and that the " +
        "disk has 2 GB free, then try again.",
    );
  }
  const names = new Set(wanted.map(packageOf));
  const kept = environment.installed.filter((requirement) => !names.has(packageOf(requirement)));
  return await record(folder, { interpreter, minor: environment.minor, installed: [...kept, ...wanted] });
}

/** Removes what an interrupted installation left of `packages`: pip takes a half package for a whole one. */
async function removeRemains(sitePackages: string, packages: readonly string[]): Promise<void> {
  for await (const { name } of Deno.readDir(sitePackages)) {
    if (packages.some((it) => name === it || name.startsWith(`${it}-`) && name.endsWith(".dist-info"))) {
      await Deno.remove(`${sitePackages}/${name}`, { recursive: true });
    }
  }
}

/** Records that everything of `stamp` is there; the record is whole or absent, never half. */
async function record(folder: string, stamp: Stamp): Promise<Environment> {
  await Deno.writeTextFile(`${stampOf(folder)}.new`, JSON.stringify(stamp));
  await Deno.rename(`${stampOf(folder)}.new`, stampOf(folder));
  return describe(folder, stamp);
}

function stampOf(folder: string): string {
  return `${folder}/rekindle.json`;
}

function lastLines(output: string): string {
  return output.trim().split("\n").slice(-8).join("\n");
}

/** Runs a program to its end; a signal that ends this process ends the program first. */
async function run(program: string, args: readonly string[], options: {
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
} = {}): Promise<{ readonly ok: boolean; readonly output: string }> {
  let child: Deno.ChildProcess;
  try {
    const streams = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
    child = new Deno.Command(program, { args: [...args], env: { ...options.env }, ...streams }).spawn();
  } catch (error) {
    return { ok: false, output: String(error) };
  }
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    try {
      // Makes Python clean up, as Ctrl-C would.
      child.kill("SIGINT");
    } catch { /* It has ended already. */ }
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, interrupt);
  const output: string[] = [];
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const bytes of stream) {
      const text = new TextDecoder().decode(bytes);
      output.push(text);
      const line = text.trimEnd().split("\n").at(-1);
      if (line) options.onLine?.(line);
    }
  };
  const [status] = await Promise.all([child.status, read(child.stdout), read(child.stderr)]);
  for (const signal of signals) Deno.removeSignalListener(signal, interrupt);
  if (interrupted) Deno.exit(130);
  return { ok: status.success, output: output.join("") };
}
