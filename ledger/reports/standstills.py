"""What stands still in a tenant's ledger: creations, events in and out, announcements and sweeps that do not get on."""

from datetime import timedelta

from ledger.inbox.events import PARKED
from ledger.reports.differences import Check, Difference, Row, by_hand, no_more

SWEPT_WITHIN = timedelta(hours=6)
"""A pass that finds lexoffice away lasts an hour at most; several in a row do so only while it is."""
WAITING_TOO_LONG = timedelta(minutes=10)
UNDER_WAY = ("creation_is_stuck", "event_not_handled", "event_waits_for_nothing", "not_announced", "endpoint_not_told")
"""Checks of what may get on at this very moment."""


def _events(row: Row, what: str) -> str:
    """One line, however many they are."""
    if row["count"] == 1:
        return f"Event {row['id']} ({row['event_type']}) has {what}."
    return f"{row['count']} events have {what}; the oldest is {row['id']} ({row['event_type']})."


STANDSTILLS: tuple[Check, ...] = (
    (
        "SELECT name, caught FROM months_missing() WHERE $1::uuid IS NOT NULL",
        lambda row: Difference(
            check="month_is_missing",
            subject="table",
            subject_id=row["name"],
            says=f"The table {row['name']} has "
            + ("caught rows of a month that it has no part for." if row["caught"] else "no part for the next month."),
            mend="partnerdesk months",
        ),
        no_more,
    ),
    (
        """
        SELECT i.id, i.kind, i.marker, COALESCE(p.number, i.transaction_id::text) AS of, i.sent_at IS NOT NULL AS sent,
               i.resource_id IS NOT NULL AS made,
               EXISTS (SELECT 1 FROM tasks t
                        WHERE t.tenant_id = i.tenant_id AND t.state = 'open'
                          AND t.subject_id = COALESCE(p.number, i.transaction_id::text)) AS asked
          FROM creation_intents i LEFT JOIN payouts p ON p.tenant_id = i.tenant_id AND p.id = i.payout_id
         WHERE i.tenant_id = $1 AND i.closed_at IS NULL
           AND greatest(i.created_at, i.sent_at, i.deadline) < now() - $2::interval
        """,
        lambda row: Difference(
            check="creation_is_stuck",
            subject="intent",
            subject_id=str(row["id"]),
            says=f"The {row['kind']} for {row['of']} is "
            + ("made, but not read back." if row["made"] else "of unknown outcome." if row["sent"] else "not sent."),
            mend=f"A person must answer the open task about {row['of']}."
            if row["asked"]
            else "See that a worker runs, and look at the pending activity of its workflow in the Temporal UI.",
        ),
        lambda stuck_after: (stuck_after,),
    ),
    (
        """
        SELECT $1::uuid AS tenant_id, count(*) AS count, (array_agg(id ORDER BY id))[1] AS id,
               (array_agg(event_type ORDER BY id))[1] AS event_type
          FROM events
         WHERE tenant_id = $1 AND state = 'received'
           AND greatest(received_at, handed_over_at, handled_at) < now() - $2::interval
        HAVING count(*) > 0
        """,
        lambda row: Difference(
            check="event_not_handled",
            subject="event",
            subject_id=str(row["id"]),
            says=_events(row, "waited for more than 10 minutes"),
            mend="See that a worker runs and lexoffice answers. If they stay, have all of them handled again: "
            + by_hand(
                row["tenant_id"],
                "UPDATE events SET handed_over_at = NULL, delivery = delivery + 1 WHERE state = 'received'"
                " AND received_at < now() - interval '10 minutes'",
            ),
        ),
        lambda _: (WAITING_TOO_LONG,),
    ),
    (
        """
        SELECT $1::uuid AS tenant_id, count(*) AS count, (array_agg(e.id ORDER BY e.id))[1] AS id,
               (array_agg(e.event_type ORDER BY e.id))[1] AS event_type
          FROM events e
         WHERE e.tenant_id = $1 AND e.state = 'waiting' AND e.handled_at IS NULL
           AND e.received_at < now() - $2::interval
           AND NOT EXISTS (SELECT 1 FROM creation_intents i
                            WHERE i.tenant_id = e.tenant_id AND i.closed_at IS NULL AND i.resource_id IS NULL)
           AND e.reason_code = $3
        HAVING count(*) > 0
        """,
        lambda row: Difference(
            check="event_waits_for_nothing",
            subject="event",
            subject_id=str(row["id"]),
            says=_events(row, "waited for a document, and none is being created"),
            mend=by_hand(
                row["tenant_id"],
                "UPDATE events SET state = 'received', reason_code = NULL, reason_params = NULL, handed_over_at = NULL,"
                f" delivery = delivery + 1 WHERE state = 'waiting' AND reason_code = '{PARKED}'",
            ),
        ),
        lambda _: (WAITING_TOO_LONG, PARKED),
    ),
    (
        """
        SELECT what, count(*) AS count, (array_agg(id ORDER BY since, id))[1] AS id FROM (
            SELECT p.number AS id, 'payout' AS what, COALESCE(p.recheck_wanted_at, p.created_at) AS since FROM payouts p
             WHERE p.tenant_id = $1 AND (p.recheck_wanted_at < now() - $2::interval
                    OR (p.workflow_started_at IS NULL AND p.created_at < now() - $2::interval))
            UNION ALL SELECT d.id::text, 'decision', d.decided_at FROM decisions d
             WHERE d.tenant_id = $1 AND d.delivered_at IS NULL AND d.decided_at < now() - $2::interval
            UNION ALL SELECT r.id::text, 'payout run', r.created_at FROM payout_runs r
             WHERE r.tenant_id = $1 AND r.started_at IS NULL AND r.state = 'running'
               AND r.created_at < now() - $2::interval
            UNION ALL SELECT i.id::text, 'invoice', i.created_at FROM creation_intents i
             WHERE i.tenant_id = $1 AND i.kind = 'invoice' AND i.announced_at IS NULL
               AND i.created_at < now() - $2::interval) waiting
         GROUP BY what ORDER BY what
        """,
        lambda row: Difference(
            check="not_announced",
            subject=row["what"].replace(" ", "_"),
            subject_id=row["id"],
            says=f"The {row['what']} {row['id']} was not announced to the engine."
            if row["count"] == 1
            else f"{row['count']} {row['what']}s were not announced to the engine; the oldest is {row['id']}.",
            mend="See that a worker runs, and that the schedule `handover` exists (`partnerdesk migrate` makes it) and "
            "is not paused.",
        ),
        lambda _: (WAITING_TOO_LONG,),
    ),
    (
        """
        SELECT e.id, count(*) AS count FROM webhook_endpoints e
          JOIN event_deliveries d ON d.tenant_id = e.tenant_id AND d.endpoint_id = e.id AND d.state = 'due'
         WHERE e.tenant_id = $1 AND e.state = 'active'
           AND GREATEST(d.next_at, e.changed_at, e.rests_until) < now() - $2::interval
           AND NOT EXISTS (SELECT FROM event_deliveries o
                            WHERE o.tenant_id = d.tenant_id AND o.endpoint_id = d.endpoint_id AND o.state = 'due'
                              AND o.subject = d.subject AND o.subject_id = d.subject_id AND o.seq < d.seq)
           AND NOT EXISTS (SELECT FROM event_deliveries o
                            WHERE o.tenant_id = e.tenant_id AND o.endpoint_id = e.id AND o.tries > 0
                              AND o.changed_at > now() - $2)
         GROUP BY e.id ORDER BY e.id
        """,
        lambda row: Difference(
            check="endpoint_not_told",
            subject="webhook_endpoint",
            subject_id=str(row["id"]),
            says=f"Nobody has called the webhook endpoint {row['id']} for 10 minutes, and events of {row['count']} "
            "objects wait for it.",
            mend="See that a worker runs, and that the schedule `handover` exists (`partnerdesk migrate` makes it) and "
            f"is not paused. A workflow `events-out/{row['tenant'].slug}/{row['id']}` that stands in the Temporal UI "
            "may be terminated: the hand-over starts another one, and the rows know what was told.",
        ),
        lambda _: (WAITING_TOO_LONG,),
    ),
    (
        """
        SELECT GREATEST(s.finished_at, c.secret_saved_at, c.oauth_connected_at) AS since FROM provider_connections c
          LEFT JOIN sweep_states s ON s.tenant_id = c.tenant_id AND s.provider = c.provider
         WHERE c.tenant_id = $1 AND c.provider = 'lexoffice' AND c.state = 'connected' AND c.has_credential
           AND GREATEST(s.finished_at, c.secret_saved_at, c.oauth_connected_at) < now() - $2::interval
        """,
        lambda row: Difference(
            check="sweep_stands_still",
            subject="tenant",
            subject_id="sweep",
            says=f"Nothing has been compared with lexoffice since {row['since']:%Y-%m-%d %H:%M} UTC.",
            mend="See that a worker runs; one that starts anew sets the schedule. Then: "
            f"partnerdesk sweep --tenant {row['tenant'].slug} --wait",
        ),
        lambda _: (SWEPT_WITHIN,),
    ),
)
