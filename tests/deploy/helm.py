"""Helm, and Kubernetes' own schemas of several versions, got once and kept beside what else is downloaded."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from sandbox.cache import cache_folder, locked
from sandbox.go_tools import go_install

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "partnerdesk"
EXAMPLES = CHART.parent / "examples"
_PACKAGE = "helm.sh/helm/v3/cmd/helm@v3.22.0"
_SCHEMAS = "kubernetes-validate==1.37.0"
"""Of PyPI: the schemas of Kubernetes 1.25 to 1.37, with what judges by them."""
_HASH = "sha256:85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9"
_SECONDS = 900


class HelmMissing(RuntimeError):
    """No `helm` command, and none can be built; or the schemas cannot be had."""


class Refused(Exception):
    """Helm renders nothing; the text says why."""


async def find_helm() -> Path:
    """HELM, what is on PATH, what was built before, else `go install`: minutes, once. Raises HelmMissing."""
    if named := os.environ.get("HELM") or shutil.which("helm"):
        return Path(named)
    kept = cache_folder("helm") / "3.22.0" / "helm"
    kept.parent.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    async with locked(kept.with_suffix(".lock")):
        if not kept.exists() and not await go_install(_PACKAGE, kept, said.append, "Helm with Go"):
            raise HelmMissing(" ".join(["there is no helm, and Go cannot build one.", *said]))
    return kept


async def find_schemas() -> Path:
    """The folder from which `kubernetes_validate` is imported. Raises HelmMissing."""
    folder = cache_folder("kubernetes-schemas") / "1.37.0"
    folder.mkdir(parents=True, exist_ok=True)
    async with locked(folder / "lock"):
        if not (folder / "done").exists():
            await asyncio.to_thread(_install_schemas, folder)
    return folder


def _install_schemas(folder: Path) -> None:
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{_SCHEMAS} --hash={_HASH}\n")
    told = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
         "--require-hashes", "--upgrade", "--target", str(folder), "-r", str(wanted)],
        capture_output=True, text=True, timeout=_SECONDS, check=False,
    )  # fmt: skip
    if told.returncode:
        raise HelmMissing(f"pip install {_SCHEMAS}: {told.stderr[-500:]}")
    (folder / "done").touch()


def lint(helm: Path, values: Path) -> str:
    """What `helm lint --strict` says. Raises Refused."""
    return _run(helm, "lint", "--strict", "--quiet", str(CHART), "-f", str(values))


def rendered(
    helm: Path, *, values: Path | None = None, version: str = "1.33.0", more: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """The manifests, hooks included. `more` are values as `--set` takes them. Raises Refused."""
    chosen = [] if values is None else ["-f", str(values)]
    for one in more:
        chosen += ["--set", one]
    text = _run(helm, "template", "pd", str(CHART), "-n", "pd", "--kube-version", version, *chosen)
    return [one for one in yaml.safe_load_all(text) if one]


def _run(helm: Path, *arguments: str) -> str:
    told = subprocess.run([str(helm), *arguments], capture_output=True, text=True, timeout=60, check=False)
    if told.returncode:
        raise Refused(told.stderr + told.stdout)
    return told.stdout
