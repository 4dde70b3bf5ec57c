/**
 * How is Spark's web UI warmed up without opening one? Its pages are made, and served for the tenths of a second in which
 * they are added to a server that only this machine can reach: the UI itself would be open to others.
 *
 * A program with the UI, which is the default, then needs 0.3 (PySpark 3.5.7) and 0.5 s (4.3.0) less processor time. Adding
 * the pages is what makes Jetty's contexts start: with it 4.3.0 made a session in 0.52 s instead of 0.74 (medians of 4 and 3).
 * @module
 */

import type { JavaArgument, JavaReference } from "./py4j_value.ts";
import type { WarmSession, Workbench } from "./warm_up_session.ts";

/** Makes the UI that the Spark session would have, serves it to this machine and stops it. @throws {Error} When Spark cannot. */
export async function warmUi(bench: Workbench, { context }: WarmSession): Promise<void> {
  const spark = await bench.get(context, "sc");
  const conf = await bench.get(spark, "getConf");
  // Read and not called: see `fieldOf` of the probe.
  const environment = await fieldOf(bench, spark, "_env");
  const security = await fieldOf(bench, environment, "securityManager");
  const store = await bench.get(spark, "statusStore");
  const owner = await bench.get("scala.Option", "apply", spark);
  const pages: readonly JavaArgument[] = [owner, store, conf, security, "warm-up", "", 0n, "warm-up"];
  const ui = await bench.get(await bench.companion("org.apache.spark.ui.SparkUI"), "create", ...pages);
  const server = await bench.get(
    await bench.companion("org.apache.spark.ui.JettyUtils"),
    "startJettyServer",
    ...["127.0.0.1", 0, await bench.get(security, "getSSLOptions", "ui"), conf, "warm-up", 200],
  );
  const handlers = await bench.get(ui, "getHandlers");
  const count = Number(await bench.call(handlers, "size"));
  for (let at = 0; at < count; at++) {
    await bench.call(server, "addHandler", await bench.get(handlers, "apply", at), security);
  }
  await bench.call(server, "stop");
}

async function fieldOf(bench: Workbench, object: JavaReference, name: string): Promise<JavaReference> {
  return await bench.get("org.apache.commons.lang3.reflect.FieldUtils", "readField", object, name, true);
}
