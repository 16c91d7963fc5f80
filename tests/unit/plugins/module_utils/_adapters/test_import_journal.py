"""Ownership of an import while one call takes long, and its loss."""

from __future__ import annotations

import pathlib
import threading

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters import import_journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.import_journal import ImportJournal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.keeper import Keeper
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from tests.assets.cluster import fake_cluster

LEASE = "/apis/coordination.k8s.io/v1/namespaces/vms/leases/vmimport-web"


def test_ownership_is_renewed_while_the_importer_waits(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_journal, "RENEW_EVERY", -1)
    with fake_cluster() as cluster:
        connection = load_connection(cluster.kubeconfig(tmp_path))
        journal = ImportJournal(KubernetesApi(connection), "web", "vms", keeping=KubernetesApi(connection))
        journal._keeper = Keeper(journal._renew, every=0.01)
        renewed, lost = threading.Event(), threading.Event()
        cluster.react = lambda method, path, body: renewed.set() if method == "PUT" else None
        journal.acquire()
        assert renewed.wait(30), "nobody renewed"
        cluster.react = lambda method, path, body: None
        work = journal._keeper.work

        def until_lost() -> None:
            try:
                work()
            except PlatformError:
                lost.set()
                raise

        # Before the loss: the keeper ends with the first one it meets.
        journal._keeper.work = until_lost
        with cluster.lock:
            cluster.objects.pop(LEASE)
            cluster.put(LEASE, {"spec": {"holderIdentity": "another"}})
        assert lost.wait(30), "the loss went unnoticed"
        journal._keeper._thread.join() if journal._keeper._thread else None
        with pytest.raises(PlatformError, match="another run took over"):
            journal.beat()
        journal.release()
