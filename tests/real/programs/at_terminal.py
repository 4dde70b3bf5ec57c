"""Types at a terminal as a person does: at_terminal.py STEPS CMD [ARG...]

STEPS is JSON, a list of [what to wait for, what to type]: a text of the screen that comes behind the last one, or the path of
a file, which begins with "/". Prints what was on the screen; ends as the command does.
"""

import json
import os
import pty
import select
import signal
import sys


def give_up(*_):
    print(f"{seen}\nnever came: {steps[0][0] if steps else 'the end'!r}")
    os.kill(pid, signal.SIGHUP)
    sys.exit(99)


def screen(master):
    """What has come since, or None when the command has ended; waits for a moment alone."""
    if not select.select([master], [], [], 0.05)[0]:
        return ""
    try:
        return os.read(master, 65536).decode(errors="replace")
    except OSError:
        return None


steps = json.loads(sys.argv[1])
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])

# A step that never comes would wait for ever.
signal.signal(signal.SIGALRM, give_up)
signal.alarm(300)
seen, at, came = "", 0, ""
while came is not None:
    came = screen(master)
    seen += came or ""
    if steps:
        awaited, typed = steps[0]
        if awaited.startswith("/"):
            end = len(seen) if os.path.exists(awaited) else -1
        else:
            start = seen.find(awaited, at)
            end = -1 if start < 0 else start + len(awaited)
        if end >= 0:
            at = end
            os.write(master, typed.encode())
            steps.pop(0)

print(seen)
if steps:
    print(f"never came: {steps[0][0]!r}")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
