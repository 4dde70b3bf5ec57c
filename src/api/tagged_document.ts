/**
 * How is a document given that is not worth being sent again to who has it?
 * @module
 */

/** A document of JSON that seldom changes, and is not sent again to who says that he has it. */
export function taggedDocument(request: Request, document: unknown): Promise<Response> {
  return taggedText(request, JSON.stringify(document), { "content-type": "application/json" });
}

/** The same of any text; `headers` go with it, and all but its type with the answer that it is known. */
export async function taggedText(
  request: Request,
  text: string,
  { "content-type": type, ...headers }: Readonly<Record<string, string>> & {
    readonly "content-type": string;
  },
): Promise<Response> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  // 64 bits tell one document from another.
  const etag = `"${new Uint8Array(digest, 0, 8).toHex()}"`;
  const known = request.headers.get("if-none-match")?.split(",").map((each) =>
    each.trim().replace(/^W\//, "")
  );
  if (known?.some((each) => each === etag || each === "*")) {
    return new Response(null, { status: 304, headers: { ...headers, etag } });
  }
  return new Response(text, { headers: { ...headers, etag, "content-type": type } });
}
