/**
 * Where does a command of Py4J end, however its bytes are split?
 * @module
 */

/** What a command wants for an answer when the gateway is gone. */
export type Want =
  /** An error. */
  | "error"
  /** "Done": the release of an object that is gone anyway. */
  | "done"
  /** Nothing: the return of a callback, a cancellation, the rest of what was answered before. */
  | "nothing"
  /** The end of everything, of which there is nothing left. */
  | "close";

/** Lines of a command, its letter's included, before its arguments: among these an `e` is a name and no end mark. */
const FIXED_LINES: Readonly<Record<string, number>> = { c: 3, S: 3, i: 2, r: 3, m: 3, f: 4, g: 2 };
/** Commands that have no end mark, only so many lines. `!` begins the return of a callback. */
const WHOLE_LINES: Readonly<Record<string, number>> = { s: 1, z: 4, A: 2, "!": 1 };

const LINE_END = 0x0a;
const END_MARK = "e".charCodeAt(0);

/** Finds the ends of commands in a stream of bytes. */
export class CommandScanner {
  /** The first letter of the command; "" before it, "?" in one whose beginning was not seen. */
  #letter = "";
  /** Whether its second line is a `d`, as in the release of an object. */
  #isDelete = false;
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
      if (lineEnd < 0) {
        this.#take(bytes.subarray(at));
        break;
      }
      this.#take(bytes.subarray(at, lineEnd));
      if (this.#endLine()) {
        wants.push(this.#want());
        this.#letter = "";
        this.#lines = 0;
      }
      at = lineEnd + 1;
    }
    return wants;
  }

  #take(part: Uint8Array): void {
    if (this.#lineBytes === 0) this.#lineStart = part[0] ?? 0;
    this.#lineBytes += part.length;
    if (this.#letter === "" && this.#lineBytes > 0) this.#letter = String.fromCharCode(this.#lineStart);
  }

  /** @returns Whether the command ends with the line. */
  #endLine(): boolean {
    const isLetter = this.#lineBytes === 1;
    this.#lines++;
    if (this.#lines === 2) this.#isDelete = isLetter && this.#lineStart === "d".charCodeAt(0);
    const isEndMark = isLetter && this.#lineStart === END_MARK;
    this.#lineBytes = 0;
    const whole = WHOLE_LINES[this.#letter];
    if (whole !== undefined) return this.#lines >= whole;
    // An empty line between commands is none.
    if (this.#letter === "") {
      this.#lines = 0;
      return false;
    }
    return isEndMark && this.#lines > (FIXED_LINES[this.#letter] ?? (this.#letter === "?" ? 0 : 1));
  }

  #want(): Want {
    switch (this.#letter) {
      case "!":
      case "z":
      case "?":
        return "nothing";
      case "s":
        return "close";
      case "m":
        return this.#isDelete ? "done" : "error";
      case "A":
        return "done";
      default:
        return "error";
    }
  }
}
