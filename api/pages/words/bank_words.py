"""Reasons that the ledger writes about payments and bank runs, marked here so that pages can say them in English."""

from api.pages.frame.languages import N_

REASONS = (
    N_("Der Zahlungslauf ist noch ein Entwurf."),
    N_("Der Zahlungslauf ist bereits freigegeben."),
    N_("Der Zahlungslauf ist bereits exportiert."),
    N_("Der Zahlungslauf ist bereits bestätigt."),
    N_("Der Zahlungslauf ist storniert."),
    N_("Der Zahlungslauf wurde storniert."),
    N_("Die Auszahlung wartet nicht auf eine Überweisung."),
    N_("Sie steht schon in einem anderen Zahlungslauf."),
    N_("Die Gutschrift ist noch nicht zurückgelesen."),
    N_("Die Gutschrift ist in der Buchhaltung nicht offen."),
    N_("Auf die Gutschrift ist schon etwas bezahlt."),
    N_("Die Gutschrift gehört nicht zur letzten Freigabe."),
    N_("Der Partner hat der Gutschrift widersprochen."),
    N_("Die Auszahlung ist blockiert."),
    N_("Zu dieser Auszahlung ist eine Aufgabe offen."),
    N_("Bei der Freigabe gab es keine Bankverbindung."),
    N_("Die Bankverbindung ist nicht mehr die der Freigabe."),
    N_("Eine neue Bankverbindung des Partners ist noch nicht in Kraft."),
    N_("Das Konto liegt außerhalb des SEPA-Raums."),
    N_("Die Bankverbindung lässt sich nicht entschlüsseln."),
    N_("Betrag oder Bankverbindung ist nicht mehr wie im Entwurf."),
    N_("Name oder Gutschriftnummer ist nicht mehr wie im Entwurf."),
    N_("Eine Zahlung ist entfallen; die Freigabe ist hinfällig."),
    N_("Der Ausführungstag hat sich geändert; die Freigabe ist hinfällig."),
    N_("Ersetzt durch eine neuere Angabe."),
)

_ANEW = N_(
    "Überweisen Sie den Betrag von Hand und markieren Sie die Gutschrift in der Buchhaltung als bezahlt. Oder "
    "stornieren Sie die Gutschrift in der Buchhaltung: Dann ist die Auszahlung storniert, ihre Provisionen sind "
    "frei, und eine neue wird für das jetzige Konto freigegeben."
)
PAYEE_RESULTS = {
    "match": (N_("Name stimmt"), "done"),
    "close": (N_("Name fast gleich"), "waiting"),
    "none": (N_("Name passt nicht"), "trouble"),
    "not_possible": (N_("nicht prüfbar"), ""),
}
"""Results of a Verification of Payee, and their tone."""
WAYS_OUT = {
    "account_changed": _ANEW,
    "no_account": _ANEW,
    "account_pending": N_(
        "Eine zweite Person bestätigt oder verwirft die neue Bankverbindung auf der Seite des Partners; bestätigt "
        "gilt sie nach der Wartefrist. Gilt dann das Konto der Freigabe nicht mehr, wird von Hand überwiesen oder "
        "die Gutschrift in der Buchhaltung storniert."
    ),
    "account_refused": N_(
        "Bitten Sie den Partner um ein neues Konto und halten Sie es fest. Stimmt das Konto doch, bestätigen es zwei "
        "Personen, indem sie den Rückläufer erneut überweisen lassen."
    ),
    "payee_unlike": N_(
        "Klären Sie mit dem Partner, wem das Konto gehört. Dann bestätigt eine zweite Person im Zahlungslauf, dass es "
        "stimmt; oder Sie halten das richtige Konto fest."
    ),
    "unwritable_holder": _ANEW,
    "cannot_decrypt": N_("Bitte halten Sie die Bankverbindung des Partners neu fest."),
    "outside_sepa": N_(
        "Überweisen Sie auf anderem Weg und markieren Sie die Gutschrift in der Buchhaltung als bezahlt."
    ),
    "bic_missing": N_("Bitte halten Sie die Bankverbindung des Partners mit dem BIC neu fest."),
    "partly_paid": N_(
        "Überweisen Sie den Rest von Hand und markieren Sie die Gutschrift in der Buchhaltung als bezahlt."
    ),
    "tax": N_(
        "Ist die Angabe zum Partner falsch, berichtigen Sie sie. Ist der Beleg falsch, stornieren Sie ihn in der "
        "Buchhaltung: Dann ist die Auszahlung storniert, und ihre Provisionen sind frei."
    ),
    "undelivered": N_(
        "Warten Sie 24 Stunden, oder geben Sie dem Partner den Link zu seiner Seite. Kam die Mail zurück, sagt die "
        "Aufgabe zum Beleg, wie es weitergeht."
    ),
    "objected": N_("Beantworten Sie zuerst den Widerspruch des Partners."),
    "reopened": N_("Schließen Sie die Gutschrift in der Buchhaltung wieder ab."),
}
"""By code of ledger.bank.bank_candidates.WHY_NOT: what a person can do about it."""
