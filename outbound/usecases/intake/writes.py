"""What changed between the contacts as they were and as they are, as rows to be written."""

from collections.abc import Mapping

from outbound.domain.contact import Contact, WelcomeState
from outbound.domain.intake.dossier import Dossier, Version
from outbound.usecases.ports.stored.intake import IntakeWrites, StoredPolicy

_SCALARS = tuple(name for name in Contact.__struct_fields__ if name not in {"phones", "policies"})


def note_person(
    writes: IntakeWrites, index: str, before: Dossier | None, after: Dossier, versions: Mapping[str, Version]
) -> bool:
    """Add what is to be written about one person; return whether the contact itself or its numbers changed.

    `versions` are the newest ones of this batch by policy_no; other policies of the person are left as they are.
    """
    if before is None:
        writes.new_contacts.append((after.contact, index))
        writes.new_phones.extend((after.contact.id, phone) for phone in after.contact.phones)
        changed = True
    else:
        changed = _note_contact(writes, before.contact, after.contact)
        _note_claims(writes, before, after, versions)
    _note_policies(writes, before, after, versions)
    return changed


def _note_contact(writes: IntakeWrites, before: Contact, after: Contact) -> bool:
    changed = any(getattr(before, name) != getattr(after, name) for name in _SCALARS)
    if changed:
        writes.changed_contacts.append(after)
    held = {phone.id: phone for phone in before.phones}
    kept = {phone.id for phone in after.phones}
    for phone in after.phones:
        if phone.id not in held:
            writes.new_phones.append((after.id, phone))
        elif phone != held[phone.id]:
            writes.changed_phones.append(phone)
    writes.gone_phones.extend(phone_id for phone_id in held if phone_id not in kept)
    return changed or before.phones != after.phones


def _note_claims(writes: IntakeWrites, before: Dossier, after: Dossier, versions: Mapping[str, Version]) -> None:
    ids = {policy.policy_no: policy.id for policy in after.contact.policies}
    writes.changed_claims.extend(
        (ids[policy_no], claim)
        for policy_no, claim in after.claims.items()
        if policy_no not in versions and before.claims.get(policy_no) != claim
    )


def _note_policies(
    writes: IntakeWrites, before: Dossier | None, after: Dossier, versions: Mapping[str, Version]
) -> None:
    welcomes = {policy.id: policy.welcome for policy in before.contact.policies} if before else {}
    for policy in after.contact.policies:
        version = versions.get(policy.policy_no)
        if version is None:
            continue
        welcome: WelcomeState | None = policy.welcome if welcomes.get(policy.id) != policy.welcome else None
        stored = StoredPolicy(after.contact.id, version, welcome)
        (writes.changed_policies if version.is_known else writes.new_policies).append(stored)
