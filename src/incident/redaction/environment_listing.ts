/**
 * Which lines of a text list an environment, and which of their values may be shown? Names are allowed one by one:
 * what people keep in variables cannot be guessed.
 * @module
 */

import { isSecretName } from "./secret_name.ts";
import { MARK } from "./secret_shape.ts";

/** What hs_err_pid files print of the environment, what Spark and Hadoop read, and what tells the surroundings. */
const ALLOWED =
  /^(?:PATH|LANG|LANGUAGE|LC_[A-Z]+|HOME|TZ|TERM|SHELL|SHLVL|DISPLAY|OS|LD_[A-Z_]+|DYLD_[A-Z_]+|MALLOC_[A-Z_]+|CLASSPATH|_?JAVA_[A-Z_0-9]+|JDK_[A-Z_]+|JRE_HOME|(?:HADOOP|SPARK|PYSPARK|YARN|HIVE|REKINDLE|PYTHON)[A-Z_0-9]*|VIRTUAL_ENV|CONDA_PREFIX|TMPDIR|OMP_NUM_THREADS|XDG_[A-Z]+_(?:DIR|HOME)|(?:_ALT)?KERNEL_VERSION|ARCH)$/;

const VARIABLE = /^(?:export |declare -x )?([A-Za-z_]\w{0,255})=/;
/** No environment is without one of these, and no other list of names and values has them: not that of hs_err's registers, nor that of an os-release file. */
const SIGN = /^(?:Environment Variables:|(?:export |declare -x )?(?:PATH|HOME|PWD|SHELL)=)/;

/**
 * Replaces the values of variables that are not allowed. An environment is a paragraph, a row of lines without an
 * empty one, in which one of the signs was seen.
 */
export function redactEnvironments(lines: readonly string[]): { lines: readonly string[]; count: number } {
  let count = 0;
  const redact = (line: string): string => {
    const variable = VARIABLE.exec(line);
    const [start, name] = variable ?? [];
    if (start === undefined || name === undefined) return line;
    if (ALLOWED.test(name) && !isSecretName(name)) return line;
    const value = line.slice(start.length);
    if (value === "" || value === MARK) return line;
    count++;
    return `${start}${MARK}`;
  };
  const kept: string[] = [];
  for (let from = 0; from < lines.length;) {
    const empty = lines.indexOf("", from);
    const to = empty === -1 ? lines.length : empty + 1;
    const paragraph = lines.slice(from, to);
    const isListing = paragraph.some((line) => SIGN.test(line));
    for (const line of paragraph) kept.push(isListing ? redact(line) : line);
    from = to;
  }
  return { lines: kept, count };
}
