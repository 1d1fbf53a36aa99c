"""How pages say what the bank has told: kinds of statements, states of bookings, what a booking proved."""

from api.pages.frame.languages import N_
from api.pages.frame.words import DONE, MOVING, STOPPED, TROUBLE, WAITING

KINDS = {
    "statement": N_("Auszug"),
    "preview": N_("Vorschau"),
    "details": N_("Einzelumsätze"),
}
"""Of a statement: camt.053 and MT940, camt.052, camt.054."""

STATES = {
    "waiting": (N_("wird verglichen"), MOVING),
    "unresolved": (N_("nicht zugeordnet"), TROUBLE),
    "matched": (N_("zugeordnet"), DONE),
    "set_aside": (N_("beiseitegelegt"), STOPPED),
    "unrelated": (N_("keine Auszahlung"), STOPPED),
}
"""Of a booking."""
ANNOUNCED = (N_("vorgemerkt"), WAITING)
"""A booking that only a preview tells of."""

PROVED = {
    "debit": N_("Überweisung"),
    "return": N_("Rückbuchung"),
    "reversal": N_("Storno der Bank"),
}
"""Of evidence: what it shows."""

HOW = {
    "page": N_("Seite"),
    "api": N_("API"),
    "command": N_("Befehl"),
    "folder": N_("Ordner"),
}
"""By which door a file came."""
