"""The file for the bank as an answer."""

from fastapi.responses import Response

from ledger.bank.bank_export import BankFile


def xml_file(file: BankFile) -> Response:
    """As a download whose name is the run's, with the hash that both doors promise."""
    return Response(
        file.content,
        media_type="application/xml",
        headers={
            "Content-Disposition": f'attachment; filename="{file.number}.xml"',
            "X-Content-SHA256": file.sha256,
        },
    )
