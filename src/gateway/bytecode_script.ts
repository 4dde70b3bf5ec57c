/**
 * How is PySpark compiled for Spark's workers? By their Python, in one program, with what its standard library documents.
 * @module
 */

/**
 * Python 3.8 and later. Its arguments: a Spark's home; a folder to make; and where that folder will be, which tracebacks name.
 * Makes a home of links but for the archives in `python/lib`: those hold bytecode beside each source that is not PySpark's own
 * tests. Not compressed: a third of 12 MB less to read costs each start of the workers 20 ms.
 *
 * The bytecode is "unchecked" (PEP 552): it lies in one archive with its source and is as old. A Python of another version finds
 * that it is not its own, and compiles the source, as it does without (`zipimport`).
 *
 * Ends with 0 when this Python imports its workers' program from there, bytecode and not source; else with a reason on its last
 * line of standard error.
 */
export const BYTECODE_SCRIPT = `
import importlib.util, marshal, os, sys, zipfile

def link(source, place, without, besides=()):
    os.mkdir(place)
    for name in {*os.listdir(source), *besides} - {without}:
        os.symlink(os.path.join(source, name), os.path.join(place, name))

def bytecode(text, path):
    try:
        code = compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    unchecked = (1).to_bytes(4, "little")
    return importlib.util.MAGIC_NUMBER + unchecked + importlib.util.source_hash(text) + marshal.dumps(code)

def compiled(source, place, seen_as):
    with open(place, "wb") as file:
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(file, "w") as new:
            names = set(old.namelist())
            for entry in old.infolist():
                text = old.read(entry)
                new.writestr(entry, text)
                name = entry.filename
                if not name.endswith(".py") or name + "c" in names or "/tests/" in name:
                    continue
                code = bytecode(text, os.path.join(seen_as, name))
                if code is not None:
                    new.writestr(name + "c", code)
        file.flush()
        os.fsync(file.fileno())

home, place, seen_as = sys.argv[1:]
# The folder of settings may be made later.
link(home, place, "python", ["conf"])
link(os.path.join(home, "python"), os.path.join(place, "python"), "lib")
archives = os.path.join("python", "lib")
os.mkdir(os.path.join(place, archives))
for name in os.listdir(os.path.join(home, archives)):
    inner = os.path.join(archives, name)
    if name.endswith(".zip"):
        compiled(os.path.join(home, inner), os.path.join(place, inner), os.path.join(seen_as, inner))
        sys.path.insert(0, os.path.join(place, inner))
    else:
        os.symlink(os.path.join(home, inner), os.path.join(place, inner))

import pyspark.daemon
if pyspark.daemon.__file__ != os.path.join(place, archives, "pyspark.zip", "pyspark", "daemon.pyc"):
    sys.exit("Python takes " + pyspark.daemon.__file__)
`;
