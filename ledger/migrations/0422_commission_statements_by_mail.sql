-- The statement of three months that a Handelsvertreter is owed (§ 87c Abs. 1 HGB), by mail: once for each quarter.
-- beside: one_statement_a_quarter, the release before writes no mail of this kind
ALTER TABLE mails DROP CONSTRAINT mails_kind_check;
ALTER TABLE mails ADD CONSTRAINT mails_kind_check CHECK (kind IN (
    'approval_waits', 'task_created', 'partner_document', 'own_document', 'bank_details_changed', 'bank_details_wanted',
    'commission_statement', 'connection_broken', 'password_changed', 'second_factor_added', 'second_factor_removed',
    'reset_link', 'invitation', 'daily')) NOT VALID;
ALTER TABLE mails VALIDATE CONSTRAINT mails_kind_check;
CREATE UNIQUE INDEX one_statement_a_quarter ON mails (tenant_id, partner_id, about)
    WHERE kind = 'commission_statement';
