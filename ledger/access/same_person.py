"""Which actors are one pair of eyes.

A key stands for whoever made it. Who made a way into somebody's account (a link, a second factor taken away), let
somebody in, made somebody an approver or enabled an account again may be that somebody: both are one for seven days,
whoever else is there, until there was time to notice (rules.md, Approval).
"""

from collections.abc import Iterable

from ledger.database import TenantTransaction
from ledger.roles import Permission, Role, permissions
from ledger.types import Frozen

_DAYS = 7
APPROVING = [role.value for role in Role if Permission.APPROVE in permissions(role)]


class Eyes(Frozen):
    """Which actors (`user:…`, `key:…`) may be one person: a key its maker, a new member whoever let it in."""

    stands_for: dict[str, frozenset[str]]
    """Of actors that may be somebody else: who that may be."""

    def behind(self, actor: str) -> frozenset[str]:
        """This actor and everybody who it may be, over any number of steps."""
        found, new = frozenset[str](), frozenset({actor})
        while new:
            found |= new
            new = frozenset(who for one in new for who in self.stands_for.get(one, ())) - found
        return found

    def same(self, actor: str, others: Iterable[str]) -> bool:
        """Whether this actor may be one of the others."""
        mine = self.behind(actor)
        return any(not mine.isdisjoint(self.behind(other)) for other in others)


async def eyes(tx: TenantTransaction) -> Eyes:
    """Who may be whom in this tenant now, from its keys and its audit entries of the last days."""
    rows = await tx.fetch(
        """
        SELECT 'key:' || id AS actor, 'user:' || created_by_user AS may_be FROM api_keys
         WHERE tenant_id = $1 AND created_by_user IS NOT NULL
        UNION
        SELECT 'user:' || e.subject_id, e.actor FROM audit_entries e
         WHERE e.tenant_id = $1 AND e.subject = 'user' AND e.actor LIKE 'user:%'
           AND e.at > now() - make_interval(days => $2)
           AND (e.action IN ('member.link_made', 'member.enabled')
                OR (e.action = 'member.added'
                    OR e.action = 'member.role_changed'
                       AND e.detail ->> 'after' = ANY ($3) AND NOT e.detail ->> 'before' = ANY ($3))
                   -- The very first second person of a firm of one is one: else it could not begin with two.
                   AND EXISTS (
                       SELECT 1 FROM memberships m
                        WHERE m.tenant_id = $1 AND 'user:' || m.user_id <> e.actor AND m.created_at < e.at
                          AND (m.user_id::text <> e.subject_id AND m.role = ANY ($3)
                               OR EXISTS (
                                  SELECT 1 FROM audit_entries o
                                   WHERE o.tenant_id = $1 AND o.subject = 'user' AND o.subject_id = m.user_id::text
                                     AND o.at < e.at
                                     AND (o.action = 'member.added' AND o.detail ->> 'role' = ANY ($3)
                                          OR o.action = 'member.role_changed'
                                             AND ARRAY[o.detail ->> 'before', o.detail ->> 'after'] && $3)))))
        """,
        tx.tenant.id,
        _DAYS,
        APPROVING,
    )
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        found[row["actor"]] = found.get(row["actor"], frozenset()) | {row["may_be"]}
    return Eyes(stands_for=found)
