/**
 * What does each setting come to, and who said so?
 * @module
 */

import type { Origin, Settings } from "../config.ts";
import { effectiveValue } from "../config/effective.ts";
import type { EffectiveValue } from "../config/effective.ts";
import { pointerTo } from "../config/place.ts";
import type { ConfigFile } from "../config/place.ts";
import { optionNames, variableOf } from "../options.ts";
import type { OptionName } from "../options.ts";

/** One setting, or one of the Spark settings among them. */
export interface SettingRow {
  readonly name: OptionName;
  /** `null` where there is none. */
  readonly value: EffectiveValue;
  readonly origin: Origin;
  /** The flag or the variable that says so; `null` for a default and for the file. */
  readonly by: string | null;
  /** Where the file says so; `null` when another place does. */
  readonly file: { readonly path: string; readonly pointer: string; readonly line: number | null } | null;
}

/** Every setting, in the order of help; each of Spark's settings by itself. */
export function settingRows(
  { settings, file }: { readonly settings: Settings; readonly file: ConfigFile | null },
): readonly SettingRow[] {
  return optionNames().flatMap((name): readonly SettingRow[] => {
    const origin = settings.origins[name] ?? "default";
    const row = (value: EffectiveValue, path: readonly string[]): SettingRow => {
      const pointer = pointerTo(path);
      const line = file?.lineOf(pointer) ?? null;
      const place = origin === "file" && file !== null ? { path: file.path, pointer, line } : null;
      return { name, value, origin, by: sayerOf(name, origin), file: place };
    };
    if (name === "config") return [row(file?.path ?? null, [name])];
    const value = effectiveValue(name, settings);
    if (name !== "conf" || settings.conf.length === 0) return [row(plain(value), [name])];
    return settings.conf.map((pair, at) => {
      const key = pair.slice(0, pair.indexOf("="));
      return row(pair, [name, file?.lineOf(pointerTo([name, key])) == null ? String(at) : key]);
    });
  });
}

/** An empty list is none. */
function plain(value: EffectiveValue): EffectiveValue {
  return Array.isArray(value) && value.length === 0 ? null : value;
}

function sayerOf(name: OptionName, origin: Origin): string | null {
  switch (origin) {
    case "flag":
      return `--${name}`;
    case "environment":
      return variableOf(name);
    case "file":
    case "default":
      return null;
  }
}
