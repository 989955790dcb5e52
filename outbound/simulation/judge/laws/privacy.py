"""The law of privacy: nobody hears of a policy before its holder has proved who he is."""

import re
from collections.abc import Iterator, Sequence

from outbound.domain.policy import Policy
from outbound.simulation.judge.calls import Call
from outbound.simulation.judge.case import Case
from outbound.simulation.judge.violation import Violation


def nothing_personal_before_verification(case: Case) -> Iterator[Violation]:
    """No product and no policy number is said before its holder gave his birthday or the policy's last digits.

    Nor is his name to who rings in: a call of ours asks for its person, but any number can be shown by anybody.
    """
    for call in case.calls:
        # At a number that belongs to nobody, nobody can prove anything.
        known = case.people.get(call.number)
        found = _told_too_early(call, case.policies if known is None else known, may_prove=known is not None)
        if found is not None:
            expected = "nothing of a policy before its holder was verified"
            yield Violation("nothing_personal_before_verification", call.sid, found, expected)


def _told_too_early(call: Call, holders: Sequence[Policy], *, may_prove: bool) -> str | None:
    """Return when something was said of the policy of somebody who had not yet been verified."""
    proven: set[str] = set()
    for event in call.events:
        name, text = event.get("event"), str(event.get("text") or "")
        if may_prove and name in ("keyed", "heard"):
            given = re.sub(r"\D", "", str(event.get("digits") or text))
            proven |= {policy.holder.customer_id for policy in holders if given in _proofs(policy)}
        elif name == "said" and _tells(text, holders, proven, names=call.is_inbound):
            return str(event["at"])
    return None


def _tells(text: str, holders: Sequence[Policy], proven: set[str], *, names: bool) -> bool:
    # Two people of one household may have the same product.
    known = (policy for policy in holders if policy.holder.customer_id in proven)
    open_to_them = {each for policy in known for each in secrets_of(policy, names=names)}
    return any(
        secret in text
        for policy in holders
        if policy.holder.customer_id not in proven
        for secret in secrets_of(policy, names=names)
        if secret not in open_to_them
    )


def _proofs(policy: Policy) -> Iterator[str]:
    """What the right person can give to be verified: birthday as month and day, or the policy's last digits."""
    if policy.holder.birth_date is not None:
        yield policy.holder.birth_date.strftime("%m%d")
    yield re.sub(r"\D", "", policy.policy_no)[-4:]


def secrets_of(policy: Policy, *, names: bool) -> Iterator[str]:
    """Yield what nobody but its holder may be told of a policy; with `names`, also whose it is."""
    if names:
        yield policy.holder.full_name
    if policy.product_name:
        yield policy.product_name
    yield policy.policy_no
