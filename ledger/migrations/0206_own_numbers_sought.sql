-- The search finds a payout by either end of the number of its own document, however it is typed. Expressions and no columns:
-- before an update NEW has no generated column yet, and an issued document must be what it was (own_document_stays).
CREATE INDEX own_documents_by_number ON own_documents
    (tenant_id, (translate(upper(number), '-_/. ', '') COLLATE "C"));
CREATE INDEX own_documents_by_end ON own_documents
    (tenant_id, (reverse(translate(upper(number), '-_/. ', '')) COLLATE "C"));
