/**
 * Which options does a Spark's `spark-submit` take? Read from the class that parses them, so that it is the list of
 * this Spark and no other: its help does not say of every option whether a value follows.
 * @module
 */

/** The options, each under every spelling, with its official one. */
export interface OptionTable {
  /** Those that are followed by a value. */
  readonly valued: ReadonlyMap<string, string>;
  /** Those that stand alone. */
  readonly switches: ReadonlyMap<string, string>;
}

/** The class, as a jar names it: the same from Spark 1.4 on. */
export const OPTION_CLASS = "org/apache/spark/launcher/SparkSubmitOptionParser.class";

/**
 * Reads the two tables `opts` and `switches` out of the compiled class. Both are arrays of arrays of constants, which
 * its constructor builds in a straight line of nine kinds of instructions (JVMS 4.4, 4.7.3 and 6.5).
 * @returns `null` when the class is built in another way.
 */
export function readOptionTable(classFile: Uint8Array): OptionTable | null {
  try {
    const { pool, code } = readConstructor(
      new DataView(classFile.buffer, classFile.byteOffset, classFile.length),
    );
    const tables = readTables(code, pool);
    const [valued, switches] = [tables.get("opts"), tables.get("switches")];
    if (valued === undefined || switches === undefined) return null;
    return { valued: bySpelling(valued), switches: bySpelling(switches) };
  } catch (error) {
    // Reading beyond the end of what is no class file.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The first spelling of a row is the official one. */
function bySpelling(rows: readonly (readonly string[])[]): ReadonlyMap<string, string> {
  return new Map(rows.flatMap((row) => row.map((spelling) => [spelling, row[0] ?? spelling] as const)));
}

/** The constants of a class: their texts, and of those that lead to a text or a name, by way of which constant. */
type Pool = readonly (string | number | undefined)[];

/** The text that a constant is or leads to: a field leads to its name. */
function textOf(pool: Pool, index: number): string {
  const constant = pool[index];
  if (constant === undefined) throw new RangeError(`There is no constant ${index}`);
  return typeof constant === "string" ? constant : textOf(pool, constant);
}

/** Constants that lead to a text, and how many bytes those take that lead nowhere (JVMS table 4.4-A). */
const LEADING = [7, 8, 16, 19, 20];
const OTHER_BYTES: Readonly<Record<number, number>> = { 3: 4, 4: 4, 5: 8, 6: 8, 15: 3, 17: 4, 18: 4 };

class Reader {
  readonly #view: DataView;
  #at: number;

  constructor(view: DataView, at = 0) {
    this.#view = view;
    this.#at = at;
  }

  take(bytes: 1 | 2 | 4): number {
    const at = this.#at;
    this.#at += bytes;
    if (bytes === 1) return this.#view.getUint8(at);
    return bytes === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  bytes(count: number): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.#view;
    if (this.#at + count > byteLength) throw new RangeError("The class file ends too soon");
    const found = new Uint8Array(buffer, byteOffset + this.#at, count);
    this.#at += count;
    return found;
  }
}

function readConstructor(view: DataView): { pool: Pool; code: Uint8Array } {
  const reader = new Reader(view);
  if (reader.take(4) !== 0xcafebabe) throw new RangeError("That is no class file");
  reader.take(4);
  const pool = readPool(reader);
  // Its own access flags, name and super class.
  reader.bytes(6);
  reader.bytes(2 * reader.take(2));
  skipMembers(reader, pool);
  const code = skipMembers(reader, pool).get("<init>");
  if (code === undefined) throw new RangeError("There is no constructor");
  return { pool, code };
}

function readPool(reader: Reader): Pool {
  const count = reader.take(2);
  const pool: (string | number | undefined)[] = [undefined];
  while (pool.length < count) {
    const tag = reader.take(1);
    const [first, second] = tag >= 9 && tag <= 12 ? [reader.take(2), reader.take(2)] : [];
    if (tag === 1) pool.push(new TextDecoder().decode(reader.bytes(reader.take(2))));
    else if (LEADING.includes(tag)) pool.push(reader.take(2));
    // A field has its class first and then its name and type; those have the name first.
    else if (first !== undefined) pool.push(tag === 12 ? first : second);
    else {
      const bytes = OTHER_BYTES[tag];
      if (bytes === undefined) throw new RangeError(`There is no constant of kind ${tag}`);
      reader.bytes(bytes);
      pool.push(undefined);
      // Long and double take two places.
      if (tag === 5 || tag === 6) pool.push(undefined);
    }
  }
  return pool;
}

/** Passes over the fields or the methods; the code of those that have some, by name. */
function skipMembers(reader: Reader, pool: Pool): ReadonlyMap<string, Uint8Array> {
  const code = new Map<string, Uint8Array>();
  for (let left = reader.take(2); left > 0; left--) {
    reader.take(2);
    const name = textOf(pool, reader.take(2));
    reader.take(2);
    for (let attributes = reader.take(2); attributes > 0; attributes--) {
      const kind = textOf(pool, reader.take(2));
      const bytes = reader.bytes(reader.take(4));
      if (kind !== "Code") continue;
      const inside = new Reader(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
      // How much stack and how many variables it needs.
      inside.bytes(4);
      code.set(name, inside.bytes(inside.take(4)));
    }
  }
  return code;
}

const LDC = 0x12;
const LDC_W = 0x13;
const PUTFIELD = 0xb5;
const ANEWARRAY = 0xbd;
/** How long each instruction of such a constructor is, in bytes. */
const LENGTHS: Readonly<Record<number, number>> = {
  ...Object.fromEntries([2, 3, 4, 5, 6, 7, 8].map((constant) => [constant, 1])),
  ...{ 0x10: 2, 0x11: 3, [LDC]: 2, [LDC_W]: 3, 0x2a: 1, 0x53: 1, 0x59: 1, 0xb1: 1 },
  ...{ [PUTFIELD]: 3, 0xb7: 3, [ANEWARRAY]: 3 },
};

/** What the constructor stores in each field that it fills with arrays of texts. */
function readTables(code: Uint8Array, pool: Pool): ReadonlyMap<string, readonly (readonly string[])[]> {
  const tables = new Map<string, readonly (readonly string[])[]>();
  let rows: string[][] = [];
  for (let at = 0; at < code.length;) {
    const instruction = code[at] ?? 0;
    const length = LENGTHS[instruction];
    if (length === undefined) throw new RangeError(`Instruction ${instruction} is not expected here`);
    const index = instruction === LDC ? code[at + 1] ?? 0 : (code[at + 1] ?? 0) * 256 + (code[at + 2] ?? 0);
    if (instruction === ANEWARRAY && textOf(pool, index) === "java/lang/String") rows.push([]);
    if (instruction === LDC || instruction === LDC_W) rows.at(-1)?.push(textOf(pool, index));
    if (instruction === PUTFIELD) {
      tables.set(textOf(pool, index), rows);
      rows = [];
    }
    at += length;
  }
  return tables;
}
