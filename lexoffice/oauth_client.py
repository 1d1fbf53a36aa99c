"""authlib's client, without the warning that it gives when it is imported.

A module of its own, as it takes 0.1 to 0.3 s to load: `lexoffice.oauth` loads it with its first request.
"""

import warnings

import authlib.deprecate  # type: ignore[import-untyped]

with warnings.catch_warnings():
    # authlib prefers a fork of httpx with the same interface, and says so when it is imported. authlib.deprecate
    # switches these warnings on, so it was loaded before.
    warnings.simplefilter("ignore", authlib.deprecate.AuthlibDeprecationWarning)
    from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
    from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped]

__all__ = ["AsyncOAuth2Client", "OAuthError"]
