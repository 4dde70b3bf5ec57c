/**
 * Which commands does a page of the documentation tell its reader to type?
 * @module
 */

import { fromFileUrl } from "@std/path";

const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** A page, by its path in the checkout. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Reads one. */
export async function readPage(path: string): Promise<Page> {
  return { path, text: await Deno.readTextFile(ROOT + path) };
}

/** What stands in the first block of this language. @throws {Error} When there is none. */
export function blockOf({ path, text }: Page, language: string): string {
  const [, block] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "ms").exec(text) ?? [];
  if (block === undefined) throw new Error(`${path} has no block of ${language}`);
  return block;
}

/** The commands, each as it is written, with its remark: the lines of `sh`, and those behind a prompt of `console`. */
export function commandsOf({ text }: Page): readonly string[] {
  return text.matchAll(/^```(sh|console)\n(.*?)^```/gms).flatMap(([, language, block = ""]) =>
    language === "sh"
      // A line that ends in a backslash goes on.
      ? block.matchAll(/^(?:.*\\\n)*.+$/gm).map(([command]) => command)
      : block.matchAll(/^\$ (.*)$/gm).map(([, command = ""]) => command)
  ).toArray();
}

/** A command without the remark behind it. */
export function withoutRemark(command: string): string {
  return command.replace(/ +# .*$/, "");
}
