"""Run `prefect` in this process, and end when the process that started it has ended, however that came about.

`python -m flows.child server start ...`: standard input is a pipe whose other end the parent holds. The system closes
it even when the parent is killed, so that no server stays behind on its port.
"""

import os
import runpy
import signal
import sys
import threading
import time

PATIENCE_SECONDS = 10.0


def main() -> None:
    """Watch the parent and become the server."""
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    sys.argv[0] = "prefect"
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_SECONDS)
    # It leads a session of its own: what it started ends with it.
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
