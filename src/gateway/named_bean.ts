/**
 * Which of a running JVM's management beans of one kind has this name?
 * @module
 */

import type { JavaReference } from "./py4j_value.ts";
import type { Workbench } from "./warm_up_session.ts";

/**
 * The bean of that name in a `java.util.List` of them; `null` when there is none: the names differ with the collector.
 * @throws {Py4jJavaError} When a bean has no name.
 */
export async function namedBean(
  bench: Workbench,
  beans: JavaReference,
  name: string,
): Promise<JavaReference | null> {
  const count = Number(await bench.call(beans, "size"));
  for (let each = 0; each < count; each++) {
    const bean = await bench.get(beans, "get", each);
    if (await bench.call(bean, "getName") === name) return bean;
  }
  return null;
}
