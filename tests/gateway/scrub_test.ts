import assert from "node:assert/strict";
import { scrub } from "../../src/gateway/scrub.ts";

/** As systemd 252 gives them to a service with every kind of folder, a watchdog and a credential. */
const OF_A_SERVICE = [
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "WATCHDOG_PID",
  "JOURNAL_STREAM",
  "INVOCATION_ID",
  "SYSTEMD_EXEC_PID",
  "CREDENTIALS_DIRECTORY",
  "STATE_DIRECTORY",
  "RUNTIME_DIRECTORY",
  "LOGS_DIRECTORY",
  "CACHE_DIRECTORY",
  "CONFIGURATION_DIRECTORY",
];

const FOREIGN = [
  "PYSPARK_GATEWAY_PORT",
  "PYSPARK_GATEWAY_SECRET",
  "PYSPARK_SUBMIT_ARGS",
  "_PYSPARK_DRIVER_CONN_INFO_PATH",
  "SPARK_REMOTE",
  "SPARK_CONNECT_MODE_ENABLED",
  "SPARK_LOCAL_REMOTE",
  "SPARK_API_MODE",
  "SPARK_ENV_LOADED",
  ...OF_A_SERVICE,
  "REKINDLE_GENERATION",
  "REKINDLE_HEAP",
  "REKINDLE_",
];

Deno.test("scrub() takes out every variable of another attachment or of a service, and nothing else", () => {
  const own = {
    PATH: "/bin",
    SPARK_HOME: "/s",
    PYSPARK_PYTHON: "python3",
    rekindle_x: "1",
    XREKINDLE_Y: "1",
    NOTIFY_SOCKETS: "1",
    XDG_RUNTIME_DIR: "/run/user/1",
    TMPDIR: "/var/cache/x",
  };
  assert.deepEqual(scrub({ ...Object.fromEntries(FOREIGN.map((name) => [name, "1"])), ...own }), own);
  for (const name of FOREIGN) assert.deepEqual(scrub({ [name]: "1" }), {}, name);
});
