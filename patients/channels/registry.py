"""The channels in use: a new one is one file and one line here."""

from typing import Final

from patients.channels.base import Channel
from patients.channels.email import EmailChannel
from patients.channels.webhook import WebhookChannel
from patients.channels.webpush import WebPushChannel

CHANNELS: Final[dict[str, Channel]] = {
    "email": EmailChannel(),
    "webpush": WebPushChannel(),
    "webhook": WebhookChannel(),
}
