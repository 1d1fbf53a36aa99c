"""`python -m sandbox.lexoffice`: the command line of the local lexoffice."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from sandbox.serving import Busy

from .grants import ACCESS_SECONDS
from .kinds import KINDS
from .numbers import BadNumberPattern, check_pattern
from .office import Defaults, Reach
from .server import serve


def main() -> int:
    options = _parser().parse_args()
    try:
        defaults = Defaults(
            rate=options.rate,
            burst=options.burst,
            dialect=options.dialect,
            number_patterns=dict(_pattern(text) for text in options.number_pattern),
        )
    except BadNumberPattern as error:
        print(f"--number-pattern: {error}", file=sys.stderr)
        return 2
    reach = Reach(
        remote_hooks=options.allow_remote_hooks,
        plain_http_hosts=Reach().plain_http_hosts | set(options.plain_http_host),
    )
    with tempfile.TemporaryDirectory(prefix="sandbox-lexoffice-") as temporary:
        try:
            serve(
                options.state or Path(temporary),
                host=options.host,
                port=options.port,
                key_bits=options.key_bits,
                time_scale=options.time_scale,
                defaults=defaults,
                reach=reach,
                access_token_seconds=options.access_token_seconds,
                desk_url=options.desk_url,
            )
        except Busy as error:
            print(f"address is taken: {error}", file=sys.stderr)
            return 1
    return 0


def _pattern(text: str) -> tuple[str, str]:
    kind, separator, pattern = text.partition("=")
    if not separator or kind not in KINDS:
        raise BadNumberPattern(f"{text!r}: write kind=pattern, kind one of {', '.join(KINDS)}")
    return kind, check_pattern(pattern)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.lexoffice", description="A local lexoffice.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one; the ready line tells which")
    parser.add_argument("--state", type=Path, help="folder that keeps everything; without it, a temporary one")
    parser.add_argument("--dialect", choices=("lexoffice", "chapter"), default="lexoffice")
    parser.add_argument("--time-scale", type=float, default=1.0, help="factor on the pauses of the retry plan")
    parser.add_argument("--rate", type=float, default=2.0, help="calls a second and account; 0 is unlimited")
    parser.add_argument("--burst", type=int, default=2, help="calls that may come at once")
    parser.add_argument("--key-bits", type=int, default=4096, help="size of the signature key when it is made")
    parser.add_argument(
        "--access-token-seconds", type=int, default=ACCESS_SECONDS, help="life of an OAuth access token"
    )
    parser.add_argument(
        "--number-pattern",
        action="append",
        default=[],
        metavar="KIND=PATTERN",
        help="such as credit-note=GS-{year}-{number:04d}",
    )
    parser.add_argument(
        "--desk-url", default="", metavar="URL", help="where PartnerDesk is; pages then link back to it"
    )
    parser.add_argument(
        "--allow-remote-hooks", action="store_true", help="hooks and page answer other machines too (containers)"
    )
    parser.add_argument(
        "--plain-http-host",
        action="append",
        default=[],
        metavar="NAME",
        help="another host that notifications may reach by plain http (containers)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
