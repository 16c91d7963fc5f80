"""The Redfish face of a machine's BMC, on sushy-tools with a driver of our own in the place of libvirt."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bcrypt
import flask
from sushy_tools import error
from sushy_tools.emulator import main as emulator
from sushy_tools.emulator.resources.systems import fakedriver
from sushy_tools.emulator.resources.systems.base import AbstractSystemsDriver
from werkzeug.serving import BaseWSGIServer, make_server

from lab.machine.faults import Faults
from lab.machine.ipmi import SAME_COMMAND_SECONDS
from lab.machine.qemu import QemuMachine
from lab.machines import REDFISH_PORT


class Driver(AbstractSystemsDriver):  # type: ignore[misc]
    """One machine; identities are checked, so that a wrong one is an error and not another machine."""

    machine: QemuMachine
    last: tuple[str, float] = ("", 0.0)

    @classmethod
    def initialize(cls, config: Any, logger: Any, *args: Any, **kwargs: Any) -> type[Driver]:
        cls._config, cls._logger = config, logger
        return cls

    @property
    def driver(self) -> str:
        return "<qemu>"

    @property
    def systems(self) -> list[str]:
        return [self.machine.machine.uuid]

    def checked(self, identity: str) -> QemuMachine:
        if identity != self.machine.machine.uuid:
            raise error.NotFound(f"there is no system {identity}")
        return self.machine

    def uuid(self, identity: str) -> str:
        return self.checked(identity).machine.uuid

    def name(self, identity: str) -> str:
        return self.checked(identity).machine.name

    def get_power_state(self, identity: str) -> str:
        return "On" if self.checked(identity).pid() else "Off"

    def set_power_state(self, identity: str, state: str) -> None:
        """Start the action in the background, once, however often the same request comes."""
        machine = self.checked(identity)
        actions: dict[str, Callable[[], None]] = {
            "On": machine.on, "ForceOn": machine.on, "ForceOff": machine.off, "GracefulShutdown": machine.soft,
            "ForceRestart": machine.reset, "GracefulRestart": machine.reset, "PowerCycle": machine.cycle,
        }  # fmt: skip
        if state not in actions:
            raise error.NotSupportedError(f"ResetType {state} is not supported")
        now = time.monotonic()
        if self.last[0] != state or now - self.last[1] > SAME_COMMAND_SECONDS:
            threading.Thread(target=actions[state], name=state).start()
        type(self).last = (state, now)

    def get_boot_device(self, identity: str) -> str:
        return self.checked(identity).flags.target

    def set_boot_device(self, identity: str, boot_source: str) -> None:
        self.checked(identity)

    def get_boot_mode(self, identity: str) -> str:
        return "UEFI" if self.checked(identity).flags.efi else "Legacy"

    def set_boot_mode(self, identity: str, boot_mode: str) -> None:
        self.checked(identity)

    def get_nics(self, identity: str) -> list[dict[str, str]]:
        machine = self.checked(identity).machine
        return [{"id": mac, "mac": mac} for mac in (machine.mac, machine.vm_mac)]

    def get_total_memory(self, identity: str) -> float:
        return self.checked(identity).machine.memory_mb / 1024

    def get_total_cpus(self, identity: str) -> int:
        return self.checked(identity).machine.cpus


def install_hooks(machine: QemuMachine, faults: Faults) -> None:
    """Add what the emulator leaves out: a busy BMC, the whole boot override, the machine's serial number."""
    system = f"/redfish/v1/Systems/{machine.machine.uuid}"

    def before() -> Any:
        if faults.take("busy"):
            return json.dumps({"error": {"code": "Base.1.8.ServiceTemporarilyUnavailable"}}), 503, {"Retry-After": "1"}
        boot = (flask.request.get_json(silent=True) or {}).get("Boot") if flask.request.method == "PATCH" else None
        if flask.request.path.rstrip("/") != system or not isinstance(boot, dict):
            return None
        words = (boot.get(f"BootSourceOverride{name}") for name in ("Target", "Enabled", "Mode"))
        try:
            flags = machine.flags.patched(*words)
        except ValueError as problem:
            raise error.BadRequest(str(problem)) from problem
        if not faults.take("lose_boot"):
            machine.flags = flags
        return "", 204

    def after(response: flask.Response) -> flask.Response:
        if flask.request.method == "GET" and flask.request.path.rstrip("/") == system and response.status_code == 200:
            data = json.loads(response.get_data())
            data["SerialNumber"] = machine.machine.serial
            data["Boot"]["BootSourceOverrideEnabled"] = machine.flags.enabled
            response.set_data(json.dumps(data))
        return response

    emulator.app.before_request(before)
    emulator.app.after_request(after)


def server(
    machine: QemuMachine, faults: Faults, password: str, address: str, certificate: tuple[Path, Path]
) -> BaseWSGIServer:
    """Return the https server of one machine; certificate is the chain and the private key."""
    Driver.machine = machine
    fakedriver.FakeDriver = Driver
    users = machine.folder / "redfish-users"
    users.touch(mode=0o600)
    users.write_text("admin:" + bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode() + "\n")
    settings = {"SUSHY_EMULATOR_FAKE_DRIVER": True, "SUSHY_EMULATOR_AUTH_FILE": str(users)}
    emulator.app.configure(extra_config=settings | {"SUSHY_EMULATOR_STATE_DIR": str(machine.folder)})
    install_hooks(machine, faults)
    chain, key = certificate
    return make_server(address, REDFISH_PORT, emulator.app, threaded=True, ssl_context=(str(chain), str(key)))
