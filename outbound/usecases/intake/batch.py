"""One batch of rows in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from outbound.compliance.interview import InterviewRules
from outbound.domain.campaign import Campaign
from outbound.domain.contact import ContactState, WelcomeState
from outbound.domain.identifiers import Identifiers
from outbound.domain.intake.absorb import absorb, detach, open_dossier
from outbound.domain.intake.dossier import Dossier, Version
from outbound.domain.intake.standing import Settlement, settle
from outbound.domain.policy import Policy
from outbound.usecases.intake.interviews import note_interview, why_needed
from outbound.usecases.intake.message import add_message
from outbound.usecases.intake.quarantine import row_text
from outbound.usecases.intake.report import IntakeReport
from outbound.usecases.intake.writes import note_person
from outbound.usecases.ports.store import Store, UnitOfWork
from outbound.usecases.ports.stored.intake import IntakeConflictError, IntakeWrites, RejectedRow
from outbound.usecases.problems import ServiceAwayError, TryAgainError

_MOST_TRIES = 8


@dataclass(slots=True)
class Rehearsal:
    """What a dry run would have written so far, since nothing is."""

    seen: set[tuple[str, str]] = field(default_factory=set)
    newest: dict[str, str] = field(default_factory=dict)
    policies: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)


class Run(Struct, frozen=True):
    """What holds for every batch; with a `rehearsal` nothing is written. `interviews`: the country's rules, if any."""

    source: str
    campaign: Campaign
    identifiers: Identifiers
    now: datetime
    rehearsal: Rehearsal | None = None
    interviews: InterviewRules | None = None


def take_batch(
    store: Store, rows: Sequence[Policy | RejectedRow], run: Run, mended: Sequence[str] = ()
) -> IntakeReport:
    """Take rows in, all or none, and note `mended` quarantine rows; begins anew when another run was in between."""
    for _ in range(_MOST_TRIES):
        try:
            with store.begin() as work:
                report = _Batch(store, work, run).take(rows)
                if run.rehearsal is None:
                    work.intake.mend(mended)
                    work.commit()
        except (IntakeConflictError, TryAgainError):
            continue
        return report
    raise ServiceAwayError("another intake keeps writing the same policies: let it end, then run this one again")


class _Batch:
    """The steps of one batch: sort out what is new, change the contacts, write the difference."""

    def __init__(self, store: Store, work: UnitOfWork, run: Run) -> None:
        self._store = store
        self._intake = work.intake
        self._run = run
        self._company_id = run.campaign.company_id
        self._writes = IntakeWrites()
        self._before: Mapping[str, Dossier] = {}
        self._after: dict[str, Dossier] = {}
        self._holder: dict[str, str] = {}
        self._versions: dict[str, Version] = {}
        self._older = 0

    def take(self, rows: Sequence[Policy | RejectedRow]) -> IntakeReport:
        good = [row for row in rows if isinstance(row, Policy)]
        bad = [row for row in rows if not isinstance(row, Policy)]
        fresh = self._unseen(good)
        updated = self._absorb_all(fresh)
        counts = self._settle_all()
        self._quarantine(bad)
        self._note_interviews()
        if self._run.rehearsal is None:
            self._intake.write(self._company_id, self._run.source, self._writes, self._run.now)
        return replace(
            counts,
            read=len(rows),
            taken_in=len(fresh) - updated,
            updated=updated,
            duplicates=len(good) - len(fresh),
            quarantined=len(bad),
            older=self._older,
            interviews=len(self._writes.new_interviews),
        )

    def _unseen(self, policies: Sequence[Policy]) -> list[Policy]:
        seen = self._intake.seen_versions(self._company_id, {policy.policy_no for policy in policies})
        rehearsal = self._run.rehearsal
        seen |= rehearsal.seen if rehearsal else set()
        known = {policy.policy_no for policy in policies if (policy.policy_no, policy.content_hash) in seen}
        newest = dict(self._intake.current_versions(self._company_id, known)) if known else {}
        newest |= rehearsal.newest if rehearsal else {}
        fresh = []
        for policy in policies:
            number, version = policy.policy_no, (policy.policy_no, policy.content_hash)
            if version not in seen:
                seen.add(version)
                newest[number] = policy.content_hash
                fresh.append(policy)
                self._writes.versions.append(version)
            else:
                self._older += newest.get(number, policy.content_hash) != policy.content_hash
        if rehearsal:
            rehearsal.seen.update(self._writes.versions)
            rehearsal.newest.update(self._writes.versions)
        return fresh

    def _absorb_all(self, policies: Sequence[Policy]) -> int:
        """Change the contacts row by row; return how many policies were known before."""
        company = self._company_id
        people = [self._store.customer_index(company, policy.holder.customer_id) for policy in policies]
        owners = self._intake.owners(company, {policy.policy_no for policy in policies})
        contact_ids = {owner.contact_id for owner in owners.values()}
        self._before = self._intake.dossiers(company, set(people), contact_ids)
        self._after = dict(self._before)
        self._holder = {no: index for index, dossier in self._before.items() for no in dossier.claims}
        rehearsed = self._run.rehearsal.policies if self._run.rehearsal else set()
        updated = 0
        for policy, index in zip(policies, people, strict=True):
            updated += policy.policy_no in self._holder or policy.policy_no in rehearsed
            self._absorb(policy, index)
        rehearsed.update(policy.policy_no for policy in policies)
        return updated

    def _absorb(self, policy: Policy, index: str) -> None:
        run, number = self._run, policy.policy_no
        version = self._version(policy)
        holder = self._holder.get(number)
        if holder is not None and holder != index:
            self._after[holder] = detach(self._after[holder], number)
        dossier = self._after.get(index)
        self._after[index] = (
            open_dossier(version, run.campaign, run.identifiers, run.now)
            if dossier is None
            else absorb(dossier, version, run.campaign, run.identifiers, run.now)
        )
        self._holder[number] = index
        self._versions[number] = version

    def _version(self, policy: Policy) -> Version:
        known, earlier = None, self._versions.get(policy.policy_no)
        if earlier is None and (holder := self._holder.get(policy.policy_no)) is not None:
            held = self._before[holder].contact.policies
            known = next(one.id for one in held if one.policy_no == policy.policy_no)
        return Version(
            policy_id=earlier.policy_id if earlier else known or self._run.identifiers.new(),
            is_known=earlier.is_known if earlier else known is not None,
            policy=policy,
            phones={self._store.number_index(phone.e164): phone for phone in policy.holder.phones},
            source=self._run.source,
        )

    def _settle_all(self) -> IntakeReport:
        run, today = self._run, self._run.now.date()
        settled = {
            index: settle(self._before.get(index), after, run.campaign, today)
            for index, after in self._after.items()
            if after is not self._before.get(index)
        }
        cancelled = self._cancel(settled)
        new = changed = 0
        for index, settlement in settled.items():
            after, before = self._after[index], self._before.get(index)
            contact = settlement.contact
            planned = after.planned
            if settlement.cancel and planned and planned.id not in cancelled and contact.state is ContactState.OPEN:
                # It was reserved in the meantime: a live attempt is left alone.
                contact = replace(contact, state=ContactState.PLANNED)
            if contact is not after.contact:
                after = replace(after, contact=contact)
            is_changed = note_person(self._writes, index, before, after, self._versions)
            new += before is None and not self._was_rehearsed(index)
            changed += is_changed and before is not None
            self._note_message(before, after)
            if settlement.withdrawn and before is not None:
                self._writes.withdrawn.append(contact.id)
        return IntakeReport(
            contacts_new=new,
            contacts_changed=changed,
            plans_cancelled=len(cancelled),
            messages=len(self._writes.messages),
        )

    def _cancel(self, settled: Mapping[str, Settlement]) -> set[str]:
        causes = {
            planned.id: settlement.cancel
            for index, settlement in settled.items()
            if settlement.cancel and (planned := self._after[index].planned)
        }
        return self._intake.cancel_planned(causes, self._run.now) if causes else set()

    def _was_rehearsed(self, index: str) -> bool:
        rehearsal = self._run.rehearsal
        if rehearsal is None:
            return False
        known = index in rehearsal.people
        rehearsal.people.add(index)
        return known

    def _note_message(self, before: Dossier | None, after: Dossier) -> None:
        if before is None or after.contact.state is ContactState.WITHDRAWN:
            return
        told = {policy.id for policy in before.contact.policies if policy.welcome is WelcomeState.MESSAGED}
        if not any(
            policy.welcome is WelcomeState.MESSAGED and policy.id not in told for policy in after.contact.policies
        ):
            return
        run = self._run
        add_message(self._writes, after.contact, run.campaign, run.identifiers, run.now)

    def _note_interviews(self) -> None:
        """Open the interviews that the law wants; one that waits or was closed is never closed from here."""
        rules, run = self._run.interviews, self._run
        if rules is None:
            return
        needed = {
            number: because
            for number, version in self._versions.items()
            if (because := why_needed(version.policy, rules))
        }
        known = {self._versions[number].policy_id for number in needed if self._versions[number].is_known}
        held = self._intake.interviews(known) if known else {}
        for number, because in needed.items():
            policy_id = self._versions[number].policy_id
            note_interview(
                self._writes,
                held.get(policy_id),
                policy_id=policy_id,
                contact=self._after[self._holder[number]].contact,
                because=because,
                rules=rules,
                identifiers=run.identifiers,
                now=run.now,
            )

    def _quarantine(self, bad: Sequence[RejectedRow]) -> None:
        if not bad:
            return
        company = self._company_id
        by_index = {self._store.row_index(company, row_text(row)): row for row in bad}
        known = self._intake.quarantined(company, by_index.keys())
        self._writes.rejected.extend(
            (self._run.identifiers.new(), index, row) for index, row in by_index.items() if index not in known
        )
