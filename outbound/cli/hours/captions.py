"""Everything that is said around a drawn week, in Traditional Chinese and English."""

from collections.abc import Iterator
from datetime import date, datetime

from outbound.cli.hours.drawn import Drawn
from outbound.cli.hours.place_names import pack_name
from outbound.cli.hours.week import ClockChange, Row, Shade
from outbound.cli.hours.words import WEEKDAYS, layer_name
from outbound.compliance.rules.pack import PACK_LAYERS, Layer, Segment
from outbound.domain.call_class import CallClass

MARKS = {
    Shade.OPEN: "█",
    Shade.PARTLY: "▄",
    Shade.LEGAL: "L",
    Shade.INDUSTRY_CODE: "I",
    Shade.COURTESY: "c",
    Shade.UNKNOWN: "?",
    Shade.SKIPPED: "/",
}
"""One character for each shade, so that no colour is needed."""

_SHADES = {
    Shade.OPEN: ("可以撥打", "open"),
    Shade.PARTLY: ("這半小時只有一部分可以撥打", "open for a part of the half hour"),
    Shade.LEGAL: ("法律不允許", "closed by law"),
    Shade.INDUSTRY_CODE: ("業界自律規範不允許", "closed by an industry code"),
    Shade.COURTESY: ("法規允許，本公司為了禮貌不打", "allowed by law; closed by our own courtesy"),
    Shade.UNKNOWN: ("沒有假日曆，無法判斷，因此不打", "not known for want of a calendar, so nobody is called"),
    Shade.SKIPPED: ("時鐘撥快，沒有這段時間", "the clock skips this time"),
}
_COURTESY_ALONE = (
    "法規未查得明定時段；依本公司禮貌時段不打",
    "no hours are fixed by law that we know of; closed by our own courtesy",
)
"""Instead, where no law and no code of the industry gives hours: then nothing says that they would allow it."""
_COURTESY_WITHIN_CODE = (
    "業界自律規範允許，本公司為了禮貌不打",
    "allowed by the industry code; closed by our own courtesy",
)
_CLASSES = {
    CallClass.SERVICE: ("服務電話", "service calls"),
    CallClass.TELEMARKETING: ("行銷電話", "marketing calls"),
    CallClass.COLLECTION: ("催收電話", "collection calls"),
    CallClass.MANDATORY_INTERVIEW: ("法定訪談", "mandatory interviews"),
}
_SEGMENTS = {Segment.GENERAL: ("未滿 65 歲", "under 65"), Segment.ELDER: ("65 歲以上", "65 and older")}
_SIGNED = {
    "production": ("已正式簽署", "signed for production"),
    "demo": ("僅有示範簽署", "DEMO signature only"),
    "unsigned": ("未簽署", "UNSIGNED"),
}
_MIDNIGHT = "00:00"


class Captions:
    """The sentences of one drawn week in one language."""

    def __init__(self, week: Drawn, language: str) -> None:
        self.week, self.language = week, language
        self.chinese = language.startswith("zh")

    def say(self, chinese: str, english: str) -> str:
        """Return one of two."""
        return chinese if self.chinese else english

    def title(self) -> str:
        """Whose week this is."""
        pack = self.week.standings[0].pack
        named = pack_name(pack, chinese=self.chinese)
        where = named if pack.code == self.week.region else f"{named}, {self.week.region}"
        about = f"{self.say(*_CLASSES[self.week.call_class])}, {self.say(*_SEGMENTS[self.week.segment])}"
        dates = f"{self.week.monday} – {self.week.sunday}"
        return self.say(
            f"可撥打時段：{where}（{about.replace(', ', '，')}），{dates}", f"Calling hours: {where} ({about}), {dates}"
        )

    def banner(self) -> str:
        """Say, of rules that are not signed for production, that nobody is called by them; else nothing."""
        if self.week.signed:
            return ""
        return self.say(
            "依據未經正式簽署的規則繪製：不會依此撥打給任何人。",
            "Drawn from rules that nobody signed for production: nobody is dialled by them.",
        )

    def clocks(self) -> str:
        """Say in which zone the week is drawn, and in which it must be lawful."""
        home, others = self.week.zones[0], self.week.zones
        if len(others) == 1:
            return self.say(f"以 {home} 當地時間顯示。", f"Drawn in the local time of {home}.")
        every = ", ".join(others)
        return self.say(
            f"以 {home} 當地時間顯示；下列 {len(others)} 個時區全都允許時，才顯示可以撥打：{every}。",
            f"Drawn in the local time of {home}; open only while it is lawful in all {len(others)} zones: {every}.",
        )

    def label(self, day: date) -> str:
        """Name a row."""
        return f"{WEEKDAYS[0 if self.chinese else 1][day.weekday()]} {day:%m-%d}"

    def hours(self, row: Row) -> str:
        """Say the open hours of a row exactly."""
        if row.open:
            return ", ".join(f"{self._clock(start)}–{self._closing(end)}" for start, end in row.open)
        if Shade.UNKNOWN in row.cells:
            return self.say("無法判斷，不打", "not known: no calls")
        return self.say("整天不打", "no calls")

    def _clock(self, seconds: int) -> str:
        local = self.week.local(seconds)
        return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"

    def _closing(self, seconds: int) -> str:
        shown = self._clock(seconds)
        return "24:00" if shown == _MIDNIGHT else shown

    def notes(self, row: Row) -> list[str]:
        """Say what is special about a row: holiday, eve, clock change, missing calendar."""
        return [*self._holiday(row), *self._changes(row), *self._missing(row), *self._elsewhere(row)]

    def _holiday(self, row: Row) -> Iterator[str]:
        if row.day in self.week.names:
            name = self.week.names[row.day]
            usual = "" if row.holiday else self.say("，時段照常", ", hours as usual")
            said = f"{self.say('：', ': ')}{name}" if name else ""
            yield f"{self.say('假日', 'holiday')}{said}{usual}"
        elif row.holiday:
            yield self.say("假日", "holiday")
        if row.eve:
            yield self.say("假日前一天", "eve of a holiday")

    def _changes(self, row: Row) -> Iterator[str]:
        zones: dict[tuple[bool, str, str], list[str]] = {}
        for change in row.changes:
            key = (change.forward, _minutes(change.before), _minutes(change.after))
            zones.setdefault(key, []).append(change.zone)
        for (forward, before, after), changed in zones.items():
            where = changed[0] if len(changed) == 1 else self.say(f"{len(changed)} 個時區", f"{len(changed)} zones")
            how = self.say("撥快", "forward") if forward else self.say("撥慢", "back")
            yield self.say(f"時鐘{how} {before} → {after}（{where}）", f"clock {how} {before} → {after} ({where})")

    def _missing(self, row: Row) -> Iterator[str]:
        for year in row.missing_years:
            yield self.say(f"沒有 {year} 年的假日曆", f"no calendar of {year}")

    def _elsewhere(self, row: Row) -> Iterator[str]:
        if row.open_at_home and not row.open:
            zone = self.week.zones[0]
            yield self.say(
                f"只看 {zone} 有時段，但沒有同時處處允許的時刻", f"open in {zone}, but never in all zones at once"
            )

    def legend(self) -> list[tuple[Shade, str]]:
        """Return the shades that are explained: those that every week has, and those of this one."""
        used = {shade for row in self.week.rows for shade in row.cells}
        always = {Shade.OPEN} | {Shade(layer.value) for layer, _ in self.week.speaking}
        return [(shade, self.shade(shade)) for shade in _SHADES if shade in used | always]

    def shade(self, shade: Shade) -> str:
        """Say what a shade means."""
        speaking = {layer for layer, _ in self.week.speaking}
        if shade is not Shade.COURTESY or Layer.LEGAL in speaking:
            return self.say(*_SHADES[shade])
        return self.say(*(_COURTESY_WITHIN_CODE if Layer.INDUSTRY_CODE in speaking else _COURTESY_ALONE))

    def remarks(self) -> list[str]:
        """Sentences below the picture."""
        return [
            self.clocks(),
            *self._too_wide(),
            *self._twice(),
            *self._layers(),
            self._rules(),
            *self._calendars(),
            self._guard(),
        ]

    def _too_wide(self) -> Iterator[str]:
        if self.week.too_wide:
            yield self.say(
                f"{self.week.region} 範圍太大，這裡要求處處都允許；客戶必須另有地區或時區資料，否則不撥打。",
                f"{self.week.region} is drawn as a whole: open only where every part allows it. "
                "A contact needs its part or its zone, or is not called.",
            )

    def _twice(self) -> Iterator[str]:
        changes: list[ClockChange] = [change for row in self.week.rows for change in row.changes]
        if any(not change.forward for change in changes):
            yield self.say(
                "時鐘撥慢時，同一段時間會出現兩次：兩次都允許才顯示可以撥打。",
                "Where the clock goes back, a time comes twice: it is open only if it is so both times.",
            )

    def _layers(self) -> Iterator[str]:
        named: dict[Layer, list[str]] = {}
        for layer, pack in self.week.speaking:
            named.setdefault(layer, []).append(pack_name(pack, chinese=self.chinese))
        if named:
            between = self.say("；", "; ")
            comma = self.say("、", ", ")
            said = (
                self._bracketed(layer_name(layer, chinese=self.chinese), comma.join(names))
                for layer, names in named.items()
            )
            yield f"{self.say('時段出自：', 'Hours are given by: ')}{between.join(said)}"
        else:
            yield self.say("沒有任何一層規定時段。", "No layer that was asked about gives hours.")
        left_out = PACK_LAYERS - self.week.layers
        if left_out:
            left = (layer_name(layer, chinese=self.chinese) for layer in Layer if layer in left_out)
            words = self.say("、", ", ").join(left)
            yield f"{self.say('未納入：', 'Left out: ')}{words}"

    def _rules(self) -> str:
        packs = (
            self._bracketed(f"{each.pack.code} {each.pack.version}", self.say(*_SIGNED[each.signed]))
            for each in self.week.standings
        )
        return f"{self.say('規則：', 'Rules: ')}{self.say('、', ', ').join(packs)}"

    def _bracketed(self, text: str, aside: str) -> str:
        return self.say(f"{text}（{aside}）", f"{text} ({aside})")

    def _calendars(self) -> Iterator[str]:
        if self.week.calendars:
            shown = ", ".join(f"{code} {version}" for code, version in self.week.calendars)
            yield f"{self.say('假日曆：', 'Calendar: ')}{shown}"

    def _guard(self) -> str:
        return self.say(
            f"只畫時段：結束前 {self.week.guard} 秒內不撥出新電話；同意、次數、拒撥等請用 outbound hours check。",
            f"Hours only: no call starts in the last {self.week.guard} s before closing; consent, limits of attempts "
            "and refusals are asked by `outbound hours check`.",
        )


def _minutes(local: datetime) -> str:
    return f"{local:%H:%M}"
