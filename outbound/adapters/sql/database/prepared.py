"""Statements of the hot path: written in SQLAlchemy's Core, compiled once a dialect, run on the driver's own cursor.

`Connection.execute` looks a statement up, builds an execution context and a result for it each time: on SQLite several
times what the database itself needs. What is prepared keeps the types (sealed columns, instants) and the errors of
SQLAlchemy, and belongs to the transaction of its connection; events of the engine do not see it. Rows are named tuples.

What turns values into parameters and columns into rows is written once a plan, as source of Python: a loop over
columns that asks of each what it needs costs more than what it does.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from msgspec import Struct
from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]
Found = Any
"""A row: a tuple whose members have the names of the columns."""

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

    def first(self, connection: Connection, values: Values) -> Found | None:
        """Return the first row, or None."""
        plan = self._plan(connection.dialect, values)
        cursor = plan.execute(connection, values)
        found = cursor.fetchone()
        row = None if found is None else plan.rows(cursor, (found,))[0]
        cursor.close()
        return row

    def all(self, connection: Connection, values: Values) -> list[Found]:
        """Return every row."""
        plan = self._plan(connection.dialect, values)
        cursor = plan.execute(connection, values)
        found = cursor.fetchall()
        return plan.rows(cursor, found) if found else found

    def run(self, connection: Connection, values: Values) -> int:
        """Carry out a statement without rows; return how many rows it changed."""
        changed: int = self._plan(connection.dialect, values).execute(connection, values).rowcount
        return changed

    def run_many(self, connection: Connection, many: Sequence[Values]) -> int:
        """Carry it out for each set of values, all with the same names; return how many rows were changed in all."""
        if not many:
            return 0
        changed: int = self._plan(connection.dialect, many[0]).execute_many(connection, many).rowcount
        return changed

    def _plan(self, dialect: Dialect, values: Values) -> "_Plan":
        of, plans = self._known
        shape = self._shape(values) if self._lists else tuple(values)
        if of is dialect and (plan := plans.get(shape)) is not None:
            return plan
        return self._made(dialect, values)

    def _made(self, dialect: Dialect, values: Values) -> "_Plan":
        of, plans = self._known
        if of is not dialect:
            # An installation has one engine; tests have many, one after the other.
            plans = {}
            self._known = dialect, plans
        if len(plans) >= _MOST_SHAPES:
            plans.clear()
        plan = _compile(self._statement, dialect, values)
        self._lists = plan.lists
        plans[self._shape(values)] = plan
        return plan

    def _shape(self, values: Values) -> tuple[object, ...]:
        return (*values, *[len(values[name]) for name in self._lists])


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
        self._dialect, self._sql, self._error = dialect, sql, dialect.loaded_dbapi.Error
        self._is_sqlite = dialect.name == "sqlite"
        self._parameters = _builder(binds, named=not dialect.positional)
        self.lists = lists
        self._columns = columns
        self._read: Callable[[Sequence[Any]], list[Found]] | None = None

    def execute(self, connection: Connection, values: Values) -> Any:
        cursor = self._cursor(connection)
        try:
            cursor.execute(self._sql, self._parameters(values))
        except self._error as error:
            raise translated(connection, error, self._sql) from error
        return cursor

    def execute_many(self, connection: Connection, many: Sequence[Values]) -> Any:
        cursor = self._cursor(connection)
        try:
            cursor.executemany(self._sql, [*map(self._parameters, many)])
        except self._error as error:
            raise translated(connection, error, self._sql) from error
        return cursor

    def rows(self, cursor: Any, found: Sequence[Any]) -> list[Found]:
        """Make rows of what the driver found; what the types want is asked at the first ones."""
        read = self._read
        if read is None:
            processors = [
                _of(kind, self._dialect).result_processor(self._dialect, described[1])
                for (_, kind), described in zip(self._columns, cursor.description, strict=True)
            ]
            read = self._read = _reader([name for name, _ in self._columns], processors)
        return read(found)

    def _cursor(self, connection: Connection) -> Any:
        """Make a cursor in an open transaction. That of SQLite's one writer was opened without SQLAlchemy's knowing."""
        driver: Any = connection.connection.dbapi_connection
        if not (driver.in_transaction if self._is_sqlite else connection.in_transaction()):
            connection.begin()
        return driver.cursor()


def translated(connection: Connection, error: Any, statement: str | None = None) -> Exception:
    """Make of the driver's error the one that SQLAlchemy would raise, without values; a lost connection is given up."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection, None)
    made = DBAPIError.instance(
        statement,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=dialect,
    )
    if gone:
        connection.invalidate(error)
    return cast(Exception, made)


def _builder(binds: Sequence[_Bind], *, named: bool) -> Callable[[Values], Any]:
    """Write the function that makes a statement's parameters of values."""
    known: dict[str, Any] = {}
    parts = []
    for each, bind in enumerate(binds):
        if bind.key is None:
            known[f"constant{each}"] = bind.constant
            parts.append(f"constant{each}")
            continue
        value = f"values[{bind.key!r}]" if bind.at is None else f"values[{bind.key!r}][{bind.at}]"
        if bind.process is not None:
            known[f"process{each}"] = bind.process
            value = f"process{each}({value})"
        parts.append(value)
    if named:
        made = ", ".join(f"{bind.name!r}: {part}" for bind, part in zip(binds, parts, strict=True))
        return _written(f"lambda values: {{{made}}}", known)
    return _written(f"lambda values: ({''.join(f'{part}, ' for part in parts)})", known)


def _reader(names: Sequence[str], processors: Sequence[_Process]) -> Callable[[Sequence[Any]], list[Found]]:
    """Write the function that makes rows of what a driver found."""
    row = namedtuple("row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 - its columns are known only now
    make = row._make
    if not any(processors):
        return lambda found: [*map(make, found)]
    known: dict[str, Any] = {"row": row}
    columns = [f"column{each}" for each in range(len(names))]
    values = list(columns)
    for each, process in enumerate(processors):
        if process is not None:
            known[f"process{each}"] = process
            values[each] = f"process{each}({columns[each]})"
    return _written(f"lambda found: [row({', '.join(values)}) for {', '.join(columns)}, in found]", known)


def _written(source: str, known: dict[str, Any]) -> Callable[[Any], Any]:
    made: Callable[[Any], Any] = eval(source, known)  # noqa: S307 - of names quoted by `repr` and numbers
    return made


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
