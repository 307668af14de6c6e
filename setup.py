"""Builds what meets every packet or message: ordinary typed Python modules, compiled by Cython with bounds checks on.

The shipped rules lie in `rules/`, where people look for them; the wheel carries them as `monitor/_rules`. The unit
file, the example of a configuration and the pages for whoever is called likewise. Rules are parsed here as well, once
instead of at every start; an edited rule needs no new build, only a moment at each start.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from contextlib import chdir
from importlib import import_module
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from pathlib import Path
from typing import ClassVar

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.errors import CompileError, PlatformError

OF_BYTES = (
    "monitor.capture.live.walker",
    "monitor.capture.pages",
    "monitor.capture.records",
    "monitor.capture.weaving",
    "monitor.decode.headers",
    "monitor.flow.table",
    "monitor.protocols.http.survey",
    "monitor.protocols.sip2.survey",
)
"""Modules that go through bytes and columns of numbers, packet by packet; indices are never negative there."""
OF_SEGMENTS = (
    "monitor.capture.resync",
    "monitor.devices.curiosity",
    "monitor.devices.hosts",
    "monitor.flow.datagrams",
    "monitor.flow.lane",
    "monitor.flow.prospects",
    "monitor.flow.reassembly",
    "monitor.flow.segments",
    "monitor.flow.shelf",
    "monitor.protocols.dns.question",
    "monitor.protocols.tls.collector",
    "monitor.protocols.tls.hello",
    "monitor.protocols.tls.recognition",
)
"""The same, but what they spend their time on is Python's own objects."""
OF_MESSAGES = (
    "monitor.detect.cases",
    "monitor.detect.recurrence",
    "monitor.flow.backlog",
    "monitor.flow.telling",
    "monitor.model.opaque",
    "monitor.privacy.pseudonyms",
    "monitor.privacy.subjects",
    "monitor.protocols.http.blanks",
    "monitor.protocols.http.company",
    "monitor.protocols.http.evidence",
    "monitor.protocols.http.forms",
    "monitor.protocols.http.patterns",
    "monitor.protocols.http.shortcut",
    "monitor.protocols.sip2.access",
    "monitor.protocols.sip2.parser",
    "monitor.protocols.sip2.shapes",
    "monitor.protocols.tls.parser",
)
"""Modules that meet every message, as Python means them."""
CHECKED = {"boundscheck": True, "wraparound": False, "cdivision": True, "initializedcheck": False}
SHARED = "monitor._shared"
"""What Cython's views of memory are made of: compiled once, and not again in every module that has some, which would
take twice as long to build."""
COMPILED = ((OF_BYTES, CHECKED, "-O3"), ((SHARED, *OF_SEGMENTS), CHECKED, "-O1"), (OF_MESSAGES, {}, "-O1"))
"""Every module that is compiled, and how; nothing else is. More than ``-O1`` does nothing for Python's own objects but
double the time it takes, as debug symbols would."""
POSIX = frozenset({"monitor.capture.pages"})
"""What other systems have nothing for; there it is as good as absent."""

PARSED, READ = "monitor/config/prepared.jsonl", "monitor/detect/ready.jsonl"
"""Where the shipped YAML files are found in the form that needs no parsing, and rules in one that needs no checks."""
STORED, CATALOGS = "monitor/config", ("devices", "products")
"""Where the catalogs are stored that are asked for few of the things in them, each in a file of its name."""

PARTS = (ast.BinOp, ast.UnaryOp, ast.Constant, ast.Name, ast.Attribute, ast.Call, ast.operator, ast.unaryop, ast.Load)
CALLS = {"int": int, "ord": ord}
"""What an expression may consist of, and call, that comes to a number when the package is built."""
LEAST = -(2**63)
"""C has no way to write it."""
FOLDED = Path("build/folded")
"""Where what is compiled lies with the numbers that it declares folded."""


def fold(text: str) -> str:
    """Put the numbers that a module declares, as ``NAME = cython.declare(TYPE, ...)``, where their names are used.

    To Cython such a name is a variable, which the C compiler loads from memory each time and can deduce nothing from:
    an eighth of what a packet cost in the flow table. A name that is bound a second time anywhere stays a variable, and
    so does one within an f-string, where Python 3.11 says nothing true of its place. Lines keep their numbers.
    """
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    binds = [node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)]
    binds += [node.arg for node in nodes if isinstance(node, ast.arg)]
    texts = [node for node in nodes if isinstance(node, ast.JoinedStr)]
    binds += [part.id for node in texts for part in ast.walk(node) if isinstance(part, ast.Name)]
    origins: dict[str, str] = {}
    known: dict[str, object] = dict(CALLS)
    folded: dict[str, str] = {}
    edits: list[tuple[ast.expr | ast.stmt, str]] = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("monitor"):
            origins |= {alias.asname or alias.name: f"{node.module}:{alias.name}" for alias in node.names}
        match node:
            case ast.Assign([ast.Name(name)], ast.Call(ast.Attribute(ast.Name("cython"), "declare"), [kind, what])):
                value = _value(what, known, origins)
                if isinstance(value, int):
                    known[name] = value
                if isinstance(value, int) and value > LEAST and binds.count(name) == 1:
                    folded[name] = f"cython.cast({ast.unparse(kind)}, {int(value)})"
                    edits.append((node, "pass"))
            case ast.Assign([ast.Name(name)], what) if isinstance(value := _value(what, known, {}), int):
                known[name] = value
    edits += [
        (node, folded[node.id])
        for node in nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in folded
    ]
    lines = text.encode().splitlines(keepends=True)
    gone = {(node.lineno, node.end_lineno) for node, new in edits if new == "pass"}
    for node, new in sorted(edits, key=lambda edit: (edit[0].lineno, edit[0].col_offset), reverse=True):
        if new != "pass" and any(first <= node.lineno <= (last or first) for first, last in gone):
            continue
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        tail = lines[last][node.end_col_offset or 0 :]
        lines[first] = lines[first][: node.col_offset] + new.encode() + tail
        lines[first + 1 : last + 1] = [b"\n"] * (last - first)
    return b"".join(lines).decode()


def _value(what: ast.expr, known: dict[str, object], origins: dict[str, str]) -> object:
    """What an expression of numbers, and of what it names of this package, comes to; None for any other."""
    parts = list(ast.walk(what))
    if not all(isinstance(part, PARTS) for part in parts):
        return None
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    if any(isinstance(part, ast.Call) and ast.unparse(part.func) not in CALLS for part in parts):
        return None
    for name in names - known.keys() & origins.keys():
        known[name] = _imported(*origins[name].split(":"))
    if not names <= known.keys():
        return None
    return eval(compile(ast.Expression(what), "setup.py", "eval"), {"__builtins__": {}}, known)  # noqa: S307  # ours


def _imported(module: str, name: str) -> object:
    """What ``from module import name`` gives."""
    found = import_module(module)
    return getattr(found, name) if hasattr(found, name) else import_module(f"{module}.{name}")


def read_sources(path: str) -> FileFinder:
    """Find modules of this package by their sources: what was compiled before may say what they said then.

    Raises:
        ImportError: that is another package's place.
    """
    if not Path(path).is_relative_to(Path("monitor").absolute()):
        raise ImportError
    return FileFinder(path, (SourceFileLoader, SOURCE_SUFFIXES))


def forget_orphans() -> None:
    """Remove what was compiled in place from modules that are not compiled any more: it would go before them."""
    names = {name for listed, _, _ in COMPILED for name in listed}
    for built in [*Path("monitor").rglob("*.so"), *Path("monitor").rglob("*.pyd")]:
        if ".".join((*built.parent.parts, built.name.partition(".")[0])) not in names:
            built.unlink()


def sources(name: str) -> list[str]:
    """Where in `FOLDED` a module lies, written anew where it has changed; Cython itself writes what is shared."""
    FOLDED.mkdir(parents=True, exist_ok=True)
    if name == SHARED:
        return []
    path = Path(f"{name.replace('.', '/')}.py")
    put(FOLDED / path, fold(path.read_text("utf-8")))
    return [str(path)]


def put(path: Path, text: str) -> None:
    """Write a file unless it says so already: what is made of it is older then."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def parse_rules(top: Path) -> None:
    """Write `PARSED`, `READ` and `STORED` below `top`. No run checks again what was checked here."""
    from monitor.build import name_events  # noqa: PLC0415  (of the sources beside this file)
    from monitor.config.prepared import prepare  # noqa: PLC0415  (the same)
    from monitor.detect import ready  # noqa: PLC0415  (the same)
    from monitor.protocols.registry import specs  # noqa: PLC0415  (the same)

    texts = {file: file.read_text("utf-8") for file in sorted(Path("rules").rglob("*.yaml"))}
    Path(top, PARSED).write_text(prepare(texts.values()), "utf-8")
    rules = [file for file in texts if file.parent == Path("rules")]
    Path(top, READ).write_text(ready.prepare(rules, name_events(specs())), "utf-8")
    for catalog, stored in zip(CATALOGS, store_catalogs(), strict=True):
        Path(top, STORED, f"{catalog}.jsonl").write_text(stored, "ascii")


def store_catalogs() -> Iterator[str]:
    """What is stored of `CATALOGS`, each checked before."""
    from monitor.config.stored import read_texts, store  # noqa: PLC0415  (of the sources beside this file)
    from monitor.devices import reading, signal, tables  # noqa: PLC0415  (the same)
    from monitor.protocols.http import index, products  # noqa: PLC0415  (the same)

    devices, makes = (read_texts(Path("rules/catalog", catalog)) for catalog in CATALOGS)
    for name, text in devices.items():
        reading.check_signals(name, text.decode())
    for name, text in makes.items():
        products.check_entry(name, text.decode())
    signals, entries = reading.read_catalog(devices), products.read_catalog(makes)
    yield store(devices, signals, tables.tabulate(map(signal.make_signal, signals.values())))
    yield store(makes, entries, index.tabulate(map(products.make_entry, entries.values())))


class BuildWithCompiler(build_ext):
    """Compiles on all cores, and says in one sentence what is missing where there is no C compiler."""

    def finalize_options(self) -> None:
        """Take all cores unless told otherwise."""
        super().finalize_options()
        self.parallel = self.parallel or True

    def run(self) -> None:
        """Compile; where that is done in place, parse the rules in place, too."""
        super().run()
        if self.inplace or self.editable_mode:
            parse_rules(Path())

    def build_extensions(self) -> None:
        """Compile, or end with one sentence."""
        try:
            super().build_extensions()
        except (CompileError, PlatformError) as error:
            sentence = (
                "The packet pass could not be compiled: install a C compiler and the Python headers "
                "(Debian and Ubuntu: apt install gcc python3-dev; macOS: xcode-select --install), then try again."
            )
            raise SystemExit(f"{sentence}\n({type(error).__name__})") from None


class BuildWithRules(build_py):
    """Carries the shipped rules and the like along; a development install reads them where they are."""

    CARRIED: ClassVar[dict[str, str]] = {
        "rules": "monitor/_rules",
        "systemd": "monitor/_systemd",
        "docs/examples": "monitor/_examples",
        "docs/runbooks": "monitor/_runbooks",
    }

    def run(self) -> None:
        """Copy the modules, then the rules."""
        super().run()
        if not self.editable_mode:
            for source, target in self._carried():
                self.mkpath(str(target.parent))
                self.copy_file(source, target)
            parse_rules(Path(self.build_lib))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:  # noqa: FBT001, FBT002 (the base class's own)
        """Every file that a build writes."""
        stored = [f"{STORED}/{catalog}.jsonl" for catalog in CATALOGS]
        made = [] if self.editable_mode else [PARSED, READ, *stored, *(target for _, target in self._carried())]
        return [*super().get_outputs(include_bytecode), *(str(Path(self.build_lib, one)) for one in made)]

    def _carried(self) -> list[tuple[str, Path]]:
        """What is copied: source below this folder, target in the build."""
        return [
            (str(file), Path(self.build_lib, target, file.relative_to(folder)))
            for folder, target in self.CARRIED.items()
            for file in sorted(Path(folder).rglob("*.*"))
            if file.suffix in {".md", ".service", ".yaml"}
        ]


def extensions() -> Iterator[Extension]:
    """What is compiled. Cython names a module's file as it finds it, and so do traces."""
    for declared in Path("monitor").rglob("*.pxd"):
        put(FOLDED / declared, declared.read_text("utf-8"))
    for names, directives, effort in COMPILED:
        listed = [
            Extension(name, sources(name), extra_compile_args=[effort, "-g0"])
            for name in names
            if os.name == "posix" or name not in POSIX
        ]
        with chdir(FOLDED):
            made = cythonize(
                listed,
                compiler_directives={"language_level": 3, "show_performance_hints": False, **directives},
                shared_utility_qualified_name=SHARED,
                build_dir=os.pardir,
            )
        for extension in made:
            extension.sources = [os.path.normpath(FOLDED / source) for source in extension.sources]
            yield extension


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.path_hooks.insert(0, read_sources)
    forget_orphans()
    setup(
        cmdclass={"build_ext": BuildWithCompiler, "build_py": BuildWithRules},
        ext_modules=list(extensions()),
    )
