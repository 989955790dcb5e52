"""What a script is measured against: numbers and words that people sign, as `scripts_tts/limits.yaml` writes them."""

from collections.abc import Mapping

from msgspec import Struct, field

from outbound.domain.outcome.disposition import Disposition


class Speech(Struct, frozen=True, forbid_unknown_fields=True):
    """How fast the voice speaks: characters and words a minute, and the share of that rate when it speaks slowly."""

    characters_a_minute: int
    words_a_minute: int
    slow: float


class Answering(Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds to answer: at least, at most, while somebody is fetched, and never more than."""

    least: int
    most: int
    hold: int
    never: int


class Lengths(Struct, frozen=True, forbid_unknown_fields=True):
    """The longest a prompt before a question, one `Say`, one turn and the straight path of a script may be."""

    prompt_characters: int
    prompt_words: int
    say_characters: int
    turn_seconds: int
    script_seconds: int


class Bounds(Struct, frozen=True, forbid_unknown_fields=True):
    """The most that a script may allow itself in one call, and the choices of one menu."""

    failures: int
    repeats: int
    turns: int
    seconds: int
    wordings: int
    tries: int
    choices: int
    pause_after_greeting: int


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """What a proof listens for in one language: patterns without regard to capitals; any of a list counts.

    `press` has one group, the key. A sentence with one of `offered` proposes or instructs, and one with `denied`
    denies: neither promises or asks for anything.
    """

    automated: tuple[str, ...]
    purpose: tuple[str, ...]
    recording: tuple[str, ...]
    a_person: tuple[str, ...]
    complaint_route: tuple[str, ...]
    goodbye: tuple[str, ...]
    free_look: tuple[str, ...]
    opt_out: tuple[str, ...]
    policy: tuple[str, ...]
    promotional: tuple[str, ...]
    secret: tuple[str, ...]
    persuasion: tuple[str, ...]
    promised_person: tuple[str, ...]
    promised_message: tuple[str, ...]
    promised_filing: tuple[str, ...]
    promised_silence: tuple[str, ...]
    offered: tuple[str, ...]
    denied: tuple[str, ...]
    asking: tuple[str, ...]
    press: tuple[str, ...]


class VoiceLimits(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it. `always_heard` are the words that every question hears, `keys` what a key means everywhere.

    `must_end` says as what a call ends in which something weighty happened: by effect, the dispositions that keep it.
    `words` are by language tag; a tag in `same_words` has those of another one. `approved_by` names who put
    their name to it, on the ISO day `approved_on`; None: nobody has.
    """

    owner: str
    reviewed_on: str
    speech: Speech
    answering: Answering
    lengths: Lengths
    bounds: Bounds
    always_heard: tuple[str, ...]
    keys: Mapping[str, str]
    must_end: Mapping[str, tuple[Disposition, ...]]
    words: Mapping[str, Words]
    same_words: Mapping[str, str] = field(default_factory=dict)
    approved_by: str | None = None
    approved_on: str | None = None

    def words_for(self, language: str) -> Words | None:
        """Return what to listen for in a language, or None where nobody has written it down."""
        return self.words.get(self.same_words.get(language, language))
