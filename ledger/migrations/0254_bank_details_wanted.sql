-- The mail that asks a partner for other bank details, after a return whose reason is the account (functions/mail.sql).
ALTER TABLE mails DROP CONSTRAINT mails_kind_check;
ALTER TABLE mails ADD CONSTRAINT mails_kind_check CHECK (kind IN (
    'approval_waits', 'task_created', 'partner_document', 'own_document', 'bank_details_changed', 'bank_details_wanted',
    'connection_broken', 'password_changed', 'second_factor_added', 'second_factor_removed', 'reset_link', 'invitation',
    'daily')) NOT VALID;
ALTER TABLE mails VALIDATE CONSTRAINT mails_kind_check;

ALTER TABLE mails_switched_off DROP CONSTRAINT mails_switched_off_kind_check;
ALTER TABLE mails_switched_off ADD CONSTRAINT mails_switched_off_kind_check CHECK (kind IN (
    'approval_waits', 'task_created', 'partner_document', 'bank_details_wanted', 'connection_broken', 'daily')) NOT VALID;
ALTER TABLE mails_switched_off VALIDATE CONSTRAINT mails_switched_off_kind_check;
