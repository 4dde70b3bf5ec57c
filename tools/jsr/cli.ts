/**
 * Stand-in for `@std/cli` where JSR cannot be reached: `parseArgs` for programs
 * that declare every flag as `string` or `boolean`.
 * @module
 */

/** Options of {@linkcode parseArgs}. */
export interface ParseOptions<
  B extends string = string,
  S extends string = string,
  C extends string = string,
> {
  boolean?: readonly B[];
  string?: readonly S[];
  collect?: readonly C[];
  negatable?: readonly string[];
  alias?: Readonly<Record<string, string | readonly string[]>>;
  default?: Readonly<Record<string, unknown>>;
  stopEarly?: boolean;
  "--"?: boolean;
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What {@linkcode parseArgs} returns. */
export type Args<B extends string, S extends string, C extends string> =
  & { [K in B]: K extends C ? boolean[] : boolean }
  & { [K in S]: K extends C ? string[] : string | undefined }
  // deno-lint-ignore no-explicit-any
  & { _: (string | number)[]; "--"?: string[]; [name: string]: any };

/** Sorts command-line arguments into flags and operands. */
export function parseArgs<
  B extends string = never,
  S extends string = never,
  C extends string = never,
>(args: string[], options: ParseOptions<B, S, C> = {}): Args<B, S, C> {
  const groups = new Map<string, string[]>();
  for (const [name, other] of Object.entries(options.alias ?? {})) {
    const all = [...new Set([name, other].flat().flatMap((n) => [n, ...groups.get(n) ?? []]))];
    for (const n of all) groups.set(n, all);
  }
  const same = (name: string) => groups.get(name) ?? [name];
  const expand = (names: readonly string[] = []) => new Set(names.flatMap(same));
  const booleans = expand(options.boolean), strings = expand(options.string);
  const collects = expand(options.collect), negatables = expand(options.negatable);
  const known = new Set([...booleans, ...strings, ...collects, ...groups.keys()]);
  const out: Record<string, unknown> = {};
  const operands: (string | number)[] = [];
  const numeric = (text: string) => /^(?:0x[\da-f]+|[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)$/i.test(text);
  const put = (name: string, raw: string | boolean, arg: string) => {
    if (!known.has(name) && options.unknown?.(arg, name, raw) === false) return;
    const value = typeof raw === "string" && !strings.has(name) && numeric(raw) ? Number(raw) : raw;
    for (const n of same(name)) {
      out[n] = collects.has(n) ? [...out[n] as unknown[] ?? [], value] : value;
    }
  };

  const end = args.indexOf("--");
  const head = end < 0 ? args : args.slice(0, end), tail = end < 0 ? [] : args.slice(end + 1);
  for (let i = 0; i < head.length; i++) {
    const arg = head[i]!, next = head[i + 1];
    /** Sets `name`, from the next word where there is a fitting one. */
    const take = (name: string, dash: RegExp) => {
      const flag = next === "true" || next === "false";
      const word = next && !dash.test(next) && !booleans.has(name);
      if (word || flag) i++;
      put(name, word ? next : flag ? next === "true" : strings.has(name) ? "" : true, arg);
    };
    const long = /^--([^=]+)(?:=(.*))?$/s.exec(arg);
    const short = /^-[^-]/.test(arg);
    if (long) {
      const name = long[1]!, value = long[2];
      const bare = name.replace(/^no-/, "");
      if (value !== undefined) put(name, booleans.has(name) ? value !== "false" : value, arg);
      else if (name !== bare && negatables.has(bare)) put(bare, false, arg);
      else take(name, /^-/);
    } else if (short) {
      for (let j = 1; j < arg.length; j++) {
        const letter = arg[j]!, rest = arg.slice(j + 1);
        if (rest === "") take(letter, /^-./);
        else if (rest.startsWith("=") || numeric(rest)) {
          put(letter, rest.replace("=", ""), arg);
          break;
        } else put(letter, strings.has(letter) ? "" : true, arg);
      }
    } else {
      if (options.unknown?.(arg) !== false) {
        operands.push(!strings.has("_") && numeric(arg) ? Number(arg) : arg);
      }
      if (options.stopEarly) {
        operands.push(...head.slice(i + 1));
        break;
      }
    }
  }
  for (const [name, value] of Object.entries(options.default ?? {})) {
    for (const n of same(name)) out[n] ??= value;
  }
  for (const n of booleans) out[n] ??= collects.has(n) ? [] : false;
  for (const n of strings) if (collects.has(n)) out[n] ??= [];
  out._ = options["--"] ? operands : [...operands, ...tail];
  if (options["--"]) out["--"] = tail;
  return out as Args<B, S, C>;
}
