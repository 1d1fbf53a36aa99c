"""Files of a state that a later start reads: whole or not there, and readable by nobody else."""

from pathlib import Path


def keep(file: Path, text: str) -> None:
    """Write it so that whoever is killed in the middle leaves the file as it was."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(text)
    unfinished.rename(file)
