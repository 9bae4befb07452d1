"""Identity: whom the credentials of a request stand for.

They are API tokens, which are ours, or access tokens of the OpenID Connect provider that the settings name.
"""

from app.identity.identification import Identification

__all__ = ["Identification"]
