/**
 * Finds a Java of this machine that every supported PySpark runs on, without starting it.
 * @module
 */

/** The Java versions that PySpark 3.5 and 4.x have in common: 17 and 21. Java 25 runs 4.x only. */
const common = [17, 21];

/** The major version in the text of a Java home's `release` file; `null` when it names none. */
export function javaMajor(release: string): number | null {
  const major = /^JAVA_VERSION="(\d+)/m.exec(release)?.[1];
  return major === undefined ? null : Number(major);
}

/** Where a Java may be named. */
export interface JavaVariables {
  readonly JAVA_HOME?: string;
  readonly PATH?: string;
}

/** The home of a Java 17 or 21: `JAVA_HOME`, else the one on the PATH, else one of `/usr/lib/jvm`; or `null`. */
export async function findJavaHome(env: JavaVariables = Deno.env.toObject()): Promise<string | null> {
  for (const home of await candidates(env)) {
    const release = await Deno.readTextFile(`${home}/release`).catch(() => "");
    const program = await Deno.stat(`${home}/bin/java`).catch(() => null);
    if (program?.isFile && common.includes(javaMajor(release) ?? 0)) return home;
  }
  return null;
}

async function candidates({ JAVA_HOME = "", PATH = "" }: JavaVariables): Promise<readonly string[]> {
  const homes = [JAVA_HOME];
  for (const folder of PATH.split(":")) {
    // `/usr/bin/java` is a chain of links that ends in the Java home's `bin`.
    const program = await Deno.realPath(`${folder}/java`).catch(() => null);
    if (program !== null) homes.push(program.replace(/\/bin\/java$/, ""));
  }
  const installed: string[] = [];
  try {
    for await (const { name } of Deno.readDir("/usr/lib/jvm")) installed.push(`/usr/lib/jvm/${name}`);
  } catch { /* Not every system keeps its Javas there. */ }
  return [...homes, ...installed.sort()].filter((home) => home !== "");
}
