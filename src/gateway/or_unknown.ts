/**
 * What is known where Java does not tell?
 * @module
 */

import { Py4jJavaError } from "./py4j_error.ts";

/**
 * What `ask` comes to; `unknown` when Java refuses to tell, or tells in another form than expected: it is another JVM, lacks a
 * module, or py4j does not reach the object.
 * @throws Whatever else `ask` throws, such as the end of the connection.
 */
export async function orUnknown<T>(unknown: T, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Py4jJavaError || error instanceof TypeError) return unknown;
    throw error;
  }
}
