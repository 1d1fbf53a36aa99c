"""Reader of what a bank writes: statements (camt.052, .053, .054, MT940) and status reports (pain.002), also in a ZIP.

It knows nothing of who asks or why: bytes go in, one frozen model comes out, whatever the version and the flavour. This
package imports nothing by itself:

    reading   one file or archive, whatever is in it      models   what comes out
    camt      statements of ISO 20022                      pain002  status reports, Verification of Payee among them
    mt940     statements of SWIFT                          archives ZIP, with bounds
    trees     XML, with bounds and without entities        values   cents, days and texts as banks write them
    errors    what cannot be read, as a code
"""
