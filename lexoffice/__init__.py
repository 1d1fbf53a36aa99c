"""Typed client of the lexoffice API (today also "Lexware Office"), `https://api.lexware.io/v1`.

It knows documents, contacts, payments and notifications, and nothing of who uses them. This package imports
nothing by itself, so that a module of models may be read where no I/O library is allowed:

    client         the calls, one method each (over `httpcalls`)
    errors         what can go wrong here alone             refusals       which answer is which error
    documents      invoices and credit notes, as read   new_documents  the same, to be written
    contacts  payments  vouchers  profile  subscriptions  answers   the other shapes
    custom_fields  key/value pairs in all their shapes  wire        JSON, times and money as lexoffice writes them
    webhook        notifications and their signature    links       pages of the web application
    addresses      addresses of calls, safely put together
"""
