"""Run a program that ends when the process that started it ends, however hard that one was killed.

    python -I -S leash.py PARENT_PID SIGNAL UID:GID PROGRAM [ARGUMENT…]

UID:GID is `-` to stay who we are. The process id stays the same, so the caller can signal the program by it.
Only the standard library is used here, and only what starts fast: this runs before every part of the stack.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    parent, signal_number, identity, *command = sys.argv[1:]
    if identity != "-":
        uid, gid = (int(part) for part in identity.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After setuid: the kernel forgets the death signal when credentials change.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal_number))
        if os.getppid() != int(parent):
            raise SystemExit("the process that wanted this program has gone already")
    try:
        os.execvp(command[0], command)  # noqa: S606 - the caller names the program
    except OSError as error:
        raise SystemExit(f"cannot run {command[0]}: {error.strerror}") from None


if __name__ == "__main__":
    main()
