/**
 * How is Spark's web UI warmed up without opening one? Its pages are made and thrown away, and its server listens for a
 * moment, without pages, where only this machine can reach it: the UI itself would be open to others.
 *
 * A program with the UI, which is the default, then needs 0.3 (PySpark 3.5.7) and 0.5 s (4.3.0) less processor time.
 * @module
 */

import type { JavaArgument, JavaReference } from "./py4j_value.ts";
import type { WarmSession, Workbench } from "./warm_up_session.ts";

/** Makes the pages of the UI that the Spark session would have, starts an empty server and stops it. @throws {Error} When Spark cannot. */
export async function warmUi(bench: Workbench, { context }: WarmSession): Promise<void> {
  const spark = await bench.get(context, "sc");
  const conf = await bench.get(spark, "getConf");
  // Read and not called: see `fieldOf` of the probe.
  const environment = await fieldOf(bench, spark, "_env");
  const security = await fieldOf(bench, environment, "securityManager");
  const store = await bench.get(spark, "statusStore");
  const owner = await bench.get("scala.Option", "apply", spark);
  const pages: readonly JavaArgument[] = [owner, store, conf, security, "warm-up", "", 0n, "warm-up"];
  await bench.get(await bench.companion("org.apache.spark.ui.SparkUI"), "create", ...pages);
  const server = await bench.get(
    await bench.companion("org.apache.spark.ui.JettyUtils"),
    "startJettyServer",
    ...["127.0.0.1", 0, await bench.get(security, "getSSLOptions", "ui"), conf, "warm-up", 200],
  );
  await bench.call(server, "stop");
}

async function fieldOf(bench: Workbench, object: JavaReference, name: string): Promise<JavaReference> {
  return await bench.get("org.apache.commons.lang3.reflect.FieldUtils", "readField", object, name, true);
}
