"""The boot service over real HTTP, with the modules that write tickets and read journals beside it."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.modules import boot_event_info, boot_ticket
from tests.peers.boot_peer import AGENT, MAC, SERIAL, UUID, BootPeer, boot_service, inspection
from tests.unit.running import Run

NODE = {"identity": {"serial": SERIAL, "uuid": UUID}, "root_device": {"serial": "DISK-A"}}
IMAGE_CONTENT = bytes(range(256)) * 40


@pytest.fixture
def boot(tmp_path: Path) -> Iterator[BootPeer]:
    with boot_service(tmp_path) as peer:
        yield peer


@pytest.fixture
def request_of(boot: BootPeer) -> dict[str, Any]:
    """The arguments of boot_ticket for the one machine of these tests."""
    image = boot.artifact("node.raw.zst", IMAGE_CONTENT)
    spec = {"host": "n1", "serial": SERIAL, "uuid": UUID, "root_device": NODE["root_device"], "image": image}
    return {
        "host": "n1",
        "mac": MAC,
        "spec": spec,
        "image": image,
        "kernel": boot.artifact("vmlinuz", b"kernel"),
        "ramdisk": boot.artifact("agent.img", b"ramdisk"),
        "files": [{"path": "/etc/hostname", "mode": "0644", "content": "bjEK"}],
        "state_dir": str(boot.folder / "state"),
        "artifacts_dir": str(boot.folder / "artifacts"),
    }


def is_install(script: str) -> bool:
    return "/kernel" in script


def test_an_unknown_machine_boots_its_disk(boot: BootPeer) -> None:
    script = boot.script()
    assert not is_install(script)
    assert "sanboot" in script


def test_an_armed_machine_and_only_it_is_installed(boot: BootPeer, request_of: dict[str, Any], run: Run) -> None:
    run(boot_ticket, request_of)
    assert is_install(boot.script())
    assert not is_install(boot.script(serial="SRV-2"))
    assert not is_install(boot.script(uuid="ffffffff-0000-4000-8000-000000000000"))
    assert not is_install(boot.script(mac="52:54:00:70:00:99"))


def test_a_swapped_machine_ends_the_waiting(boot: BootPeer, request_of: dict[str, Any], run: Run) -> None:
    run(boot_ticket, {**request_of, "begin": True})
    boot.script(serial="SRV-2")
    waited = run(boot_event_info, {"mac": MAC, "until": "script", "state_dir": request_of["state_dir"]})
    assert waited["fault"] == f"held: another machine: serial is 'SRV-2', declared is '{SERIAL}'"


def test_arming_twice_is_one_ticket(boot: BootPeer, request_of: dict[str, Any], run: Run) -> None:
    assert run(boot_ticket, request_of)["changed"]
    path = boot.node("kernel")
    assert not run(boot_ticket, request_of)["changed"]
    assert boot.node("kernel") == path
    assert run(boot_ticket, {**request_of, "begin": True})["changed"]
    assert boot.node("kernel") == path


def test_check_mode_arms_nothing(boot: BootPeer, request_of: dict[str, Any], run: Run) -> None:
    assert run(boot_ticket, {**request_of, "begin": True}, check=True)["changed"]
    assert boot.store.ticket(MAC) is None
    assert boot.store.journal(MAC) == []


def test_a_closed_ticket_opens_nothing_and_keeps_no_file(boot: BootPeer, request_of: dict[str, Any], run: Run) -> None:
    run(boot_ticket, request_of)
    paths = [boot.node(what) for what in ("kernel", "overlay.tar", "image")]
    assert run(boot_ticket, {**request_of, "state": "closed"})["changed"]
    assert not run(boot_ticket, {**request_of, "state": "closed"})["changed"]
    assert not is_install(boot.script())
    assert [boot.ask(path)[0] for path in paths] == [403, 403, 403]
    assert "bjEK" not in (boot.store.machine(MAC) / "ticket.json").read_text()


def test_an_expired_ticket_opens_nothing(boot: BootPeer, request_of: dict[str, Any], run: Run) -> None:
    run(boot_ticket, {**request_of, "lifetime": 0})
    assert not is_install(boot.script())
    assert boot.ask(boot.node("kernel"))[0] == 403


def test_a_missing_artifact_is_told_before_the_machine_is_sent(
    boot: BootPeer, request_of: dict[str, Any], run: Run
) -> None:
    gone = {**request_of["image"], "sha256": "0" * 64}
    result = run(boot_ticket, {**request_of, "image": gone}, fails=True)
    assert "artifact node.raw.zst" in result["msg"]
    assert boot.store.ticket(MAC) is None


def test_a_whole_installation(boot: BootPeer, request_of: dict[str, Any], run: Run) -> None:
    run(boot_ticket, {**request_of, "begin": True})
    boot.script()
    assert boot.ask(boot.node("kernel")) == (200, b"kernel")
    assert boot.ask(boot.node("ramdisk")) == (200, b"ramdisk")
    assert AGENT.read_bytes() in boot.ask(boot.node("agent.cpio"))[1]
    status, orders = boot.ask(boot.node("inspection"), inspection())
    assert (status, orders.splitlines()[:2]) == (200, [b"ACTION install", b"DISK /dev/vda"])
    assert boot.ask(boot.node("image")) == (200, IMAGE_CONTENT)
    for stage in ("downloading", "verified", "writing", "written", "configured"):
        assert boot.ask(boot.node(f"event/{stage}"), b"")[0] == 200
    receipt = receipt_of(boot.ask(boot.node("overlay.tar"))[1])
    assert (receipt["spec"]["serial"], receipt["disk"]) == (SERIAL, "DISK-A/20000000000")
    overlay = boot.node("overlay.tar")
    assert boot.ask(boot.node("event/finished"), b"")[0] == 200
    assert not is_install(boot.script()), "after the end the machine must boot its disk"
    assert boot.ask(overlay)[0] == 403, "after the end nobody gets the host key"
    waited = run(boot_event_info, {"mac": MAC, "until": "finished", "state_dir": request_of["state_dir"]})
    assert (waited["reached"], waited["stage"], waited["boots"]) == (True, "finished", 1)
    assert [event["stage"] for event in waited["events"]][:4] == ["armed", "boot", "script", "kernel"]


def receipt_of(archive: bytes) -> dict[str, Any]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        member = files.getmember("etc/ironacre/receipt.json")
        assert member.mode == 0o600
        content: dict[str, Any] = json.load(files.extractfile(member))  # type: ignore[arg-type]
        return content


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (inspection(SERIAL, "VMFS_volume_member@vda3"), "vmfs_volume_member"),
        (inspection("SRV-2"), "another machine"),
        (b"nonsense", "another machine"),
    ],
)
def test_a_refused_machine_gets_no_disk_and_waiting_ends_at_once(
    boot: BootPeer, request_of: dict[str, Any], run: Run, report: bytes, words: str
) -> None:
    run(boot_ticket, {**request_of, "begin": True})
    orders = boot.ask(boot.node("inspection"), report)[1].decode()
    assert orders.startswith("ACTION stop\n")
    assert "DISK /dev" not in orders
    waited = run(boot_event_info, {"mac": MAC, "until": "finished", "state_dir": request_of["state_dir"]})
    assert (waited["reached"], words in waited["fault"]) == (False, True)


def test_waiting_ends_when_nothing_happens(boot: BootPeer, request_of: dict[str, Any], run: Run) -> None:
    run(boot_ticket, {**request_of, "begin": True})
    boot.script()
    options = {"mac": MAC, "until": "finished", "deadlines": {"script": 0}, "state_dir": request_of["state_dir"]}
    waited = run(boot_event_info, options)
    assert (waited["reached"], waited["stage"], waited["fault"]) == (False, "script", "")


def test_an_event_is_told_while_somebody_waits(boot: BootPeer, request_of: dict[str, Any], run: Run) -> None:
    run(boot_ticket, request_of)
    boot.ask(boot.node("event/verified"), b"abc")
    events = json.loads(boot.ask(boot.node("events?after=1&wait=30"))[1])
    assert [(event["stage"], event["detail"]) for event in events] == [("verified", "abc")]
    assert json.loads(boot.ask(boot.node("events?after=2"))[1]) == []


@pytest.mark.parametrize("stage", ["done", "armed", "approved", "nonsense", "../finished"])
def test_an_agent_cannot_tell_what_is_not_its_own(
    boot: BootPeer, request_of: dict[str, Any], run: Run, stage: str
) -> None:
    run(boot_ticket, request_of)
    assert boot.ask(boot.node(f"event/{stage}"), b"")[0] in (403, 404)
    assert [event["stage"] for event in boot.store.journal(MAC)] == ["armed"]


@pytest.mark.parametrize("token", ["", "525400700014-00", "../../etc-00", "525400700014"])
def test_a_wrong_token_opens_nothing(boot: BootPeer, request_of: dict[str, Any], run: Run, token: str) -> None:
    run(boot_ticket, request_of)
    for what in ("kernel", "overlay.tar", "events", "agent.cpio"):
        assert boot.ask(f"/v1/node/{token}/{what}")[0] in (403, 404)


def test_the_log_holds_no_token(boot: BootPeer, request_of: dict[str, Any], run: Run) -> None:
    run(boot_ticket, request_of)
    boot.ask(boot.node("kernel"))
    ticket = boot.store.ticket(MAC)
    assert ticket is not None
    assert "/v1/node/525400700014-.../kernel" in boot.log()
    assert ticket.token not in boot.log()


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [
        ("bytes=0-9", 206, IMAGE_CONTENT[:10]),
        ("bytes=10000-", 206, IMAGE_CONTENT[10000:]),
        ("bytes=-5", 206, IMAGE_CONTENT[-5:]),
        ("bytes=0-", 200, IMAGE_CONTENT),
        ("lines=1-2", 200, IMAGE_CONTENT),
        ("bytes=99999999-", 416, b""),
    ],
)
def test_artifacts_in_ranges(
    boot: BootPeer, request_of: dict[str, Any], wanted: str, status: int, content: bytes
) -> None:
    image = request_of["image"]
    assert boot.ask(f"/artifacts/{image['sha256']}/{image['file']}", Range=wanted) == (status, content)


@pytest.mark.parametrize(
    "path", ["/artifacts/../settings.json", "/artifacts/%2e%2e/settings.json", "/settings.json", "/"]
)
def test_nothing_else_is_served(boot: BootPeer, path: str) -> None:
    assert boot.ask(path)[0] == 404


def test_files_of_a_machine_are_for_their_owner(boot: BootPeer, request_of: dict[str, Any], run: Run) -> None:
    run(boot_ticket, request_of)
    boot.ask(boot.node("log"), b"agent: hello\n")
    folder = boot.store.machine(MAC)
    assert folder.stat().st_mode & 0o077 == 0
    assert {path.name: path.stat().st_mode & 0o077 for path in folder.iterdir()} == {
        "ticket.json": 0,
        "journal.jsonl": 0,
        "agent.log": 0,
    }
