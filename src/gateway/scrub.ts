/**
 * Which variables of the daemon's environment are not for a gateway, nor for what a gateway starts?
 * @module
 */

/** Of an earlier attachment, or another mode of Spark. */
const OF_SPARK = [
  "PYSPARK_GATEWAY_PORT",
  "PYSPARK_GATEWAY_SECRET",
  "PYSPARK_SUBMIT_ARGS",
  "_PYSPARK_DRIVER_CONN_INFO_PATH",
  "SPARK_REMOTE",
  "SPARK_CONNECT_MODE_ENABLED",
  "SPARK_LOCAL_REMOTE",
  "SPARK_API_MODE",
  "SPARK_ENV_LOADED",
];

/**
 * What a service manager tells a service alone (systemd.exec(5), sd_notify(3)): a JVM or a Python worker that believed
 * it would feed the daemon's watchdog, take its pipe for the journal, or its folders for their own.
 */
const OF_SERVICE_MANAGER = [
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "WATCHDOG_PID",
  "LISTEN_FDS",
  "LISTEN_FDNAMES",
  "LISTEN_PID",
  "JOURNAL_STREAM",
  "INVOCATION_ID",
  "SYSTEMD_EXEC_PID",
  "MEMORY_PRESSURE_WATCH",
  "MEMORY_PRESSURE_WRITE",
  "CREDENTIALS_DIRECTORY",
  "STATE_DIRECTORY",
  "RUNTIME_DIRECTORY",
  "LOGS_DIRECTORY",
  "CACHE_DIRECTORY",
  "CONFIGURATION_DIRECTORY",
];

const SCRUBBED = new Set([...OF_SPARK, ...OF_SERVICE_MANAGER]);

/** The environment without what must not reach the gateway. */
export function scrub(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !SCRUBBED.has(name) && !name.startsWith("REKINDLE_")),
  );
}
