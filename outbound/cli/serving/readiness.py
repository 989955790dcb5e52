"""Whether this installation gets on: the database, the rules, and the verbs, whichever process runs them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from outbound.adapters.sql.heartbeats import SqlHeartbeats
from outbound.adapters.sql.views import operations
from outbound.bootstrap import House
from outbound.usecases.heartbeat import standing_still
from outbound.usecases.problems import ServiceAwayError


class Readiness:
    """Names what is not ready, each with its reason; nothing when everything is."""

    def __init__(
        self,
        house: House,
        intervals: Callable[[], Mapping[str, timedelta]],
        flows_problem: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """`intervals`: how often each verb is run, by name; `flows_problem` says why none of them can run yet."""
        self._house = house
        self._intervals = intervals
        self._flows_problem = flows_problem
        self._since: datetime = house.clock.now()
        self._ending = ""

    def ending(self, told: str) -> None:
        """From now on this process is not ready: a load balancer sends new webhooks elsewhere."""
        self._ending = told

    def __call__(self) -> Mapping[str, str]:
        """Look at everything, what explains the rest first."""
        ending = {"web": self._ending} if self._ending else {}
        found = database_problem(self._house) or rules_problem(self._house) or self._flows_problem() or self._verbs()
        return {**ending, **found}

    def _verbs(self) -> Mapping[str, str]:
        try:
            with self._house.store.reading() as connection:
                runs = SqlHeartbeats(connection).verb_runs()
        except (SQLAlchemyError, ServiceAwayError) as error:
            return {"database": f"does not say how the verbs get on ({type(error).__name__})"}
        return standing_still(runs, self._intervals(), since=self._since, now=self._house.clock.now())


def database_problem(house: House) -> dict[str, str]:
    """Name the database and what is wrong with it, or nothing."""
    try:
        with house.store.reading() as connection:
            connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, ServiceAwayError) as error:
        return {"database": f"does not answer ({type(error).__name__}): is it running, is its address right?"}
    return {}


def rules_problem(house: House) -> dict[str, str]:
    """Name what keeps the rules from being read, or nothing."""
    problem = house.rules_problem()
    return {"rules": f"cannot be read, so nothing is planned or dialled: {problem}"} if problem else {}


def live_calls(house: House) -> int:
    """Count calls that ring or talk; 0 when the database does not say."""
    try:
        with house.store.reading() as connection:
            return operations.live_calls(connection)
    except (SQLAlchemyError, ServiceAwayError):
        return 0
