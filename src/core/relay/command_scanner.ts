/**
 * Where does a command of Py4J end, however its bytes are split?
 * @module
 */

/** What a command wants for an answer when the gateway is gone. */
export type Want =
  /** An error. */
  | "error"
  /** The thing of a name, of which an error tells nothing. */
  | "name"
  /** "Done": the release of an object that is gone anyway. */
  | "done"
  /** Nothing: the return of a callback, a cancellation, the rest of what was answered before. */
  | "nothing"
  /** The end of everything, of which there is nothing left. */
  | "close";

/** Lines of a command, its letter's included, before its arguments: among these an `e` is a name and no end mark. */
const FIXED_LINES: Readonly<Record<string, number>> = { c: 3, S: 3, r: 4, m: 3, f: 4 };
/** Commands that have no end mark, only so many lines. `!` begins the return of a callback. */
const WHOLE_LINES: Readonly<Record<string, number>> = { s: 1, z: 4, A: 2, "!": 1 };

const LINE_END = 0x0a;
const DOT = ".".charCodeAt(0);

/** Finds the ends of commands in a stream of bytes. */
export class CommandScanner {
  /** The first letter of the command; "" between two, "?" in one whose beginning was not seen. */
  #letter = "";
  /** Its second line, when that is one letter. */
  #second = "";
  /** Whether there is a dot in its third line. */
  #dotted = false;
  /** How many of its lines are over. */
  #lines = 0;
  /** Of the line that has begun: its length, and its first byte. */
  #lineBytes = 0;
  #lineStart = 0;

  /** Begins inside a command that is answered already. @param lineSoFar What has come of its last line. */
  static inside(lineSoFar: Uint8Array): CommandScanner {
    const scanner = new CommandScanner();
    scanner.#letter = "?";
    scanner.#take(lineSoFar);
    return scanner;
  }

  /** Whether no command has begun. */
  get between(): boolean {
    return this.#letter === "";
  }

  /** Takes the next bytes; what each command wants that ends in them, in order. */
  push(bytes: Uint8Array): readonly Want[] {
    const wants: Want[] = [];
    for (let at = 0; at < bytes.length;) {
      const lineEnd = bytes.indexOf(LINE_END, at);
      this.#take(bytes.subarray(at, lineEnd < 0 ? bytes.length : lineEnd));
      if (lineEnd < 0) break;
      at = lineEnd + 1;
      if (!this.#endLine()) continue;
      wants.push(this.#want());
      this.#letter = "";
      this.#second = "";
      this.#dotted = false;
      this.#lines = 0;
    }
    return wants;
  }

  #take(part: Uint8Array): void {
    if (part.length === 0) return;
    if (this.#lineBytes === 0) this.#lineStart = part[0] ?? 0;
    if (this.#letter === "") this.#letter = String.fromCharCode(this.#lineStart);
    this.#lineBytes += part.length;
    if (this.#lines === 2) this.#dotted ||= part.includes(DOT);
  }

  /** @returns Whether the command ends with the line. */
  #endLine(): boolean {
    // An empty line between commands is none.
    if (this.#letter === "") return false;
    const line = this.#lineBytes === 1 ? String.fromCharCode(this.#lineStart) : "";
    this.#lineBytes = 0;
    this.#lines++;
    if (this.#lines === 2) this.#second = line;
    const whole = WHOLE_LINES[this.#letter];
    return whole === undefined ? line === "e" && this.#lines > this.#fixedLines() : this.#lines >= whole;
  }

  #fixedLines(): number {
    if (this.#letter === "?") return 0;
    // `r c` has one name, `r u` and `r m` have two.
    if (this.#letter === "r" && this.#second === "c") return 3;
    return FIXED_LINES[this.#letter] ?? 2;
  }

  #want(): Want {
    switch (this.#letter) {
      case "!":
      case "z":
      case "?":
        return "nothing";
      case "s":
        return "close";
      case "A":
        return "done";
      case "m":
        return this.#second === "d" ? "done" : "error";
      case "r":
        return this.#isNameInError() ? "name" : "error";
      default:
        return "error";
    }
  }

  /** py4j shows the error at the first name, such as `jvm.java`, and at those behind it only that there is none. */
  #isNameInError(): boolean {
    return this.#second === "m" || this.#second === "u" && this.#dotted;
  }
}
