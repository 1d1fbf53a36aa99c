-- What pages look up in large books (script/bench pages), and indexes that said the same as others.

-- Looked up for one payout or partner, whatever its state; the unique ones hold only what counts now.
CREATE INDEX documents_of_a_payout ON external_documents (tenant_id, payout_id, created_at) WHERE payout_id IS NOT NULL;
CREATE INDEX tasks_about ON tasks (tenant_id, subject, subject_id, seq);
CREATE INDEX accounts_of_a_partner ON partner_bank_details (tenant_id, partner_id, recorded_at);

-- "Changed since yesterday" of the page Heute is read from the index alone.
DROP INDEX state_changes_by_time;
DROP INDEX state_changes_of_a_kind;
CREATE INDEX state_changes_by_time ON state_changes (tenant_id, subject, changed_at) INCLUDE (to_state, subject_id);

-- The same as audit_by_object.
DROP INDEX audit_entries_about;
