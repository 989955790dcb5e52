"""Statements of the hot path: written in SQLAlchemy's Core, compiled once a dialect, run on the driver's own cursor.

`Connection.execute` looks a statement up, builds an execution context and a result for it each time: on SQLite several
times what the database itself needs. What is prepared keeps the types (sealed columns, instants), the rows, and the
errors of SQLAlchemy, and belongs to the transaction of its connection; events of the engine do not see it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, cast

from msgspec import Struct
from sqlalchemy import Connection, Row
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]
_Process = Callable[[Any], Any] | None
_Column = tuple[str, TypeEngine[Any]]

_MOST_SHAPES = 64
"""Ways in which one statement may be called (sets of columns, lengths of lists) before the oldest are forgotten."""


def padded(values: Sequence[str]) -> list[str]:
    """Repeat the last one up to the next power of two.

    A list of each length is spelt out and compiled by itself, and IN minds no repetition: so there are few lengths.
    """
    length = 1 << (len(values) - 1).bit_length() if values else 0
    return [*values, *[values[-1] for _ in range(length - len(values))]]


class Prepared:
    """One statement. Which columns an INSERT or UPDATE sets follows from the names of its values, as in Core.

    Every method opens the connection's transaction where none is open, and raises what `Connection.execute` would.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._known: tuple[Dialect | None, dict[tuple[object, ...], _Plan]] = None, {}
        self._lists: tuple[str, ...] = ()

    def first(self, connection: Connection, values: Values) -> Row[Any] | None:
        """Return the first row, or None."""
        plan = self._plan(connection.dialect, values)
        cursor = plan.execute(connection, values)
        found = cursor.fetchone()
        row = None if found is None else plan.rows(cursor, [found])[0]
        cursor.close()
        return row

    def all(self, connection: Connection, values: Values) -> list[Row[Any]]:
        """Return every row."""
        plan = self._plan(connection.dialect, values)
        cursor = plan.execute(connection, values)
        rows = plan.rows(cursor, cursor.fetchall())
        cursor.close()
        return rows

    def run(self, connection: Connection, values: Values) -> int:
        """Carry out a statement without rows; return how many rows it changed."""
        cursor = self._plan(connection.dialect, values).execute(connection, values)
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def run_many(self, connection: Connection, many: Sequence[Values]) -> int:
        """Carry it out for each set of values, all with the same names; return how many rows were changed in all."""
        if not many:
            return 0
        cursor = self._plan(connection.dialect, many[0]).execute_many(connection, many)
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def _plan(self, dialect: Dialect, values: Values) -> "_Plan":
        of, plans = self._known
        if of is not dialect:
            # An installation has one engine; tests have many, one after the other.
            plans = {}
            self._known = dialect, plans
        plan = plans.get(self._shape(values))
        if plan is None:
            if len(plans) >= _MOST_SHAPES:
                plans.clear()
            plan = _compile(self._statement, dialect, values)
            self._lists = plan.lists
            plans[self._shape(values)] = plan
        return plan

    def _shape(self, values: Values) -> tuple[object, ...]:
        if not self._lists:
            return tuple(values)
        return (*values, *(len(values[name]) for name in self._lists))


class _Bind(Struct, frozen=True):
    """One parameter as the driver wants it: `key` None is a constant, `at` the place in a list that was spelt out."""

    name: str
    key: str | None
    at: int | None
    process: _Process
    constant: Any = None


class _Plan:
    """What a statement has become for one dialect and one shape of values."""

    def __init__(
        self, dialect: Dialect, sql: str, binds: Sequence[_Bind], lists: tuple[str, ...], columns: Sequence[_Column]
    ) -> None:
        self._dialect, self._sql = dialect, sql
        self._names = None if dialect.positional else [bind.name for bind in binds]
        self.lists = lists
        self._binds = [(bind.key, bind.at, bind.process, bind.constant) for bind in binds]
        self._columns = columns
        self._meta = SimpleResultMetaData([name for name, _ in columns])
        self._processors: Any = None

    def execute(self, connection: Connection, values: Values) -> Any:
        cursor = _cursor(connection)
        try:
            cursor.execute(self._sql, self._parameters(values))
        except self._dialect.loaded_dbapi.Error as error:
            self._fail(connection, cursor, error)
        return cursor

    def execute_many(self, connection: Connection, many: Sequence[Values]) -> Any:
        cursor = _cursor(connection)
        try:
            cursor.executemany(self._sql, [self._parameters(values) for values in many])
        except self._dialect.loaded_dbapi.Error as error:
            self._fail(connection, cursor, error)
        return cursor

    def rows(self, cursor: Any, found: Sequence[Any]) -> list[Row[Any]]:
        """Make rows as SQLAlchemy's own results do; what the types want is asked at the first ones."""
        if self._processors is None:
            self._processors = [
                _of(kind, self._dialect).result_processor(self._dialect, described[1])
                for (_, kind), described in zip(self._columns, cursor.description, strict=True)
            ]
        meta, processors, names = self._meta, self._processors, self._meta._key_to_index  # noqa: SLF001 - as they do
        return [Row(meta, processors, names, each) for each in found]

    def _parameters(self, values: Values) -> Any:
        if not self.lists:
            found = [
                constant if key is None else values[key] if process is None else process(values[key])
                for key, _, process, constant in self._binds
            ]
        else:
            found = [self._listed(values, *bind) for bind in self._binds]
        return found if self._names is None else dict(zip(self._names, found, strict=True))

    @staticmethod
    def _listed(values: Values, key: str | None, at: int | None, process: _Process, constant: Any) -> Any:
        if key is None:
            return constant
        value = values[key] if at is None else values[key][at]
        return value if process is None else process(value)

    def _fail(self, connection: Connection, cursor: Any, error: Any) -> NoReturn:
        dialect, driver = self._dialect, connection.connection
        gone = dialect.is_disconnect(error, driver, cursor)
        wrapped = DBAPIError.instance(
            self._sql,
            None,
            error,
            dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=gone,
            dialect=dialect,
        )
        if gone:
            connection.invalidate(error)
        else:
            cursor.close()
        raise wrapped from error


def _cursor(connection: Connection) -> Any:
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.cursor()


def _compile(statement: ClauseElement, dialect: Dialect, values: Values) -> _Plan:
    compiled = cast(SQLCompiler, statement.compile(dialect=dialect, column_keys=list(values)))
    if compiled.insert_prefetch or compiled.update_prefetch:
        raise TypeError("a prepared statement has no defaults that are made by the program")
    state = compiled.construct_expanded_state(values)
    expansion = state.parameter_expansion or {}
    origin = {name: (key, at) for key, names in expansion.items() for at, name in enumerate(names)}
    lists = tuple(compiled.binds[key].key for key in expansion if compiled.binds[key].key in values)
    binds = []
    for name in state.positiontup or state.parameters:
        key, at = origin.get(name, (name, None))
        bound = compiled.binds[key]
        process = _of(bound.type, dialect).bind_processor(dialect)
        if bound.key in values:
            binds.append(_Bind(name, bound.key, at, process, None))
        else:
            constant = state.parameters[name]
            binds.append(_Bind(name, None, None, None, constant if process is None else process(constant)))
    columns = [(entry.keyname, entry.type) for entry in compiled._result_columns]  # noqa: SLF001 - for processors
    return _Plan(dialect, state.statement, binds, lists, columns)


def _of(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)
