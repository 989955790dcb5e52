"""How a batch begins: one look at queue, lines and plan, and the first reservation in the same transaction."""

from msgspec import Struct

from outbound.domain.line.fair import Due
from outbound.domain.line.trunk import claim
from outbound.usecases.dialling.reserve import Foreseen, NotTogetherError, reserve_each, reserve_in
from outbound.usecases.dialling.survey import Survey, survey
from outbound.usecases.dialling.terms import Reservations, Terms


class Begun(Struct, frozen=True):
    """What a batch begins with. `reserved` is what became of `tried`; None where something has to be asked first."""

    seen: Survey
    tried: tuple[Due, ...] = ()
    reserved: Reservations | None = None


def begin(terms: Terms, limit: int, *, most: int, trusts_clock: bool, may_order: bool) -> Begun:
    """Survey, and reserve `most` at once where nothing was mended and no question to the carrier stands between.

    `may_order` says that clock and carrier need not be asked; the carrier is never asked inside a transaction.
    """
    seen: Survey | None = None
    tried: tuple[Due, ...] = ()
    try:
        with terms.store.begin() as work:
            seen = survey(work, terms, limit, trusts_clock=trusts_clock)
            if seen.mended:
                work.commit()
            elif may_order and seen.due and not seen.lines.failures(terms.trunk):
                claimed = claim(seen.lines, seen.due, terms.campaigns, terms.trunk, seen.at, most)
                tried = tuple(claimed.taken)
                if tried:
                    foreseen = Foreseen(seen.at, seen.lines, claimed)
                    return Begun(seen, tried, reserve_in(work, terms, tried, foreseen))
    except NotTogetherError:
        if seen is None:
            raise
        return Begun(seen, tried, reserve_each(terms, tried))
    return Begun(seen)
