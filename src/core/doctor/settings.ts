/**
 * Which settings of Spark hold for a gateway, and who set each?
 * @module
 */

/** The value of a setting, and the place that sets it. */
export interface SparkSetting {
  readonly value: string;
  /** Such as `--conf spark.jars` or `spark.jars in spark-defaults.conf`. */
  readonly by: string;
}

/** Every setting that is made, by its name. */
export type SparkSettings = Readonly<Record<string, SparkSetting>>;

/** The options of spark-submit that stand for a setting (SparkSubmitArguments, 3.5 to 4.3). */
const SETTING_OF: Readonly<Record<string, string>> = {
  "--archives": "spark.archives",
  "--driver-class-path": "spark.driver.extraClassPath",
  "--driver-cores": "spark.driver.cores",
  "--driver-java-options": "spark.driver.extraJavaOptions",
  "--driver-library-path": "spark.driver.extraLibraryPath",
  "--driver-memory": "spark.driver.memory",
  "--exclude-packages": "spark.jars.excludes",
  "--executor-cores": "spark.executor.cores",
  "--executor-memory": "spark.executor.memory",
  "--files": "spark.files",
  "--jars": "spark.jars",
  "--master": "spark.master",
  "--num-executors": "spark.executor.instances",
  "--packages": "spark.jars.packages",
  "--py-files": "spark.submit.pyFiles",
  "--repositories": "spark.jars.repositories",
  "--total-executor-cores": "spark.cores.max",
};

/**
 * The settings that hold.
 * @param words What spark-submit is given, as the launcher wrote it: an option and its value are two words.
 * @param defaults The text of the properties file that is read besides.
 * @param file What that file is called.
 */
export function effectiveSettings(
  words: readonly string[],
  { defaults, file }: { readonly defaults: string; readonly file: string },
): SparkSettings {
  const settings: Record<string, SparkSetting> = {};
  for (const [name, value] of readProperties(defaults)) settings[name] = { value, by: `${name} in ${file}` };
  const options: Record<string, SparkSetting> = {};
  words.forEach((word, at) => {
    const value = words[at + 1] ?? "";
    if (word === "--conf" || word === "-c") {
      const cut = value.indexOf("=");
      const name = value.slice(0, cut).trim();
      if (cut > 0) settings[name] = { value: value.slice(cut + 1).trim(), by: `--conf ${name}` };
    } else if (SETTING_OF[word] !== undefined) {
      options[SETTING_OF[word]] = { value: value.trim(), by: word };
    }
  });
  return { ...settings, ...options };
}

/** Reads a Java properties file, without its escapes: Spark's own template uses blanks between name and value. */
export function readProperties(text: string): readonly (readonly [string, string])[] {
  const lines = text.replaceAll(/\\\r?\n[ \t]*/g, "").split(/\r?\n/);
  return lines.flatMap((line) => {
    const [, name, value] = /^\s*([^\s#!=:][^\s=:]*)\s*[=:]?\s*(.*?)\s*$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
}

/**
 * Reads a size as Spark does (JavaUtils.byteStringAs): whole numbers with a unit.
 * @param unit What a bare number counts, in bytes.
 * @returns Bytes; `null` for what Spark refuses.
 */
export function sparkSize(text: string, unit: number): number | null {
  const [, digits, word] = /^(\d+)([a-z]+)?$/.exec(text.trim().toLowerCase()) ?? [];
  if (digits === undefined) return null;
  const factor = word === undefined ? unit : UNITS[word.replace(/b$/, "") || "b"];
  return factor === undefined ? null : Number(digits) * factor;
}

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};
