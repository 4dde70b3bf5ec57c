/**
 * Where does an installed Spark keep the list of `spark-submit`'s options?
 * @module
 */

import { join } from "@std/path";
import { OPTION_CLASS, readOptionTable } from "../core/submit/option_table.ts";
import type { OptionTable } from "../core/submit/option_table.ts";
import { EXIT, UserError } from "../errors.ts";
import type { Files } from "../ports.ts";
import { readJarEntry } from "./jar_entry.ts";

/**
 * The options of the Spark in that folder; reading them takes 3 to 10 ms.
 * @throws {UserError} When there is no such list where every Spark from 3.3 to 4.3 has it.
 */
export async function submitOptions(sparkHome: string, files: Files): Promise<OptionTable> {
  const jars = join(sparkHome, "jars");
  const name = (await files.list(jars)).find((each) => /^spark-launcher_[\d.]+-.*\.jar$/.test(each));
  const jar = name === undefined ? null : await files.readBytes(join(jars, name)).catch(() => null);
  const classFile = jar === null ? null : await readJarEntry(jar, OPTION_CLASS);
  const table = classFile === null ? null : readOptionTable(classFile);
  if (table !== null) return table;
  throw new UserError(`Cannot read which options the spark-submit in ${sparkHome} takes`, {
    hint: `Make sure that ${jars} has Spark's launcher, or run the program with "rekindle exec".`,
    exitCode: EXIT.config,
  });
}
