"""OAuth as the settings have it, for API, worker and commands."""

from activities.gateway.oauth_access import OAuthAccess, authorization_server
from ledger.database import Ledger
from settings import Settings


def oauth_access(settings: Settings, ledger: Ledger) -> OAuthAccess:
    """Without client id and secret nobody can be connected anew, and tokens that end cannot be renewed."""
    server = authorization_server(
        app_url=settings.lexoffice_app_url,
        public_url=settings.public_url,
        client_id=settings.lexoffice_oauth_client_id,
        client_secret=settings.lexoffice_oauth_client_secret,
    )
    return OAuthAccess(ledger, settings.vault(), server)
