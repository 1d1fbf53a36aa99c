"""Links that lead a person to the page of a document."""

import subprocess
import sys

from lexoffice.links import document_url
from tests.lexoffice_client.samples import ID


def test_documents_can_be_viewed_and_edited() -> None:
    app = "https://app.lexware.de/"
    assert document_url(app, "invoice", ID) == f"https://app.lexware.de/permalink/invoices/view/{ID}"
    assert document_url(app, "credit-note", ID, "edit") == f"https://app.lexware.de/permalink/credit-notes/edit/{ID}"


def test_the_package_itself_imports_nothing() -> None:
    told = "import sys; before = set(sys.modules); import lexoffice; print(set(sys.modules) - before)"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "{'lexoffice'}"
