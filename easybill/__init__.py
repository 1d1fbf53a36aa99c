"""Typed client of the easybill REST API, `https://api.easybill.de/rest/v1`.

It knows customers, documents, their payments and webhooks, and nothing of who uses them. This package imports nothing
by itself, so that a module of models may be read where no I/O library is allowed:

    client         the calls, one method each (over `httpcalls`)   refusals       which answer is which error
    documents      documents of every type, as read                new_documents  the same, to be written
    customers      customers, read and written                     payments       what was paid on a document
    logins         who may log in: what tells accounts apart       webhooks       addresses that easybill sends to
    notifications  what it sends there                             queries        which documents a list is asked for
    wire           times, days and cents as easybill writes them   answers        lists, page by page

What easybill does not document and we had to assume is marked [inf], and listed in docs/easybill.md.
"""
