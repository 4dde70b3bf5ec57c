/**
 * What is a program told when its gateway is gone? The truth, as Py4J's own answer to each of its calls: a connection
 * that merely closes is reported as a failed authentication by one version, and as an error without reason by another.
 * @module
 */

import type { Incident } from "../lifecycle.ts";
import type { Want } from "./command_scanner.ts";

/**
 * Ends a reply that the gateway had begun. Without it, py4j takes what has come of a line before the end of the stream,
 * less its last letter, for the whole answer; a byte that is not UTF-8 makes it raise an error (0.10.9.7, 0.10.9.9).
 */
export const SPOILED: Uint8Array = Uint8Array.of(0xff, 0x0a);

/**
 * What a name stands for: a class. To an error py4j says that the name "does not exist in the JVM", and nothing of why
 * (`JavaPackage`, `JavaClass` of 0.10.9.5 to 0.10.9.9). Of a class the next thing asked is another name, or a call, which
 * tells.
 */
const SOME_CLASS = "!yclost\n";

/** What lets a program in. */
export const ACCEPTED = "!yv\n";

/** The sentence on the loss of a gateway. @param reason Such as `exit 137 SIGKILL`; no line end of its own. */
export function lossSentence(generation: number, reason: string): string {
  return `rekindle: gateway JVM (generation ${generation}) was lost: ${reason}. ` +
    "Its SparkContext and data are gone; restart the program.";
}

/** The sentence once it is known why: the class of the verdict, and what it and the memory plan say in words. */
export function verdictSentence({ generation, verdict, change }: Incident): string {
  return `rekindle: gateway JVM (generation ${generation}) was lost: ${verdict.class}. ${verdict.summary} ` +
    `${verdict.remedy} Memory: ${change.reason}. Its SparkContext and data are gone; restart the program.`;
}

/** The answer to a call: PySpark shows the sentence below `Trace:`. */
export function errorAnswer(sentence: string): string {
  const escaped = sentence.replaceAll("\\", "\\\\").replaceAll("\r", "\\r").replaceAll("\n", "\\n");
  return `!xs${escaped}\n`;
}

/** What to send to a program that sent such commands, and whether to close the connection then. */
export interface Answers {
  readonly text: string;
  readonly close: boolean;
}

/** Answers commands, of which nothing is forwarded. */
export function answersTo(wants: readonly Want[], sentence: string): Answers {
  let text = "";
  for (const want of wants) {
    switch (want) {
      case "error":
        text += errorAnswer(sentence);
        break;
      case "name":
        text += SOME_CLASS;
        break;
      case "done":
        text += ACCEPTED;
        break;
      case "nothing":
        break;
      case "close":
        return { text, close: true };
    }
  }
  return { text, close: false };
}
