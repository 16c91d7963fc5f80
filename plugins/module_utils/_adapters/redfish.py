# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Redfish session with one machine, by sushy.

This module util is private to the collection.
"""

from __future__ import annotations

import contextlib
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.endpoint import Endpoint
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.errors import BmcError
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.model import Override, State

try:
    import sushy
    from sushy import auth as sushy_auth
    from sushy import connector as sushy_connector
    from sushy import exceptions as sushy_exceptions

    HAS_SUSHY = True
except ImportError:
    HAS_SUSHY = False

TARGETS = {"pxe": "Pxe", "http": "UefiHttp", "disk": "Hdd", "cdrom": "Cd", "setup": "BiosSetup", "none": "None"}
NAMES = {value: name for name, value in TARGETS.items()}
MODES = {"uefi": "UEFI", "bios": "Legacy"}
MODE_NAMES = {value: name for name, value in MODES.items()}
BUSY_CODES = frozenset({409, 423, 429, 503})


def kind_of_http(status: int, detail: str) -> str:
    """The error kind of an HTTP answer; a full session table is a 503 or a 400 with words about sessions."""
    if status in (401, 403):
        return "auth"
    if "session" in detail.lower() and status in (400, 503, 507):
        return "session_limit"
    return "busy" if status in BUSY_CODES or status >= 500 else "unsupported"


class RedfishBmc:
    """Implements _core.bmc.converge.Bmc. Use as a context manager: the session is closed at its end."""

    driver = "redfish"

    def __init__(self, endpoint: Endpoint) -> None:
        self.address = endpoint.place(self.driver)
        self._auth: Any = None
        if not HAS_SUSHY:
            raise self._error("unsupported", "the Python library sushy is not installed on the controller")
        try:
            self._system = self._connect(endpoint)
        except sushy_exceptions.SushyError as error:
            self.close()
            raise self._translate(error) from error

    def _connect(self, endpoint: Endpoint) -> Any:
        url = f"{endpoint.scheme}://{self.address}"
        verify: object = (endpoint.ca_path or True) if endpoint.verify_tls else False
        connector = sushy_connector.Connector(
            url, verify=verify, server_side_retries=2, server_side_retries_delay=1,
            default_request_timeout=endpoint.timeout, connect_timeout=min(endpoint.timeout, 5.0),
        )  # fmt: skip
        # Proxies and CA bundles of the controller's environment are not meant for BMCs, and would undo `verify`.
        connector._session.trust_env = False
        self._auth = sushy_auth.SessionOrBasicAuth(username=endpoint.username, password=endpoint.password)
        root = sushy.Sushy(url, auth=self._auth, connector=connector)
        return root.get_system(self._path_of(root, endpoint.system_id))

    def _path_of(self, root: Any, system_id: str | None) -> str:
        systems = root.get_system_collection()
        paths: list[str] = list(systems.members_identities)
        chosen = [path for path in paths if system_id in (None, path, path.rstrip("/").rsplit("/", 1)[-1])]
        if len(chosen) != 1:
            found = ", ".join(path.rsplit("/", 1)[-1] for path in paths)
            raise self._error("unsupported", f"system_id {system_id} selects {len(chosen)} systems (found: {found})")
        return chosen[0]

    def __enter__(self) -> RedfishBmc:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        if self._auth is not None:
            with contextlib.suppress(sushy_exceptions.SushyError):  # the BMC forgets the session by itself
                self._auth.close()
            self._auth = None

    def read(self) -> State:
        self._call(lambda: self._system.refresh(force=True))
        body = self._system.json
        boot = body.get("Boot") or {}
        enabled = boot.get("BootSourceOverrideEnabled")
        target = NAMES.get(boot.get("BootSourceOverrideTarget", ""))
        if enabled == "Disabled":
            target = "none"
        override = Override(target, MODE_NAMES.get(boot.get("BootSourceOverrideMode", "")), enabled != "Continuous")
        return State("on" if body.get("PowerState") in ("On", "PoweringOff") else "off", override)

    def set_override(self, override: Override) -> None:
        # The mode is only sent when it shall change: several BMCs refuse the whole request because of it.
        if override.target == "none":
            options: dict[str, Any] = {"enabled": sushy.BootSourceOverrideEnabled.DISABLED}
        else:
            once = sushy.BootSourceOverrideEnabled.ONCE
            enabled = once if override.once else sushy.BootSourceOverrideEnabled.CONTINUOUS
            options = {"target": sushy.BootSource(TARGETS[override.target or ""]), "enabled": enabled}
        if override.mode:
            options["mode"] = sushy.BootSourceOverrideMode(MODES[override.mode])
        self._call(lambda: self._system.set_system_boot_options(**options))

    def set_power(self, power: str) -> None:
        action = sushy.ResetType.ON if power == "on" else sushy.ResetType.FORCE_OFF
        self._call(lambda: self._system.reset_system(action))

    def _call(self, call: Any) -> None:
        try:
            call()
        except sushy_exceptions.SushyError as error:
            raise self._translate(error) from error

    def _translate(self, error: Any) -> BmcError:
        if isinstance(error, sushy_exceptions.HTTPError):
            detail = str(error.detail or error)
            return self._error(kind_of_http(error.status_code, detail), f"HTTP {error.status_code}: {detail}")
        text = str(error)
        if isinstance(error, sushy_exceptions.ConnectionError):
            return self._error("tls" if "certificate" in text.lower() or "SSL" in text else "unreachable", text)
        return self._error("unsupported", text)

    def _error(self, kind: str, detail: str) -> BmcError:
        return BmcError(kind, self.address, self.driver, detail)
