"""What a new version of a policy changes about a person: pure, and the same in whatever order rows arrive."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from msgspec.structs import replace

from outbound.domain.campaign import Campaign
from outbound.domain.contact import Contact, ContactPhone, ContactPolicy, ContactState, WelcomeState
from outbound.domain.deadline import policy_deadline
from outbound.domain.identifiers import Identifiers
from outbound.domain.intake.dossier import Claim, Dossier, Version
from outbound.domain.intake.standing import welcoming
from outbound.domain.policy import Policy, PolicyStatus

REPLACED = "replaced"
"""Why a number is unusable that the company has replaced; it stays for the calls that were made to it."""


def open_dossier(version: Version, campaign: Campaign, identifiers: Identifiers, now: datetime) -> Dossier:
    """Make the contact of a person who was not known."""
    policy, holder = version.policy, version.policy.holder
    held = _held(version, WelcomeState.DUE)
    contact = Contact(
        id=identifiers.new(),
        company_id=campaign.company_id,
        campaign_id=campaign.id,
        customer_id=holder.customer_id,
        do_not_call=holder.do_not_call,
        state=ContactState.OPEN,
        reason=None,
        not_before=None,
        deadline=policy_deadline(held, holder.region, campaign.free_look_days, campaign.give_up_days, now.date()),
        round=1,
        welcomed_at=None,
        phones=tuple(
            ContactPhone(identifiers.new(), rank, phone.e164, index, phone.extension, phone.line, None)
            for rank, (index, phone) in enumerate(version.phones.items())
        ),
        policies=(held,),
        **_details(policy),
    )
    return Dossier(contact, {policy.policy_no: version.claim})


def absorb(dossier: Dossier, version: Version, campaign: Campaign, identifiers: Identifiers, now: datetime) -> Dossier:
    """Take a version into the contact to whom its policy belongs.

    A correction of a known policy always speaks for the person; a further policy does unless one that was issued
    later stands in the same source. A corrected number takes the old one's place in every policy of the person. One
    policy that forbids robot calls forbids them for the person.
    """
    policy, contact = version.policy, dossier.contact
    old = next((one for one in contact.policies if one.policy_no == policy.policy_no), None)
    held = _held(version, old.welcome if old else WelcomeState.DUE)
    others = (one for one in contact.policies if one is not old)
    policies = tuple(sorted((*others, held), key=_by_issue))
    claims = {**(_corrected(dossier.claims, version) if old else dossier.claims), policy.policy_no: version.claim}
    speaks = old is not None or _speaks(dossier, version)
    known = _merged(contact.phones, version, identifiers, refresh=speaks)
    contact = replace(
        contact,
        policies=policies,
        phones=_ranked(known, policies, claims, dossier.called_phones),
        do_not_call=any(claim.do_not_call for claim in claims.values()),
        **(_details(policy) if speaks else {}),
    )
    absorbed = Dossier(contact, claims, dossier.attempts)
    return welcoming(absorbed, held, campaign, now) if _became_due(old, held) else absorbed


def detach(dossier: Dossier, policy_no: str) -> Dossier:
    """Take a policy away that went over to another person. Without any policy left the numbers stay as they were."""
    contact = dossier.contact
    policies = tuple(one for one in contact.policies if one.policy_no != policy_no)
    claims = {number: claim for number, claim in dossier.claims.items() if number != policy_no}
    known = {phone.number_index: phone for phone in contact.phones}
    contact = replace(
        contact,
        policies=policies,
        phones=_ranked(known, policies, claims, dossier.called_phones) if policies else contact.phones,
        do_not_call=any(claim.do_not_call for claim in claims.values()) if policies else contact.do_not_call,
    )
    return Dossier(contact, claims, dossier.attempts)


def _held(version: Version, welcome: WelcomeState) -> ContactPolicy:
    policy = version.policy
    return ContactPolicy(
        id=version.policy_id,
        policy_no=policy.policy_no,
        product_code=policy.product_code,
        product_name=policy.product_name,
        issued_on=policy.issued_on,
        delivered_on=policy.delivered_on,
        status=policy.status,
        welcome=welcome,
    )


def _details(policy: Policy) -> dict[str, Any]:
    holder = policy.holder
    return {
        "full_name": holder.full_name,
        "birth_date": holder.birth_date,
        "postal_code": holder.postal_code,
        "region": holder.region,
        "billing_region": holder.billing_region,
        "time_zone": holder.time_zone,
        "language": holder.language,
        "preferred_window": holder.preferred_window,
        "privacy_notice_on": holder.privacy_notice_on,
        "consents": {consent.purpose: consent.given_on for consent in holder.consents},
    }


def _by_issue(policy: ContactPolicy) -> tuple[Any, str]:
    return policy.issued_on, policy.policy_no


def _became_due(old: ContactPolicy | None, held: ContactPolicy) -> bool:
    return held.status is PolicyStatus.IN_FORCE and (
        old is None or (old.status is not PolicyStatus.IN_FORCE and old.welcome is WelcomeState.DUE)
    )


def _speaks(dossier: Dossier, version: Version) -> bool:
    """Whether a further policy's details win. Within one source the day of issue decides, so that order does not."""
    key = (version.policy.issued_on, version.policy.policy_no)
    return all(
        _by_issue(held) < key
        for held in dossier.contact.policies
        if dossier.claims[held.policy_no].source == version.source
    )


def _corrected(claims: Mapping[str, Claim], version: Version) -> dict[str, Claim]:
    """Put the successor in the place of each number that the correction replaces, whichever policy named it."""
    old, new = claims[version.policy.policy_no].numbers, tuple(version.phones)
    successor = {
        before: after
        for before, after in zip(old, new, strict=False)
        if before != after and before not in new and after not in old
    }
    return {
        policy_no: replace(claim, numbers=tuple(dict.fromkeys(successor.get(one, one) for one in claim.numbers)))
        for policy_no, claim in claims.items()
    }


def _merged(
    phones: Sequence[ContactPhone], version: Version, identifiers: Identifiers, *, refresh: bool
) -> dict[str, ContactPhone]:
    known = {phone.number_index: phone for phone in phones}
    for index, phone in version.phones.items():
        held = known.get(index)
        if held is None:
            known[index] = ContactPhone(identifiers.new(), 0, phone.e164, index, phone.extension, phone.line, None)
        elif refresh and (held.extension, held.line) != (phone.extension, phone.line):
            known[index] = replace(held, extension=phone.extension, line=phone.line)
    return known


def _ranked(
    known: Mapping[str, ContactPhone],
    policies: Sequence[ContactPolicy],
    claims: Mapping[str, Claim],
    called: frozenset[str],
) -> tuple[ContactPhone, ...]:
    """Order the numbers, those of the policy issued last first; one that nobody claims stays only if it was called."""
    newest_first = (claims[policy.policy_no].numbers for policy in reversed(policies))
    claimed = list(dict.fromkeys(index for index in chain.from_iterable(newest_first) if index in known))
    ranked = [
        replace(known[index], rank=rank, unusable=None if known[index].unusable == REPLACED else known[index].unusable)
        for rank, index in enumerate(claimed)
    ]
    history = sorted(
        (phone for index, phone in known.items() if index not in set(claimed) and phone.id in called),
        key=lambda phone: (phone.rank, phone.id),
    )
    kept = [
        replace(phone, rank=rank, unusable=phone.unusable or REPLACED)
        for rank, phone in enumerate(history, len(ranked))
    ]
    return (*ranked, *kept)
