"""What cannot be read: one type, with a code and parameters for whoever puts it into words; no text of the file."""


class Unreadable(ValueError):
    """A file that is no statement or report, or is past its bounds.

    Codes: `statement_empty`, `statement_too_large` (megabytes), `statement_kind_unknown`, `statement_not_xml`,
    `statement_has_doctype`, `statement_too_deep`, `statement_too_many_parts` (most), `statement_message_unknown`,
    `statement_account_missing`, `statement_mt940_damaged`, `archive_damaged`, `archive_too_large` (megabytes, most),
    `archive_encrypted`, `archive_in_archive`, `archive_empty`.
    """

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
