"""Who may log in to the account (REST API, Model/Login).

The API names no account. The login with the smallest id was there first and is the owner's [inf]: by it two keys of one
account are told from keys of two.
"""

from easybill.answers import Fetched
from easybill.wire import TextOrNone


class Login(Fetched):
    """One login; ids are unique over all accounts [inf]."""

    display_name: TextOrNone = None
    email: TextOrNone = None
    login_type: TextOrNone = None
