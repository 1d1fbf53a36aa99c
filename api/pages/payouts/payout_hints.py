"""What the page of a payout says after an act, by the word in its address."""

from api.pages.frame.languages import N_

HINTS = {
    "angefordert": N_("Die Auszahlung ist angefordert und wartet auf Freigabe."),
    "freigegeben": N_("Die Auszahlung ist freigegeben. Die Gutschrift wird jetzt in der Buchhaltung angelegt."),
    "abgelehnt": N_("Die Auszahlung ist abgelehnt. Ihre Provisionen sind wieder frei."),
    "storniert": N_("Die Auszahlung ist storniert. Ihre Provisionen sind wieder frei."),
    "wird_storniert": N_(
        "Die Auszahlung ist storniert. Bis ihr Eingangsbeleg in der Buchhaltung gelöscht ist, bleibt sie stehen; "
        "zugestellt wird nichts."
    ),
    "bezahlt": N_("Die Auszahlung ist als bezahlt festgehalten."),
    "zurueckgestellt": N_("Die Auszahlung ist zurückgestellt."),
    "aufgenommen": N_("Die Auszahlung ist wieder aufgenommen."),
    "notiz": N_("Die Notiz ist festgehalten."),
    "bestaetigt": N_("Die Änderung ist bestätigt."),
    "beleg-storno": N_("Der Storno ist verlangt. Über der Vier-Augen-Grenze bestätigt ihn eine zweite Person."),
    "verrechnet": N_("Die offenen Forderungen sind mit dieser Auszahlung verrechnet."),
    "nicht-verrechnet": N_("Diese Auszahlung wird nicht verrechnet."),
    "storno-zurueck": N_("Der Storno ist zurückgenommen."),
    "nicht-erneut": N_("Die erneute Überweisung ist zurückgenommen."),
    "gesendet": N_("Der Beleg wird erneut an den Partner gesendet."),
    "unzustellbar": N_("Festgehalten: Die Mail mit dem Beleg kam zurück."),
    "uebergeben": N_("Festgehalten: Der Partner hat den Beleg."),
}
