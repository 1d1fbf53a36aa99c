"""What is stored of recorded histories, and their hashes."""

import hashlib
import json
from pathlib import Path

HISTORIES = Path(__file__).parent.parent / "histories"


MANIFEST = HISTORIES / "manifest.json"


def read_manifest() -> dict[str, str]:
    """File → SHA-256 of what it held when it was stored."""
    found: dict[str, str] = json.loads(MANIFEST.read_text()) if MANIFEST.exists() else {}
    return found


def store(name: str, histories: dict[str, str]) -> None:
    """Add a set and its hashes. Raises FileExistsError for a set that is there."""
    folder = HISTORIES / name
    folder.mkdir(parents=True)
    manifest = read_manifest()
    for history, text in sorted(histories.items()):
        file = folder / f"{history}.json"
        file.write_text(text + "\n")
        manifest[f"{name}/{file.name}"] = hashlib.sha256(file.read_bytes()).hexdigest()
    MANIFEST.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
