"""Twilio's errors: code, HTTP status, message."""

from outbound.exchange.wire import Response, json_response

_STATUS = {20003: 401, 20404: 404, 20405: 405, 20429: 429, 20500: 500, 20503: 503}
_MESSAGES = {
    20001: "Invalid parameter: {0}",
    20003: "Authenticate",
    20404: "The requested resource {0} was not found",
    20405: "Method not allowed",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    20503: "Service Unavailable",
    21201: "No 'To' number is specified",
    21205: "Url is not a valid URL: {0}",
    21210: "The source phone number provided, {0}, is not yet verified for your account.",
    21211: "The phone number you are attempting to call, {0}, is not valid.",
    21212: "The source phone number provided, {0}, is not valid.",
    21213: "No 'From' number is specified",
    21214: "The phone number you are attempting to call, {0}, cannot be reached.",
    21220: "Call is not in-progress. Cannot redirect.",
    21602: "Message body is required",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21609: "The StatusCallback URL {0} is not a valid URL.",
}


class ApiError(Exception):
    """A request that is refused; `subject` fills the message (it may hold a number, so it is never logged)."""

    def __init__(self, code: int, subject: str = "") -> None:
        super().__init__(f"error {code}")
        self.code = code
        self.status = _STATUS.get(code, 400)
        self.subject = subject

    def response(self) -> Response:
        """Return the answer as Twilio words it."""
        document: dict[str, object] = {
            "code": self.code,
            "message": _MESSAGES[self.code].format(self.subject),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        return json_response(self.status, document)
