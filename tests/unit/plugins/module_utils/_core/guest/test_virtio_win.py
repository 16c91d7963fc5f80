"""Which folder of virtio-win fits a Windows, and what is missing in it."""

from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.virtio_win import (
    AGENT,
    PACKAGES,
    SERVERS,
    File,
    Offer,
    chosen,
    folders,
    inf_text,
    missing,
    systems,
)

ROOT = "/srv/virtio-win"
VERSION = "100.95.104.26200"


def offer(*names: str, without: tuple[str, ...] = (), agent: bool = False, inf: str = "") -> Offer:
    text = inf or f"[Version]\r\nDriverVer = 07/01/2024,{VERSION} ; stamped\r\n"
    places = [(package, f"{package.folder}/{name}/amd64/{package.name}") for package in PACKAGES for name in names]
    paths = [f"{place}.{ending}" for _package, place in places for ending in ("inf", "cat", "sys")]
    paths = [path for path in [*paths, *([AGENT] if agent else [])] if not path.startswith(without or ("-",))]
    files = {path.lower(): File(f"{ROOT}/{path}", path) for path in paths}
    return Offer(ROOT, files, {path: text for path in files if path.endswith(".inf")})


@pytest.mark.parametrize(
    ("build", "server", "names"),
    [
        (14393, False, ("w10",)),
        (19045, False, ("w10",)),
        (22000, False, ("w11",)),
        (26100, False, ("w11",)),
        *((build, True, (name,)) for build, name in SERVERS.items()),
        (16299, True, ("2k16",)),
        (25398, True, ("2k22", "2k19", "2k16")),
        (27000, True, ("2k25", "2k22", "2k19", "2k16")),
    ],
)
def test_a_build_has_its_folder(build: int, server: bool, names: tuple[str, ...]) -> None:
    assert systems(build, server) == names


def test_of_several_folders_the_newest_that_is_there_is_taken() -> None:
    assert chosen(offer("2k16", "2k19"), systems(27000, True)) == "2k19"
    assert chosen(offer("2k16"), systems(20348, True)) == "2k22"
    assert chosen(offer("2k16", "2k19", without=("NetKVM/2k19",)), systems(27000, True)) == "2k16"


def test_only_folders_that_may_fit_are_looked_into() -> None:
    assert folders(ROOT, ("w10",))[:2] == [f"{ROOT}/viostor/w10/amd64", f"{ROOT}/vioscsi/w10/amd64"]
    assert folders(ROOT, ("w10",))[-1] == f"{ROOT}/guest-agent"


@pytest.mark.parametrize(
    ("without", "agent", "lacking"),
    [
        ((), True, []),
        (("Balloon", "vioserial"), False, []),
        (("vioserial",), True, ["vioserial/w10/amd64"]),
        (("viostor", "NetKVM"), False, ["viostor/w10/amd64", "NetKVM/w10/amd64"]),
        (("vioscsi/w10/amd64/vioscsi.cat", "viostor/w10/amd64/viostor.sys"), False, ["viostor.sys", "vioscsi.cat"]),
        (("viostor/w10/amd64/viostor.inf",), False, ["viostor/w10/amd64/viostor.inf"]),
    ],
)
def test_everything_that_is_missing_is_told(without: tuple[str, ...], agent: bool, lacking: list[str]) -> None:
    found = [str(finding) for finding in missing(offer("w10", without=without, agent=agent), "w10", agent=True)]
    assert len(found) == len(lacking) and all(name in text for name, text in zip(lacking, found, strict=True)), found


def test_the_agent_needs_its_driver_only_where_it_is_wanted() -> None:
    assert not list(missing(offer("w10", without=("vioserial",), agent=True), "w10", agent=False))


def test_an_inf_without_a_version_is_told() -> None:
    found = [str(finding) for finding in missing(offer("w10", inf="[Version]\r\n"), "w10", agent=False)]
    assert len(found) == 3 and all("it states no DriverVer" in text for text in found)


def test_the_version_is_that_of_the_inf() -> None:
    assert offer("w10").version(PACKAGES[0], "w10") == VERSION


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_inf_is_read_in_every_encoding(encoding: str) -> None:
    assert inf_text("DriverVer = 1, 2 ; \u00e4".encode(encoding)) == "DriverVer = 1, 2 ; \u00e4"
