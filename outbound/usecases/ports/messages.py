"""Texts of the messages that go out."""

from typing import Protocol

from outbound.domain.company import Company


class MessageTexts(Protocol):
    """Approved wordings by template and language."""

    def render(self, template: str, language: str, company: Company) -> str:
        """Return the message as it is sent; raises `InputProblemError` for a template that does not exist."""
        ...
