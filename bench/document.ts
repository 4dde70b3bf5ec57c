/**
 * How does what was measured get into the documentation?
 * @module
 */

/**
 * Puts a text between the lines `<!-- name -->` and `<!-- /name -->` of a document.
 * @throws {Error} When the document has no such lines.
 */
export async function writeInto(path: string, name: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const document = await Deno.readTextFile(path);
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} lacks the lines ${begin} and ${end}`);
  await Deno.writeTextFile(path, `${document.slice(0, from)}${begin}\n\n${text}\n\n${document.slice(to)}`);
}
