-- Some banks write an EndToEndId in capitals: a booking finds its payment by upper(end_to_end_id), over all runs there were.
CREATE INDEX run_lines_by_reference ON bank_run_lines (tenant_id, upper(end_to_end_id));
