"""What a bench ran on, and what its processes used of it. Linux only: it reads /proc."""

import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def describe() -> dict[str, Any]:
    """CPU, cores, memory, versions, and how busy the machine was with other things when the bench began."""
    return {
        "cpu": _value_of("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * _PAGE / 2**30, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "temporalio": version("temporalio"),
        "load_before": [round(load, 2) for load in os.getloadavg()],
    }


def resident_mib(pid: int) -> float:
    """What a process holds in memory (VmRSS)."""
    kib = _value_of(f"/proc/{pid}/status", "VmRSS")
    assert kib is not None, f"process {pid} has ended"
    return round(int(kib.split()[0]) / 1024, 1)


def cpu_seconds(parts: Mapping[str, int]) -> dict[str, float]:
    """CPU time of each process and of its children so far."""
    parents = {_pid: _stat(_pid) for _pid in _pids()}
    return {name: sum(_used(stat) for stat in _family(pid, parents)) for name, pid in parts.items()}


def _family(root: int, parents: dict[int, list[str] | None]) -> list[list[str]]:
    found, wanted = [], [root]
    while wanted:
        pid = wanted.pop()
        if (stat := parents.get(pid)) is not None:
            found.append(stat)
            wanted += [child for child, of in parents.items() if of is not None and int(of[1]) == pid]
    return found


def _used(stat: list[str]) -> float:
    # utime, stime, and those of children that have ended: fields 14 to 17 of proc(5), counted after the name.
    return sum(int(field) for field in stat[11:15]) / _TICKS


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _value_of(file: str, name: str) -> str | None:
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), None)
