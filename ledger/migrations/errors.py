"""What keeps `partnerdesk migrate` from its work: each says which, and what to do.

CannotMigrate
├── LockNotHad          try again later (status 3)
├── WrongDatabase       a person must look: roles, version, tables (status 4)
└── MigrationFailed     PostgreSQL refused a migration (status 5)

Nothing is half done after any of them: the database stands at the version that is said.
"""


class CannotMigrate(Exception):
    """The database was left as it was, or at the version that the text names."""

    exit_code = 1


class LockNotHad(CannotMigrate):
    """Somebody else holds what a migration needs: another `partnerdesk migrate`, or a long transaction."""

    exit_code = 3


class WrongDatabase(CannotMigrate):
    """The roles, the version or the tables are not such that this code could go on from there."""

    exit_code = 4


class MigrationFailed(CannotMigrate):
    """PostgreSQL refused a statement of a migration, and everything of that migration was rolled back."""

    exit_code = 5
