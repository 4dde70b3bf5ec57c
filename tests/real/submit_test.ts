import { deepEqual, match, ok, strictEqual } from "node:assert/strict";
import { Place, program, RunningDaemon } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";
import { byRekindle, bySpark, furnish, type Submission, SUBMISSIONS } from "./submissions.ts";

const spark = sparkInstallations().at(-1);
if (spark === undefined) throw new Error("No PySpark to test on");
const JOB = program("submitted.py");

/** What takes effect when a JVM starts, and the rest; the other lines are compared by `bench/submissions.ts`. */
const TOO_LATE: Submission = {
  name: "everything at once",
  words: [
    ...[
      "--driver-memory",
      "700m",
      "--properties-file",
      "my.conf",
      "--py-files",
      "lib/extra_module.py,zipped.zip",
    ],
    ...["--files", "data.txt", "--conf", "spark.sql.shuffle.partitions=9", JOB, "everything", "a b", ""],
  ],
  env: { SPARK_CONF_DIR: "conf" },
  code: 3,
};

Deno.test("submit: a program prints and returns what it does under spark-submit", async (test) => {
  await using place = await Place.make(spark);
  await furnish(place);
  const compare = async (submission: Submission) => {
    const [theirs, ours] = [await bySpark(place, submission), await byRekindle(place, submission)];
    deepEqual([ours.code, ours.stdout], [theirs.code, theirs.stdout], ours.stderr);
    strictEqual(ours.code, submission.code);
    return ours;
  };
  const daemon = await RunningDaemon.start(place, ["--sharing", "exclusive"]);
  await test.step("on a gateway of its own for what takes effect when a JVM starts", async () => {
    const { stdout, stderr } = await compare(TOO_LATE);
    match(stdout, /^extra zipped some data 9 from a file$/m);
    match(stderr, /a gateway of its own for this program: --driver-memory has its effect when a JVM starts/);
  });
  await test.step("on the running daemon's for what only sets properties", async () => {
    const submission = SUBMISSIONS.find(({ name }) => name === "an exception, named, with two threads");
    ok(submission !== undefined);
    const { stdout, stderr } = await compare(submission);
    match(stdout, /^the name local\[2\] 2$/m);
    match(stdout, /^ValueError: no such luck$/m);
    ok(!stderr.includes("starting gateway"), stderr);
  });
  await test.step("and the next one finds nothing of them", async () => {
    const next = await place.rekindle(["submit", ...place.flags, JOB, "settings"]);
    strictEqual(next.code, 0, next.stderr);
    match(next.stdout, /^submitted\.py local\[\*\]/m);
  });
  await daemon.end("SIGTERM");
  strictEqual(place.processes().join("\n"), "");
  strictEqual(place.temporary().join("\n"), "");
});
