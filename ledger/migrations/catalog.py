"""What a database holds, read from PostgreSQL's own catalogue: the same from every server, owner and dump tool.

Names are unqualified, the owner's role is called CURRENT_USER, and all is sorted but columns, whose order counts.
"""

from dataclasses import dataclass

import asyncpg

from ledger.migrations.plain_sql import plain

Connection = asyncpg.Connection  # generic in asyncpg's stubs only

BOOK_KEEPING = frozenset({"alembic_version", "schema_history"})
"""Tables of the runner itself: where the database stands, not what it holds."""


@dataclass(frozen=True)
class Column:
    """A column; `definition` is what follows its name in CREATE TABLE."""

    name: str
    type: str
    definition: str


@dataclass(frozen=True)
class Constraint:
    """A constraint with what follows its name, and the columns that it speaks of."""

    name: str
    kind: str
    """p, u, f, c or x, as in pg_constraint."""
    definition: str
    columns: tuple[str, ...]
    target: str | None
    """The table that a foreign key points to."""


@dataclass(frozen=True)
class Trigger:
    """A trigger, the function that it calls, and its comment."""

    name: str
    definition: str
    function: str
    comment: str


@dataclass(frozen=True)
class Table:
    """A table with all that belongs to it."""

    name: str
    comment: str
    options: str
    parts: str
    """How it is cut into parts, such as RANGE (at); '' for one that is not. The parts themselves are not told."""
    columns: tuple[Column, ...]
    constraints: tuple[Constraint, ...]
    indexes: tuple[str, ...]
    row_security: tuple[bool, bool]
    """Enabled, and forced on the owner."""
    policies: tuple[str, ...]
    grants: tuple[str, ...]
    triggers: tuple[Trigger, ...]


@dataclass(frozen=True)
class Function:
    """A function with its text and who may call it."""

    name: str
    signature: str
    """Name and types of the arguments; one per overload."""
    definition: str
    comment: str
    grants: tuple[str, ...]


@dataclass(frozen=True)
class Schema:
    """Everything in the schema public."""

    tables: tuple[Table, ...]
    functions: tuple[Function, ...]
    sequences: tuple[tuple[str, tuple[str, ...]], ...]
    """Those that belong to no column, with their grants."""


def _grants(acl: str, kind: str, owner: str) -> str:
    """SQL for an array of role|right, the owner's own left out. Without an ACL the rights are those of the kind."""
    return f"""
        ARRAY(SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
                              || '|' || a.privilege_type
                FROM aclexplode(COALESCE({acl}, acldefault('{kind}', {owner}))) a WHERE a.grantee <> {owner})
    """


_TABLES = f"""
SELECT c.oid, c.relname, obj_description(c.oid, 'pg_class') AS comment, c.relrowsecurity, c.relforcerowsecurity,
       array_to_string(c.reloptions, ', ') AS options, pg_get_partkeydef(c.oid) AS parts,
       {_grants("c.relacl", "r", "c.relowner")} AS grants
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL ($1)
   AND NOT c.relispartition
 ORDER BY c.relname COLLATE "C"
"""

_COLUMNS = f"""
SELECT a.attrelid AS oid, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
       a.attidentity::text AS identity,
       a.attgenerated::text AS generated, pg_get_expr(d.adbin, d.adrelid, true) AS expression,
       CASE WHEN a.attcollation <> t.typcollation THEN quote_ident(l.collname) END AS collation,
       {_grants("a.attacl", "c", "c.relowner")} AS grants
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid AND c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
 WHERE a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum
"""

# NOT NULL has rows of its own from PostgreSQL 18 on; it stands with its column.
_CONSTRAINTS = """
SELECT c.conrelid AS oid, c.conname, c.contype::text AS kind, pg_get_constraintdef(c.oid, true) AS definition,
       CASE WHEN c.confrelid <> 0 THEN (SELECT relname FROM pg_class WHERE oid = c.confrelid) END AS target,
       ARRAY(SELECT attname::text FROM unnest(c.conkey) WITH ORDINALITY k (n, place)
               JOIN pg_attribute ON attrelid = c.conrelid AND attnum = n ORDER BY place) AS columns
  FROM pg_constraint c
 WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f', 'c', 'x') AND c.conrelid <> 0
 ORDER BY c.conrelid, strpos('pufcx', c.contype::text), c.conname COLLATE "C"
"""

_INDEXES = """
SELECT i.indrelid AS oid, pg_get_indexdef(i.indexrelid, 0, true) AS definition
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relnamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
 ORDER BY i.indrelid, c.relname COLLATE "C"
"""

_POLICIES = """
SELECT p.polrelid AS oid, p.polname, p.polpermissive, p.polcmd::text AS command,
       ARRAY(SELECT CASE WHEN r = 0 THEN 'PUBLIC' WHEN r = c.relowner THEN 'CURRENT_USER' ELSE r::regrole::text END
               FROM unnest(p.polroles) r) AS roles,
       pg_get_expr(p.polqual, p.polrelid, true) AS using, pg_get_expr(p.polwithcheck, p.polrelid, true) AS checking
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid AND c.relnamespace = 'public'::regnamespace
 ORDER BY p.polrelid, p.polname COLLATE "C"
"""

_TRIGGERS = """
SELECT t.tgrelid AS oid, t.tgname, pg_get_triggerdef(t.oid, true) AS definition, p.proname,
       obj_description(t.oid, 'pg_trigger') AS comment
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid AND c.relnamespace = 'public'::regnamespace
  JOIN pg_proc p ON p.oid = t.tgfoid
 WHERE NOT t.tgisinternal
 ORDER BY t.tgrelid, t.tgname COLLATE "C"
"""

_FUNCTIONS = f"""
SELECT p.proname, p.oid::regprocedure::text AS signature, pg_get_functiondef(p.oid) AS definition,
       obj_description(p.oid, 'pg_proc') AS comment,
       {_grants("p.proacl", "f", "p.proowner")} AS grants
  FROM pg_proc p
 WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
 ORDER BY p.oid::regprocedure::text COLLATE "C"
"""

_SEQUENCES = f"""
SELECT c.relname, {_grants("c.relacl", "s", "c.relowner")} AS grants
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' AND c.relname !~ '^events_of_[0-9a-f]{{32}}$'
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i'))
 ORDER BY c.relname COLLATE "C"
"""


async def read_schema(db: "Connection") -> Schema:
    """All of the schema public. `db` may be any role's that can connect; it is asked within one transaction."""
    async with db.transaction(isolation="repeatable_read", readonly=True):
        await db.execute("SET LOCAL search_path = public")
        tables = await db.fetch(_TABLES, list(BOOK_KEEPING))
        parts = {}
        for name, query in (
            ("columns", _COLUMNS),
            ("constraints", _CONSTRAINTS),
            ("indexes", _INDEXES),
            ("policies", _POLICIES),
            ("triggers", _TRIGGERS),
        ):
            parts[name] = _by_table(await db.fetch(query))
        functions = await db.fetch(_FUNCTIONS)
        sequences = await db.fetch(_SEQUENCES)
    return Schema(
        tables=tuple(_table(row, {name: rows.get(row["oid"], []) for name, rows in parts.items()}) for row in tables),
        functions=tuple(
            Function(
                name=row["proname"],
                signature=plain(row["signature"]).replace(",", ", "),
                definition=row["definition"].rstrip("\n"),
                comment=row["comment"] or "",
                grants=_function_grants(row),
            )
            for row in functions
        ),
        sequences=tuple(
            (row["relname"], tuple(_rights(row["grants"], f"SEQUENCE {row['relname']}"))) for row in sequences
        ),
    )


def _by_table(rows: list[asyncpg.Record]) -> dict[int, list[asyncpg.Record]]:
    found: dict[int, list[asyncpg.Record]] = {}
    for row in rows:
        found.setdefault(row["oid"], []).append(row)
    return found


def _table(row: asyncpg.Record, parts: dict[str, list[asyncpg.Record]]) -> Table:
    name = row["relname"]
    columns = parts["columns"]
    of_columns = [
        grant
        for right in sorted({item.split("|")[1] for column in columns for item in column["grants"]})
        for grant in _column_grants(columns, right, name)
    ]
    return Table(
        name=name,
        comment=row["comment"] or "",
        options=row["options"] or "",
        parts=row["parts"] or "",
        columns=tuple(_column(column) for column in columns),
        constraints=tuple(
            Constraint(
                name=constraint["conname"],
                kind=constraint["kind"],
                definition=plain(constraint["definition"]),
                columns=tuple(constraint["columns"]),
                target=constraint["target"],
            )
            for constraint in parts["constraints"]
        ),
        indexes=tuple(plain(index["definition"]) for index in parts["indexes"]),
        row_security=(row["relrowsecurity"], row["relforcerowsecurity"]),
        policies=tuple(_policy(policy, name) for policy in parts["policies"]),
        grants=(*_rights(row["grants"], name), *of_columns),
        triggers=tuple(
            Trigger(
                name=trigger["tgname"],
                definition=plain(trigger["definition"]),
                function=trigger["proname"],
                comment=trigger["comment"] or "",
            )
            for trigger in parts["triggers"]
        ),
    )


def _column(row: asyncpg.Record) -> Column:
    kind = plain(row["type"])
    words = [kind]
    if row["collation"]:
        words.append(f"COLLATE {row['collation']}")
    if row["attnotnull"] and not row["identity"]:
        words.append("NOT NULL")
    if row["identity"]:
        words.append(f"GENERATED {'ALWAYS' if row['identity'] == 'a' else 'BY DEFAULT'} AS IDENTITY")
    elif row["generated"] == "s":
        words.append(f"GENERATED ALWAYS AS ({plain(row['expression'])}) STORED")
    elif row["expression"] is not None:
        # A literal takes the column's type by itself.
        words.append(f"DEFAULT {plain(row['expression']).removesuffix(f'::{kind}')}")
    return Column(name=row["attname"], type=kind, definition=" ".join(words))


def _policy(row: asyncpg.Record, table: str) -> str:
    command = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}.get(row["command"])
    words = [f"CREATE POLICY {row['polname']} ON {table}"]
    if not row["polpermissive"]:
        words.append("AS RESTRICTIVE")
    if command:
        words.append(f"FOR {command}")
    if row["roles"] != ["PUBLIC"]:
        words.append(f"TO {', '.join(sorted(row['roles']))}")
    if row["using"] is not None:
        words.append(f"USING ({plain(row['using'])})")
    if row["checking"] is not None:
        words.append(f"WITH CHECK ({plain(row['checking'])})")
    return " ".join(words)


def _rights(grants: list[str], target: str) -> list[str]:
    of_role: dict[str, list[str]] = {}
    for grant in sorted(grants):
        role, _, right = grant.partition("|")
        of_role.setdefault(role, []).append(right)
    return [f"GRANT {', '.join(rights)} ON {target} TO {role}" for role, rights in of_role.items()]


def _column_grants(columns: list[asyncpg.Record], right: str, table: str) -> list[str]:
    of_role: dict[str, list[str]] = {}
    for column in columns:
        for grant in column["grants"]:
            role, _, granted = grant.partition("|")
            if granted == right:
                of_role.setdefault(role, []).append(column["attname"])
    return [f"GRANT {right} ({', '.join(names)}) ON {table} TO {role}" for role, names in sorted(of_role.items())]


def _function_grants(row: asyncpg.Record) -> tuple[str, ...]:
    target = f"FUNCTION {plain(row['signature']).replace(',', ', ')}"
    roles = sorted(grant.partition("|")[0] for grant in row["grants"])
    revoked = [] if "PUBLIC" in roles else [f"REVOKE ALL ON {target} FROM PUBLIC"]
    return (*revoked, *(f"GRANT EXECUTE ON {target} TO {role}" for role in roles if role != "PUBLIC"))


async def read_seeds(db: "Connection", schema: Schema) -> dict[str, list[str]]:
    """INSERT statements for the rows of tables that belong to no tenant: those that a new database has."""
    found = {}
    for table in schema.tables:
        if any(table.row_security):
            continue
        names = [column.name for column in table.columns if " AS IDENTITY" not in column.definition]
        order = ", ".join(column.name for column in table.columns)
        columns = ", ".join(names)
        values = " || ', ' || ".join(f"quote_nullable({name})" for name in names)
        rows = await db.fetch(f"SELECT {values} AS row FROM {table.name} ORDER BY {order}")
        if rows:
            lines = ",\n".join(f"    ({row['row']})" for row in rows)
            found[table.name] = [f"INSERT INTO {table.name} ({columns}) VALUES\n{lines}"]
    return found
