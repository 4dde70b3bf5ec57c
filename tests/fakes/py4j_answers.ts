/**
 * Answers of a gateway to calls that the fake JVM does not know: those of `java.io.File` and of a SparkContext.
 * @module
 */

import type { FakePy4jOptions } from "./py4j_server.ts";

/** By the lines of a command, joined by spaces: the line that answers it. */
export type Answers = Readonly<Record<string, string>>;

/** Makes a gateway give these answers, and its own to everything else. */
export function answering(answers: Answers): FakePy4jOptions {
  return { deliver: (line, request) => ({ pieces: [`${answers[request.join(" ")] ?? line}\n`] }) };
}

/** What a gateway answers about the scratch folder of its generation. */
export function fileAnswers(path: string): Answers {
  return { [`i java.io.File s${path}`]: "!yro900", "c o900 deleteOnExit": "!yv" };
}

/** What a gateway answers about its SparkContext: one that is active, or none. */
export function contextAnswers(active: boolean): Answers {
  return {
    "r m org.apache.spark.SparkContext$ MODULE$": "!yro910",
    "c o910 getActive": "!yro911",
    "c o911 isDefined": `!yb${active}`,
    ...(active ? { "c o911 get": "!yro912", "c o912 stop": "!yv" } : {}),
  };
}
