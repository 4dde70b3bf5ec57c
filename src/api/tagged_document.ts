/**
 * How is a document given that is not worth being sent again to who has it?
 * @module
 */

/** A document that seldom changes, and is not sent again to who says that he has it. */
export async function taggedDocument({ headers }: Request, document: unknown): Promise<Response> {
  const text = JSON.stringify(document);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  // 64 bits tell one document from another.
  const etag = `"${new Uint8Array(digest, 0, 8).toHex()}"`;
  const known = headers.get("if-none-match")?.split(",").map((each) => each.trim().replace(/^W\//, ""));
  if (known?.some((each) => each === etag || each === "*")) {
    return new Response(null, { status: 304, headers: { etag } });
  }
  return new Response(text, { headers: { etag, "content-type": "application/json" } });
}
