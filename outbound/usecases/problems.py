"""Errors that a person can mend. The command line shows their text and exits with their code; never a traceback."""


class InputProblemError(ValueError):
    """The input is wrong: the text says what, where and how to mend it. Exit code 2."""

    exit_code = 2


class ServiceAwayError(ConnectionError):
    """A service that is needed cannot be reached. Exit code 3."""

    exit_code = 3


class TryAgainError(ServiceAwayError):
    """The database undid the transaction for the sake of another one: nothing was written, once more may succeed."""


class BrokenOffError(ServiceAwayError):
    """The database broke off in the middle: whether the transaction was written is not known."""
