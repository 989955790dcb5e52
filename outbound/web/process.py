"""A web process of an installation, put together: webhooks, health, figures, and a heartbeat while it is served."""

from fastapi import FastAPI

from outbound.bootstrap import House
from outbound.usecases.heartbeat import Attendance
from outbound.usecases.ports.stored.heartbeats import Role
from outbound.web.app import Readiness, create_app
from outbound.web.front import voice_desk
from outbound.web.health.figures import DatabaseFigures
from outbound.web.health.metrics import Metrics


def web_attendance(house: House) -> Attendance:
    """Make the attendance of a web process; flows in the same process stand on the list for themselves."""
    return Attendance(house.store, f"{house.worker}/web", Role.WEB, house.clock.now())


def web_app(house: House, attendance: Attendance, readiness: Readiness = dict) -> FastAPI:
    """Make the whole web application of `house`."""
    token = house.settings.metrics_token
    return create_app(
        voice_desk(house, house.owed),
        readiness=readiness,
        notices=lambda: scripts_notice(house),
        metrics=Metrics(DatabaseFigures(house)),
        metrics_token=token.get_secret_value() if token else None,
        beat=lambda answer_ms, answers: attendance.beat(house.clock.now(), answer_ms, answers),
    )


def scripts_notice(house: House) -> dict[str, str]:
    """Name the scripts that were changed and cannot be spoken, with file and line; what was spoken before goes on."""
    problem = house.scripts.problem()
    return {"scripts": problem.replace(f"{house.folder}/", "")} if problem else {}
