"""`partnerdesk …` for the stack of script/dev: the command with its environment, in one file of the state folder."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from sandbox.stack import partnerdesk_command

_OURS = ("PARTNERDESK_", "TEMPORAL_", "LEXOFFICE_")


def write_command(state: Path, environment: Mapping[str, str]) -> Path:
    """Write it anew for the ports and secrets of this start. It holds secrets: for its owner's eyes only."""
    file = state / "partnerdesk"
    file.touch(mode=0o700)
    settings = "".join(
        f"export {name}={shlex.quote(value)}\n" for name, value in sorted(environment.items()) if name.startswith(_OURS)
    )
    file.write_text(
        "#!/usr/bin/env bash\n"
        "# What operators call, for the stack that script/dev runs: .partnerdesk/partnerdesk --help\n"
        f'{settings}exec {shlex.quote(partnerdesk_command())} "$@"\n'
    )
    return file
