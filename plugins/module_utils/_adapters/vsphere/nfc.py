# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports of a machine that is off: a lease that is kept alive, and its disks as streamOptimized images.

This module util is private to the collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import random
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..._core.errors import PlatformError
from ..._core.vm.extents import Extent
from ..._core.vm.model import Disk, Vm
from ..._core.vm.retries import TRIES, Broken, kind_of_status, pause_before
from ..._core.vm.streams import Truncated
from ..._core.vm.vmdk import Inflater, StreamOptimized
from ..._core.vm.vsphere_export import Export, export_of
from .inventory import plain
from .tasks import Tasks
from .tls import PinnedConnection

READY_TIMEOUT = 600.0
_LEASE = ("state", "error")
_BROKEN = (OSError, http.client.HTTPException)


class NfcStream:
    """One disk, forward only. After a break the export begins again, and what was delivered is passed over."""

    def __init__(self, tasks: Tasks, machine: Any, vm: Vm, disk: Disk, inflater: Inflater) -> None:
        self.tasks, self.session, self.machine, self.vm, self.disk = tasks, tasks.session, machine, vm, disk
        self.capacity, self.engine, self.bytes_read = disk.capacity, f"nfc {inflater.name}", 0
        self.place = f"{self.session.place}: {vm.name}: export of disk {disk.key}"
        self._inflater = inflater

    def extents(self) -> Iterator[Extent]:
        """Ends with an error when the image is damaged, or the export keeps breaking."""
        reached, failures = 0, 0
        while True:
            try:
                for offset, data in self._once():
                    if offset >= reached:
                        reached, failures = offset + len(data), 0
                        yield offset, data
                return
            except (Broken, Truncated) as error:
                failures += 1
                if failures >= TRIES:
                    raise Broken(f"{error.message} (after {failures} tries)") from error
                self.session.sleep(pause_before(failures - 1, random.random()))

    def _once(self) -> Iterator[Extent]:
        with self._lease() as (lease, info):
            export = export_of(info.get("deviceUrl") or [], self.vm, self.disk, self.place)
            with self._download(export) as response:
                reader = _Counted(response, self)
                image = StreamOptimized(reader, self.place, self._inflater)
                if image.capacity != self.capacity:
                    raise PlatformError(
                        f"{self.place}: the image holds {image.capacity} bytes, not {self.capacity}; run again"
                    )
                yield from image.extents()
            self._compare(lease.lease, export.key, reader)
            lease.done = True

    @contextmanager
    def _lease(self) -> Iterator[tuple[Keeper, dict[str, Any]]]:
        what = f"export {self.vm.name}"
        lease = self._exported(what)
        state: dict[str, Any] = {}

        def settled() -> bool:
            state.update(self.tasks.inventory.raw(lease, _LEASE))
            return str(state["state"]) != "initializing"

        reached = self.tasks.until(settled, READY_TIMEOUT)
        if not reached or str(state["state"]) != "ready":
            with contextlib.suppress(PlatformError):
                self.session.call(lease.HttpNfcLeaseAbort, what)
            if state.get("error") is not None:
                raise self.session.translated(state["error"], what)
            raise PlatformError(f"{self.place}: the lease is {state['state']}; is the machine off? run again")
        info = plain(self.tasks.inventory.raw(lease, ("info",))["info"])
        keeper = Keeper(lease, self._progress(lease), float(info.get("leaseTimeout") or 300) / 3)
        try:
            yield keeper, info
        finally:
            keeper.stop()
            end = lease.HttpNfcLeaseComplete if keeper.done else lease.HttpNfcLeaseAbort
            with contextlib.suppress(PlatformError):
                self.session.call(end, what)

    def _compare(self, lease: Any, key: str, reader: _Counted) -> None:
        """The host tells size and digest of what it sent; one that does not is no fault."""
        try:
            entries = self.session.call(lease.HttpNfcLeaseGetManifest, "read the manifest of the export", repeat=True)
        except PlatformError:
            return
        for entry in entries or ():
            sent = (int(entry.size), str(entry.sha1 or "").lower())
            if entry.key == key and sent != (reader.count, sent[1] and reader.digest.hexdigest()):
                raise PlatformError(
                    f"{self.place}: {reader.count} bytes came with the digest {reader.digest.hexdigest()}, the host "
                    f"sent {sent[0]} with {sent[1]}; somebody changed them on the way: look at the network, run again"
                )

    def _exported(self, what: str) -> Any:
        try:
            return self.session.call(self.machine.ExportVm, what)
        except PlatformError as error:
            # Left by a run that was killed: it ends by itself, five minutes after the last sign of progress.
            if error.facts.get("fault") == "TaskInProgress":
                raise Broken(f"{self.place}: another export of the machine is under way; run again later") from error
            raise

    def _progress(self, lease: Any) -> Callable[[], None]:
        def tell() -> None:
            percent = min(99, 100 * self.bytes_read // max(1, self.capacity))
            self.session.call(lambda: lease.HttpNfcLeaseProgress(percent), "keep the export alive", repeat=True)

        return tell

    @contextmanager
    def _download(self, export: Export) -> Iterator[http.client.HTTPResponse]:
        connection = self._connection(export)
        try:
            connection.request("GET", export.target, headers={"Cookie": self.session.cookie})
            response = connection.getresponse()
            found = f"{self.place}: the server answers {response.status} {response.reason}"
            # An export that is not found is a lease that ended.
            if kind_of_status(response.status) in ("transport", "auth") or response.status == 404:
                raise Broken(f"{found}; run again")
            if response.status != 200:
                raise PlatformError(f"{found}; look at the host's log")
            yield response
        except ssl.SSLCertVerificationError as error:
            raise self.session.trust.untrusted(error) from error
        except _BROKEN as error:
            raise Broken(f"{self.place}: {error or type(error).__name__}; run again") from error
        finally:
            connection.close()

    def _connection(self, export: Export) -> PinnedConnection:
        trust = self.session.trust
        if not export.host or export.host == self.session.login.hostname:
            return trust.connection()
        if export.thumbprint:
            return trust.pinned(export.host, export.port, export.thumbprint)
        return trust.connection(export.host, export.port)


class _Counted:
    """Reads a response, counts and digests; a broken connection is told as such."""

    def __init__(self, response: http.client.HTTPResponse, stream: NfcStream) -> None:
        self.response, self.stream, self.count = response, stream, 0
        # SHA-1 is what the manifest of an export has.
        self.digest = hashlib.sha1(usedforsecurity=False)

    def readinto(self, buffer: memoryview) -> int:
        try:
            count = self.response.readinto(buffer)
        except _BROKEN as error:
            raise Broken(f"{self.stream.place}: {error or type(error).__name__}; run again") from error
        self.stream.bytes_read += count
        self.count += count
        self.digest.update(buffer[:count])
        return count


class Keeper:
    """Tells in a thread, again and again, that the export goes on. done: the export is complete."""

    def __init__(self, lease: Any, tell: Callable[[], None], interval: float) -> None:
        self.lease, self.done = lease, False
        self._tell, self._interval, self._ended = tell, interval, threading.Event()
        self._thread = threading.Thread(target=self._run, name="nfc-lease", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ended.wait(self._interval):
            # A lease that is gone ends the download as well, and that is where the error belongs.
            with contextlib.suppress(PlatformError):
                self._tell()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()
