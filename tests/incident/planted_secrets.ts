/**
 * Secrets as a daemon is given them, and the ways in which programs write them where no name tells what they are.
 * @module
 */

/** The secret that a gateway makes for Py4J: 256 bits in hexadecimal digits. */
export const PY4J_SECRET = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/** The variables of a daemon, as the user has set them. */
export const ENV: Readonly<Record<string, string>> = {
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEY",
  SERVICE_TOKEN: "tok-7f3Qm2Zk9Rw1Lx8V",
  DATABASE_URL: "postgresql://reports:Wintersleep%2F2026@db.example.org/sales",
  PYSPARK_SUBMIT_ARGS: "--conf spark.my.api.token=sub-4Kd8sPq2Ws pyspark-shell",
};
/** The settings it was given for Spark. */
export const CONF: readonly string[] = [
  "spark.hadoop.fs.s3a.secret.key=s3aKey/plus+slash==",
  `spark.my.password=Tr0ub4dor&3"<x>'\\y z`,
  "spark.app.name=orders",
];

/** What of all this must be found nowhere. */
export const SECRETS: readonly string[] = [
  PY4J_SECRET,
  "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEY",
  "tok-7f3Qm2Zk9Rw1Lx8V",
  "Wintersleep%2F2026",
  "Wintersleep/2026",
  "sub-4Kd8sPq2Ws",
  "s3aKey/plus+slash==",
  `Tr0ub4dor&3"<x>'\\y z`,
];

/** Ways of writing a secret, by what writes so. None gives a name that tells. */
export const SHAPES: Readonly<Record<string, (secret: string) => string>> = {
  prose: (secret) => `the value ${secret} was refused`,
  word: (secret) => `x${secret}x`,
  JSON: (secret) => JSON.stringify({ x: secret, n: 1 }),
  "JSON in JSON": (secret) => JSON.stringify({ line: JSON.stringify({ x: secret }) }),
  "JSON for HTML": (secret) => JSON.stringify({ x: secret }).replaceAll(/[<>&'/]/g, unicode),
  "a Hadoop configuration": (secret) => `<property><name>x</name><value>${xml(secret)}</value></property>`,
  "a Java property": (secret) => `java -Dspark.x=${secret} -Xmx1g`,
  "an environment": (secret) => `X=${secret}`,
  "a URL": (secret) => `https://host/path?x=${encodeURIComponent(secret)}&y=1`,
  "a form": (secret) => `y=1&${new URLSearchParams({ x: secret })}`,
  "a Python dict": (secret) => `{'x': ${python(secret)}, 'y': 1}`,
  "a properties file": (secret) => `x=${secret.replaceAll(/[:=\\ ]/g, "\\$&")}`,
  "a thread": (secret) => `"worker-${secret}" #12 daemon prio=5 os_prio=0 tid=0x00007f3 nid=0x1a waiting`,
  "a histogram": (secret) => `   1:          1024         65536  com.x.${secret}`,
  "a console": (secret) => `the value ${secret.slice(0, 9)}\n${secret.slice(9)} was refused`,
  "an indented console": (secret) => `the value ${secret.slice(0, 7)}\r\n    ${secret.slice(7)} was refused`,
};

function unicode(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
    '"',
    "&quot;",
  );
}

/** As `repr` writes it. */
function python(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Every secret in every shape. */
export const PLANTED: string = SECRETS.flatMap((secret) =>
  Object.values(SHAPES).map((shape) => `${shape(secret)}\n`)
).join("");

/** What still betrays a secret in a text, whatever line breaks and escapes stand in it. */
export function leaksIn(text: string): readonly string[] {
  const bare = (some: string) => some.replaceAll(/\\n|\\r|[\s\\]/g, "");
  const seen = [text, bare(text)];
  return SECRETS.flatMap((secret) =>
    [secret, ...Object.values(SHAPES).map((shape) => shape(secret)), encodeURIComponent(secret)]
      .filter((written) => seen.some((each) => each.includes(written) || each.includes(bare(written))))
      .map((written) => written.slice(0, 80))
  );
}
