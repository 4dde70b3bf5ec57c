/**
 * Where does a running JVM tell and take its flags?
 * @module
 */

import type { JavaReference } from "./py4j_value.ts";
import type { Workbench } from "./warm_up_session.ts";

/**
 * HotSpot's bean for its flags.
 * @throws {Py4jJavaError} When there is none (no HotSpot, or a Java without the module jdk.management).
 */
export async function flagsBean(bench: Workbench): Promise<JavaReference> {
  const type = await bench.classOf("com.sun.management.HotSpotDiagnosticMXBean");
  return await bench.get("java.lang.management.ManagementFactory", "getPlatformMXBean", type);
}
