import assert from "node:assert/strict";
import { dirname, join } from "@std/path";
import { readArgs } from "../../src/cli/args.ts";
import { commandsOf, readPage, withoutRemark } from "../pages.ts";
import type { Page } from "../pages.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const FOLDERS = ["bench", "docs", "examples", "src", "systemd", "tests", "tools"];

/** Every file that is kept, relative to the checkout. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = join(folder, name);
    if (isDirectory) files.push(...await filesIn(path));
    else files.push(path);
  }
  return files;
}

const FILES = (await Promise.all(FOLDERS.map(filesIn))).flat();

const PAGES: readonly Page[] = await Promise.all(
  [
    ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"],
    ...FILES.filter((path) => /^(?:docs|systemd)\/.*\.md$/.test(path)),
  ].map(readPage),
);

/** Commands of examples, without their remarks. */
function typed(page: Page): readonly string[] {
  const { text } = page;
  const indented = text.matchAll(/^ {4}\$ (\S.*)$/gm).map(([, line = ""]) => line).toArray();
  return [...commandsOf(page).map(withoutRemark), ...indented];
}

/** What stands between backquotes in a sentence. */
function quoted({ text }: Page): readonly string[] {
  return text.matchAll(/`([^`\n]+)`/g).map(([, code = ""]) => code).toArray();
}

/** As a shell would part them, as far as examples need it. */
function words(line: string): readonly string[] {
  return line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)?.map((word) => word.replaceAll(/["']/g, "")) ?? [];
}

/** The command lines of rekindle on a page; those between backquotes may stand for many. */
function commandLines(page: Page): readonly (readonly string[])[] {
  const forMany = /[|[…]|\b[A-Z]{2,}\b/;
  return [...typed(page), ...quoted(page).filter((code) => !forMany.test(code))].flatMap((line) => {
    const [, rest] = /^(?:sudo (?:-\S+ \S+ )?)?(?:\.\/)?rekindle ((?!@)[^:].*)$/.exec(line) ?? [];
    return rest === undefined ? [] : [words(rest.replace(/ [&<>|].*$/, ""))];
  });
}

function anchorsIn(text: string): readonly string[] {
  return text.matchAll(/^#+ (.*)$/gm).map(([, title = ""]) =>
    title.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-")
  ).toArray();
}

Deno.test("readArgs() understands every command line that is shown in the documentation", () => {
  const lines = PAGES.flatMap((page) => commandLines(page).map((args) => ({ page: page.path, args })));
  assert.ok(lines.length > 40);
  const refused = lines.flatMap(({ page, args }) => {
    try {
      readArgs(args);
      return [];
    } catch (error) {
      return [`${page}: rekindle ${args.join(" ")}: ${error}`];
    }
  });
  assert.deepEqual(refused, []);
});

Deno.test("every link of the documentation leads to a file that is kept, and to a heading that it has", () => {
  const broken = PAGES.flatMap(({ path, text }) =>
    text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g).flatMap(([link, target = "", anchor]) => {
      const file = target === "" ? path : join(dirname(path), target);
      const page = PAGES.find((each) => each.path === file);
      const isThere = page !== undefined || FILES.includes(file);
      const isFound = anchor === undefined || page !== undefined && anchorsIn(page.text).includes(anchor);
      return isThere && isFound ? [] : [`${path}: ${link}`];
    }).toArray()
  );
  assert.deepEqual(broken, []);
});

Deno.test("every source, test and bench that the documentation names is there", () => {
  const missing = PAGES.flatMap((page) =>
    quoted(page).filter((code) => /^[\w./*-]+\.ts$/.test(code)).filter((code) => {
      const pattern = code.replaceAll(".", "\\.").replaceAll("*", "[^/]*");
      return !FILES.some((path) => new RegExp(`(?:^|/)${pattern}$`).test(path));
    }).map((code) => `${page.path}: ${code}`)
  );
  assert.deepEqual(missing, []);
});

Deno.test("every folder that the documentation names is there", () => {
  const folders = new Set(FILES.map((path) => path.replace(/[^/]+$/, "")));
  const missing = PAGES.flatMap((page) =>
    quoted(page).filter((code) => new RegExp(`^(?:${FOLDERS.join("|")})/[\\w/]*$`).test(code))
      .filter((code) => !folders.has(code.replace(/\/?$/, "/"))).map((code) => `${page.path}: ${code}`)
  );
  assert.deepEqual(missing, []);
});

Deno.test("every task and script that the documentation runs is there", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const missing = PAGES.flatMap((page) =>
    [...typed(page), ...quoted(page)].flatMap((line) => {
      const task = /\bdenow task (\S+)/.exec(line)?.[1];
      const script = /\b(?:denow run -A|python3?) ((?:bench|examples|tools)\/[a-z_]+\.\w+)/.exec(line)?.[1];
      const isThere = (task === undefined || task in tasks) &&
        (script === undefined || FILES.includes(script));
      return isThere ? [] : [`${page.path}: ${line}`];
    })
  );
  assert.deepEqual(missing, []);
});

Deno.test("README.md names every variable that the program goes by, and no other", async () => {
  // What doctor only looks at, and how the wrapper of a checkout speaks to the program.
  const others = ["DENO_DIR", "REKINDLE_GENERATION", "REKINDLE_PROVISION"];
  const sources = await Promise.all(
    FILES.filter((path) => /^src\/.*\.ts$/.test(path) && !/\/doctor\//.test(path))
      .map((path) => Deno.readTextFile(join(ROOT, path))),
  );
  const code = sources.join("\n");
  const readme = await readPage("README.md");
  const table = readme.text.slice(readme.text.indexOf("| variable |"));
  const told = table.slice(0, table.indexOf("\n\n")).split("\n").flatMap((row) =>
    row.split("|")[1]?.matchAll(/`([A-Z_]+)`/g).map(([, name = ""]) => name).toArray() ?? []
  );
  const read = new Set(code.matchAll(/\benv\.([A-Z_]{3,})\b/g).map(([, name = ""]) => name));
  assert.deepEqual([...read].filter((name) => !told.includes(name) && !others.includes(name)), []);
  assert.deepEqual(told.filter((name) => !new RegExp(`\\b${name}\\b`).test(code)), []);
});
