"""Every kind of finding: its stable code, what is proved, and whether a script may be spoken all the same."""

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    # ---- the graph
    "unknown_step": "every way leads to a step that there is",
    "unknown_guard": "every guard is one that the engine knows",
    "open_choice": "the last choice always holds",
    "dead_choice": "every choice is taken in some call",
    "unreachable_step": "every step is reached in some call",
    "no_exit": "from every step some way leads to an end",
    "loop_without_question": "nothing goes round without asking",
    "too_many_steps": "no turn walks more steps than the engine allows",
    "too_many_ways": "the ways through a script are few enough to be walked, every one of them",
    "bounds": "failures, repeats, turns and seconds a call are bounded as signed",
    "unknown_intent": "everything that may be heard can be understood in every language",
    # ---- questions
    "not_heard": "person, opt-out, repeat, goodbye and the other words that always work are heard at every question",
    "universal_key": "every word that always works has its key",
    "fixed_key": "no question gives such a key another meaning",
    "retries": "every question has its three prompts",
    "same_wording": "the three are worded differently in every language",
    "endless_retries": "what follows three failures is not the same question again",
    "no_person_after_failures": "who is not understood three times gets a person, a callback or the end they asked for",
    "answer_outcomes": "every outcome of an answer leads somewhere, and no other",
    "menu": "choices ascend without gaps, four at most",
    "key_not_taken": "every key that a prompt names is taken",
    "key_not_told": "the plainest prompt names every key",
    "time_to_answer": "there is time to answer, and not too much",
    "question_last": "a prompt ends with what is asked",
    "two_questions": "one question a turn",
    "unsure": "what is asked back when in doubt says what was understood",
    # ---- prompts
    "missing_prompt": "every prompt is there in every language",
    "unused_prompt": "every prompt is spoken",
    "no_words": "it is written down what to listen for in every language",
    "other_fields": "all languages say the same fields",
    "too_long": "a prompt before a question can be followed",
    "say_limit": "the voice takes it at once",
    "long_turn": "nobody listens for long before they may answer",
    "script_length": "the straight path of the script is short enough",
    "cut_short": "the longest straight conversation ends before the script cuts it short",
    "asks_for_secret": "nothing asks for codes, cards, passwords, full identity numbers or transfers",
    "promotional_words": "a service script promotes nothing",
    "promotional_service": "what promotes is no service call",
    # ---- who may hear what
    "policy_before_verification": "nothing about a policy is said to anybody who is not verified",
    "name_before_right_party": "the name is said only where it is asked whose it is, and to them",
    "name_to_wrong_party": "who is the wrong person never hears the name",
    "unspoken_field": "what nobody may hear is never said",
    "whisper_only": "what is meant for whoever takes a transfer is said to nobody else",
    "telling_verification": "the answer to a fact sounds the same whether it was right or wrong",
    "too_many_tries": "nobody tries more than twice to be verified",
    "verification_not_deferred": "questions wait until it is known who asks",
    "unconfirmed_identity": "identity is confirmed explicitly, and verified by a fact",
    "voicemail_field": "voicemail names the company and the number only",
    "voicemail_silent": "voicemail names the company and the number",
    "voicemail_asks": "nobody asks a machine",
    # ---- what must be said first
    "company_undisclosed": "the company is named before anything is asked",
    "automated_undisclosed": "an automated voice says so before anything is asked, with the company's name",
    "purpose_undisclosed": "why is said before anything is asked",
    "person_undisclosed": "the way to a person is said before anything is asked",
    "lost_greeting": "who calls survives two lost seconds: a short greeting and a pause come first",
    "recording_unannounced": "nobody is recorded who was not told and asked",
    "recording_not_asked": "it is asked about recording before anything of a policy is said or proved",
    "no_route": "every call names a way to complain or to call back",
    # ---- promises and effects
    "free_look_unguarded": "the right to cancel is spoken of only where it runs",
    "promise_without_effect": "nothing is promised that is not brought about",
    "effect_untold": "whoever is owed something is told so",
    "unconfirmed_callback": "a time is read back before it is promised",
    "unconfirmed_opt_out": "opting out is confirmed explicitly",
    "value_unknown": "a time or a score is spoken only once there is one",
    "choices_unguarded": "times are offered only where there are some",
    # ---- ends, and words that end
    "silent_end": "something is said before the line is hung up",
    "no_goodbye": "every call ends in a goodbye",
    "outcome_lost": "no disposition hides a complaint, a cancellation, an opt-out or a wrong number",
    "welcomed_unverified": "welcomed is only who was verified",
    "word_without_effect": "complaint, cancellation, person, opt-out, wrong number and death are noted",
    "goodbye_lingers": "goodbye and a refusal are honoured at once",
    "opt_out_lingers": "an opt-out ends within one utterance",
    "opt_out_lost": "who opts out and says no more is taken at their word",
    "question_after_cancel": "who wants to cancel, or complains, is asked nothing more about it",
    "persuasion": "nobody is talked out of cancelling",
    "screening": "who screens calls is told in one sentence who calls, and waited for",
    # ---- transfers
    "whisper_missing": "whoever takes a transfer is told what it is about",
    "transfer_unannounced": "who is put through is told so, and was promised a person",
}

WARNINGS = frozenset({"dead_choice", "long_turn", "cut_short", "two_questions", "question_last", "key_not_told"})
"""Kinds that a writer should look at, but that keep no script out of a campaign."""


def refuses(code: str) -> bool:
    """Whether a finding of this kind keeps a script out of every campaign."""
    return code not in WARNINGS
