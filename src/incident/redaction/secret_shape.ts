/**
 * Which texts are secrets by their look alone, whatever they are called?
 * @module
 */

/** What stands in the place of a secret. */
export const MARK = "<redacted>";

/** A text without its secrets, and how many there were. */
export interface Redacted {
  readonly text: string;
  readonly count: number;
}

/**
 * One row a kind of secret. What the first group matches stays, and what the last one does where there are two. Each
 * begins with letters of its own and repeats within bounds: the time is in proportion to the text, and V8's stack for
 * going back holds.
 */
const SHAPES: readonly RegExp[] = [
  // A header of HTTP with its whole value.
  /(\b(?:proxy-)?authorization["']?[ \t]{0,8}[:=](?![ \t"']{0,9}<redacted>)[ \t]{0,8}["']?)[^"'\r\n]+/gi,
  /(\b(?:set-)?cookie[ \t]{0,8}:(?![ \t]{0,8}<redacted>)[ \t]{0,8})[^"'\r\n]+/gi,
  // RFC 6750. A word without a digit, such as "Bearer authentication", is prose.
  /(\bBearer[ \t]{1,8})(?:(?=[A-Za-z._~+/=-]{0,64}\d)[\w.~+/=-]{6,8192}|[\w.~+/=-]{24,8192})/gi,
  // JSON Web Token (RFC 7519): its header is an object in base64, and so begins with eyJ.
  /()(?<![\w-])eyJ[\w-]{8,2048}\.[\w.-]{8,16384}/g,
  // Amazon's access keys (IAM's documentation of unique identifiers), Google's API keys and OAuth tokens.
  /()\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g,
  /()\bAIza[\w-]{35}/g,
  /()\bya29\.[\w-]{16,4096}/g,
  // An Azure storage account's key: 64 bytes in base64.
  /()(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==/g,
  // GitHub, GitLab, Slack, Databricks, PyPI, Hugging Face.
  /()\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\w{22,255}|glpat-[\w-]{20,255}|xox[abeprs]-[\w-]{10,255})/g,
  /()\b(?:dapi[0-9a-f]{32}|pypi-[\w-]{50,4096}|hf_[A-Za-z0-9]{30,255})/g,
  // What Spark makes for Py4J and for itself: 256 random bits or more in hexadecimal digits (Utils.createSecret). A
  // digest and the number of a container, called so, are none.
  /()(?<![0-9a-f]|\b(?:sha\d+|digest|image|layers?|docker|containers?|containerd|crio|libpod|overlay2?)[-:/=@]{1,3})[0-9a-f]{64,1024}/g,
  // user:password@ in a URL. A container before an "@" (abfss://data@account) and Spark's own
  // spark://HeartbeatReceiver@host:7077 have no colon there, and are no secrets.
  /(:\/\/)[^\s/:@"'<>]{0,256}:[^\s/"'<>]{1,256}(@)/g,
  /(\bhttps?:\/\/)[^\s/:@"'<>]{1,256}(@)/gi,
  /(\bjdbc:oracle:[a-z]{1,16}:)[^\s/@<>]{1,128}\/[^\s@<>]{1,128}(@)/gi,
  // The signature of a URL that gives access by itself: Azure's, Amazon's, Google's.
  /([?&](?:sig|signature|x-amz-signature|x-goog-signature)=)(?!<redacted>)[^\s&"'<>]+/gi,
];

/** A secret of Spark's that was broken over two lines. */
const BROKEN = /(?<![0-9a-f])([0-9a-f]{1,63})(\r?\n[ \t]{0,8})([0-9a-f]{1,63})(?![0-9a-f])/g;
const DIGITS = 64;

/** Replaces what looks like a secret. */
export function redactShapes(text: string): Redacted {
  let count = 0;
  let redacted = text;
  for (const shape of SHAPES) {
    redacted = redacted.replace(shape, (_match, before: string, after: string | number) => {
      count++;
      return `${before}${MARK}${typeof after === "string" ? after : ""}`;
    });
  }
  redacted = redacted.replace(BROKEN, (whole, start: string, end: string, rest: string) => {
    if (start.length + rest.length !== DIGITS) return whole;
    count++;
    return `${MARK}${end}${MARK}`;
  });
  return { text: redacted, count };
}

/** Replaces private keys in the PEM form (RFC 7468), line by line: the end of one may have been cut off. */
export function redactPrivateKeys(lines: readonly string[]): { lines: readonly string[]; count: number } {
  const kept: string[] = [];
  let count = 0;
  let within = false;
  for (const line of lines) {
    if (within) {
      if (/-----END [A-Z ]{0,40}PRIVATE KEY-----/.test(line)) {
        within = false;
        continue;
      }
      within = /^[\sA-Za-z0-9+/=:,-]*$/.test(line) && line.trim() !== "";
      if (within) continue;
    }
    const begin = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/.exec(line);
    if (begin === null) {
      kept.push(line);
      continue;
    }
    const end = /-----END [A-Z ]{0,40}PRIVATE KEY-----/.exec(line);
    within = end === null;
    const rest = end === null ? "" : line.slice(end.index + end[0].length);
    kept.push(`${line.slice(0, begin.index)}${MARK}${rest}`);
    count++;
  }
  return { lines: kept, count };
}
