"""What of the outside is there to be talked to, as the settings say."""

from datetime import timedelta

from activities.mail.post import FolderPost, Post, SmtpPost
from activities.models import Surroundings
from settings import Settings


def surroundings(settings: Settings) -> Surroundings:
    """What the engine may be told of; what is not there is not announced."""
    return Surroundings(
        bundle_mails=timedelta(seconds=settings.mail_bundle_seconds) if settings.sends_mail else None,
        asks_vies=settings.vies_base_url is not None,
    )


def post_of(settings: Settings) -> Post | None:
    """How mails leave. None: none is sent."""
    if settings.mail_folder is not None:
        return FolderPost(settings.mail_folder, sender=settings.mail_sender or "partnerdesk@localhost")
    if settings.smtp_host is None:
        return None
    assert settings.mail_sender is not None  # the settings see to it
    return SmtpPost(
        settings.smtp_host,
        settings.smtp_port,
        sender=settings.mail_sender,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=None if settings.smtp_password is None else settings.smtp_password.get_secret_value(),
    )
