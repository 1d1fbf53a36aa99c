"""`script/clients`: write what is made from the OpenAPI document.

`--release VERSION` also keeps that document, for the test that a caller may count on it.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from tests.clients import postman
from tests.clients.document import for_callers, hash_of, shape

CHECKOUT: Final = Path(__file__).resolve().parents[2]
CLIENTS: Final = CHECKOUT / "clients"
PYTHON: Final = CLIENTS / "python"
POSTMAN: Final = CLIENTS / "postman" / "partnerdesk.postman_collection.json"
MADE_FROM: Final = CLIENTS / "openapi.sha256"
_KNOWN: Final = {"application/json", "application/problem+json"}
RELEASES: Final = CHECKOUT / "docs" / "openapi"


def written(made: Any) -> str:
    """As it stands in a file: a line for each member, so that a change can be read."""
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=False) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/clients", description=__doc__)
    parser.add_argument("--release", metavar="VERSION", help="keep the document as that of a release, such as 1.0")
    options = parser.parse_args()
    described = for_callers()
    if options.release:
        (RELEASES / f"{options.release}.json").write_text(written(shape(described)), encoding="utf-8")
    POSTMAN.write_text(written(postman.collection(described)), encoding="utf-8")
    _write_python(described)
    MADE_FROM.write_text(hash_of(described) + "\n")


def _write_python(described: dict[str, Any]) -> None:
    package = PYTHON / "partnerdesk_client"
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "openapi.json"
        source.write_text(json.dumps(_with_files(described)), encoding="utf-8")
        shutil.rmtree(package, ignore_errors=True)
        generator = ["run", "--isolated", "--no-project", "--with-requirements", str(CLIENTS / "generator.lock")]
        command = ["openapi-python-client", "generate", "--path", str(source), "--meta", "none"]
        options = ["--config", str(CLIENTS / "generator.yml"), "--output-path", str(package), "--fail-on-warning"]
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, *generator, *command, *options], check=True)


def _with_files(node: Any) -> Any:
    """The generator knows a file by one media type alone."""
    if not isinstance(node, dict):
        return [_with_files(one) for one in node] if isinstance(node, list) else node
    made = {name: _with_files(value) for name, value in node.items()}
    if isinstance(content := made.get("content"), dict) and not _KNOWN.intersection(content):
        made["content"] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return made


if __name__ == "__main__":
    main()
