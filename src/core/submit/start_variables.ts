/**
 * Which variables have their effect when a JVM starts? A gateway that was started with others is another gateway.
 * @module
 */

/**
 * What Spark's scripts, its launcher and its file systems read: folders of settings, memory, options, credentials.
 * `SPARK_HOME` is compared by the Spark that it leads to.
 */
const READ_AT_THE_START =
  /^(?:SPARK_(?!HOME$|ENV_LOADED$)\w+|HADOOP_\w+|YARN_\w+|AWS_\w+|GOOGLE_APPLICATION_CREDENTIALS|(?:_JAVA|JAVA_TOOL|JDK_JAVA)_OPTIONS)$/;

/** The name of the first such variable that is not the same in both; `null` when there is none. */
export function differingVariable(
  mine: Readonly<Record<string, string>>,
  theirs: Readonly<Record<string, string>>,
): string | null {
  const names = [...Object.keys(mine), ...Object.keys(theirs)].sort();
  return names.find((name) => READ_AT_THE_START.test(name) && mine[name] !== theirs[name]) ?? null;
}

/** Reads what the kernel keeps of a process's first environment: `NAME=value`, each ended by a NUL. */
export function parseEnviron(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split("\0").flatMap((line) => {
      const at = line.indexOf("=");
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
    }),
  );
}
