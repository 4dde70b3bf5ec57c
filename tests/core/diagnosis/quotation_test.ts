import assert from "node:assert/strict";
import { Quotation } from "../../../src/core/diagnosis/quotation.ts";

/** The lines that are not quoted. */
function said(text: string): readonly string[] {
  const quotation = new Quotation();
  return text.split("\n").filter((line) => !quotation.holds(line));
}

Deno.test("a line of code below a frame of Python is quoted, and the error below it is not", () => {
  const text = `Traceback (most recent call last):
  File "/app/x.py", line 3, in <module>
    raise Py4JNetworkError("Answer from Java side is empty")
          ^^^^^^^^^^^^^^^^
  File "<stdin>", line 1, in f
ValueError: a
    a detail of the error`;
  assert.deepEqual(said(text), text.split("\n").filter((_, at) => at !== 2 && at !== 3));
});

Deno.test("a traceback that stands deeper keeps its error, and Java's frames are no code", () => {
  assert.deepEqual(
    said('    File "a.py", line 1, in f\n      g()\n    ValueError: a').at(-1),
    "    ValueError: a",
  );
  const java = '  File "a.py", line 1, in f\n\tat a.B.c(B.java:1)';
  assert.equal(said(java).length, 2);
});

Deno.test("what IPython shows of a cell is quoted", () => {
  const text = `Cell In[14], line 1
----> 1 raise OSError("No space left on device")
      2 # not reached

File /opt/lib/py4j/clientserver.py:516, in send_command(self)
    515     pass
--> 516     raise Py4JNetworkError("Answer from Java side is empty")
Py4JJavaError: An error occurred`;
  assert.deepEqual(said(text), [0, 3, 4, 7].map((at) => text.split("\n")[at]));
});

Deno.test("the query of an error is quoted to the place that is pointed at", () => {
  const text = "== SQL ==\nSELECT 'No space left on device'\n\nFORM x\n-----^^^\nNo space left on device";
  assert.deepEqual(said(text), ["No space left on device"]);
  const open = "== DataFrame ==\nx\n24/01/01 10:00:00 ERROR A: b\nc";
  assert.deepEqual(said(open), ["24/01/01 10:00:00 ERROR A: b", "c"]);
});

Deno.test("remarks and rows of a printed table are quoted, and HotSpot's last words are not", () => {
  for (const line of ["# or it dies with a.B: c", "-- OOMKilled", "  // Killed", "|1  |OOMKilled |"]) {
    assert.deepEqual(said(line), [], line);
  }
  for (
    const line of [
      "# java.lang.OutOfMemoryError: Java heap space",
      "#  SIGSEGV (0xb) at pc=0x00007f2b, pid=17, tid=203",
      "# C  [libfoo.so+0x1234]  foo+0x10",
      "# Cannot create GC worker thread. Out of system resources.",
      "|| true",
      "a | b | c",
    ]
  ) assert.deepEqual(said(line), [line]);
});
