"""Calls and messages as the REST API shows them."""

from datetime import datetime

from outbound.exchange.call import Call
from outbound.exchange.wire import API_VERSION, rfc2822


def call_resource(call: Call, account_sid: str) -> dict[str, object]:
    """Return a call with Twilio's fields; dates in RFC 2822, counts as strings."""
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Calls/{call.sid}.json"
    base = uri.removesuffix(".json")
    waited = int((call.dialled_at - call.created_at).total_seconds() * 1000) if call.dialled_at else 0
    parts = ("notifications", "recordings", "payments", "events", "siprec", "streams", "transcriptions")
    return {
        "sid": call.sid,
        "date_created": _date(call.created_at),
        "date_updated": _date(call.updated_at or call.created_at),
        "parent_call_sid": call.parent_sid,
        "account_sid": account_sid,
        "to": call.to,
        "to_formatted": call.to,
        "from": call.from_,
        "from_formatted": call.from_,
        "phone_number_sid": None,
        "status": call.status,
        "start_time": _date(call.dialled_at),
        "end_time": _date(call.ended_at),
        "duration": str(call.seconds) if call.ended else None,
        "price": None,
        "price_unit": "USD",
        "direction": call.direction,
        "answered_by": call.answered_by or None,
        "api_version": API_VERSION,
        "annotation": None,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": str(waited),
        "trunk_sid": None,
        "uri": uri,
        "subresource_uris": {part: f"{base}/{part.capitalize()}.json" for part in parts},
    }


def message_resource(message: Call, account_sid: str, body: str) -> dict[str, object]:
    """Return a text message with Twilio's fields, as it is right after its creation."""
    return {
        "sid": message.sid,
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": body,
        "date_created": _date(message.created_at),
        "date_sent": None,
        "date_updated": _date(message.created_at),
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": message.from_,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "status": "queued",
        "subresource_uris": {},
        "to": message.to,
        "uri": f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message.sid}.json",
    }


def _date(instant: datetime | None) -> str | None:
    return None if instant is None else rfc2822(instant)
