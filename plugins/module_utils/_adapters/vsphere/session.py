# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session with a vCenter or an ESXi host, by pyVmomi.

This module util is private to the collection.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import http.client
import importlib
import random
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar
from xml.parsers.expat import ExpatError

from ..._core.errors import PlatformError
from ..._core.vm.retries import TRIES, Broken, pause_before
from ..._core.vm.source_options import Login
from ..._core.vm.xmltree import MAX_BYTES, children, parse_xml, text
from .tls import Trust

T = TypeVar("T")
MISSING = "the Python library pyVmomi is missing on {host}; install it (pip install pyvmomi) for sources of vSphere"
# Seconds until the API begins to answer: a large vCenter thinks longer than a file server.
API_TIMEOUT = 300.0
_BROKEN = (OSError, http.client.HTTPException, ExpatError)


def library() -> Any:
    """pyVmomi, which is heavy and only needed here. Raises PlatformError when it is missing."""
    try:
        return importlib.import_module("pyVmomi")
    except ImportError as error:
        raise PlatformError(MISSING.format(host="this machine"), library="pyVmomi") from error


class Session:
    """Calls of the API. Opens at the first one; log out with close()."""

    def __init__(self, login: Login, timeout: float = 60.0, sleep: Callable[[float], None] = time.sleep) -> None:
        self.login, self.sleep = login, sleep
        pyvmomi = library()
        self.vim, self.vmodl = pyvmomi.vim, pyvmomi.vmodl
        self.trust = Trust(login, timeout)
        self._timeout, self._lock = timeout, threading.Lock()
        self._stub: Any = None
        self._content: Any = None

    @property
    def place(self) -> str:
        return self.login.place

    @property
    def content(self) -> Any:
        """The service content; opens the session."""
        if self._content is None:
            self._open()
        return self._content

    @property
    def stub(self) -> Any:
        """What managed objects are made with; opens the session."""
        return self.content and self._stub

    @property
    def cookie(self) -> str:
        """The session cookie, for requests beside the API."""
        return str(self.stub.cookie).partition(";")[0]

    @property
    def kind(self) -> str:
        """vcenter or esxi."""
        return "esxi" if self.content.about.apiType == "HostAgent" else "vcenter"

    def call(self, action: Callable[[], T], what: str, repeat: bool = False) -> T:
        """Run an action of API calls. `repeat` says that it may run again after a broken connection: it only reads.

        A session that ended is renewed once, and the action runs again: it was refused, so nothing had happened.
        """
        attempt, renewed = 0, False
        while True:
            seen = self.cookie
            try:
                return action()
            except (self.vmodl.MethodFault, *_BROKEN) as error:
                if self._ended(error) and not renewed:
                    renewed = True
                    self.renew(seen)
                elif self._may_retry(error, repeat) and attempt < TRIES - 1:
                    self.sleep(pause_before(attempt, random.random()))
                    attempt += 1
                else:
                    raise self.translated(error, what) from error

    def renew(self, seen: str) -> None:
        """Log in again, unless another thread did so since the cookie `seen`."""
        with self._lock:
            if self.cookie == seen:
                self._stub.cookie = ""
                self._log_in()

    def reference(self, kind: str, ref: str) -> Any:
        """A managed object by class and identifier; nothing is asked."""
        return getattr(self.vim, kind)(ref, self.stub)

    def close(self) -> None:
        """Log out. A session that is gone already is no matter."""
        if self._content is not None:
            with contextlib.suppress(self.vmodl.MethodFault, *_BROKEN):
                self._content.sessionManager.Logout()
            self._stub.DropConnections()
        self._stub = self._content = None
        atexit.unregister(self.close)

    def translated(self, error: Exception, what: str) -> PlatformError:
        """The error for an operator."""
        if isinstance(error, ssl.SSLCertVerificationError):
            return self.trust.untrusted(error)
        if isinstance(error, self.vim.fault.InvalidLogin):
            return PlatformError(
                f"{self.place}: refuses the login of {self.login.username}; correct source.username and source.password"
            )
        if isinstance(error, self.vmodl.MethodFault):
            name = type(error).__name__.rpartition(".")[2]
            text = f"{self.place}: {what}: {error.msg or name} ({name}){_causes(error)}"
            return PlatformError(text, fault=name, argument=getattr(error, "invalidProperty", None))
        return Broken(f"{self.place}: {what}: {error or type(error).__name__}; check address, route and server")

    def _ended(self, error: Exception) -> bool:
        return isinstance(error, self.vim.fault.NotAuthenticated)

    def _may_retry(self, error: Exception, repeat: bool) -> bool:
        if isinstance(error, (self.vmodl.MethodFault, ssl.SSLCertVerificationError)):
            return False
        # 503 comes from the proxy in front: the call has not reached anybody.
        return repeat or str(error).startswith("503")

    def _open(self) -> None:
        adapter = importlib.import_module("pyVmomi.SoapAdapter")
        for attempt in range(TRIES):
            try:
                version = self._version()
                self._stub = adapter.SoapStubAdapter(
                    host=self.login.hostname, port=self.login.port, version=version, sslContext=self.trust.context
                )
                self._stub.scheme = functools.partial(self.trust.connection, seconds=API_TIMEOUT)
                self._content = self.vim.ServiceInstance("ServiceInstance", self._stub).RetrieveContent()
                break
            except (self.vmodl.MethodFault, *_BROKEN) as error:
                if attempt == TRIES - 1 or not self._may_retry(error, repeat=True):
                    raise self.translated(error, "connect") from error
                self.sleep(pause_before(attempt, random.random()))
        try:
            self._log_in()
        except PlatformError:
            self._content = None
            raise
        # Sessions are few at the server; one that nobody closes stays for half an hour.
        atexit.register(self.close)

    def _log_in(self) -> None:
        try:
            self._content.sessionManager.Login(self.login.username, self.login.password)
        except (self.vmodl.MethodFault, *_BROKEN) as error:
            raise self.translated(error, "log in") from error

    def _version(self) -> str:
        """The newest version of the API that both sides know."""
        support = importlib.import_module("pyVmomi.VmomiSupport")
        connection = self.trust.connection()
        try:
            connection.request("GET", "/sdk/vimServiceVersions.xml")
            response = connection.getresponse()
            if response.status != 200:
                raise http.client.HTTPException(f"{response.status} {response.reason}")
            data = response.read(MAX_BYTES + 1)
        finally:
            connection.close()
        root, known = parse_xml(data, self.place), set[str]()
        for space in children(root, "namespace"):
            known |= {text(space, "version")}
            known |= {text(one) for prior in children(space, "priorVersions") for one in children(prior, "version")}
        for version in support.GetServiceVersions("vim25"):
            if support.versionIdMap[version] in known:
                return str(version)
        raise PlatformError(f"{self.place}: speaks no version of the API that pyVmomi knows; update pyvmomi")


def _causes(error: Any) -> str:
    """What a fault tells beside its message."""
    texts = [str(message.message) for message in getattr(error, "faultMessage", None) or () if message.message]
    return f": {'; '.join(texts)}" if texts else ""
