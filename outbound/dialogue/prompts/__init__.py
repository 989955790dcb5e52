"""Prompts: sandboxed Jinja2 templates that know a fixed set of fields, compiled once, checked before any call."""

from outbound.dialogue.prompts.fields import FIELDS, PHRASES, context_of
from outbound.dialogue.prompts.grammar import PromptError
from outbound.dialogue.prompts.prompt import Prompt, Prompts, Recording, sample_text
from outbound.dialogue.prompts.wording import MACROS, Wording, compile_prompt, read_macros

__all__ = [
    "FIELDS",
    "MACROS",
    "PHRASES",
    "Prompt",
    "PromptError",
    "Prompts",
    "Recording",
    "Wording",
    "compile_prompt",
    "context_of",
    "read_macros",
    "sample_text",
]
