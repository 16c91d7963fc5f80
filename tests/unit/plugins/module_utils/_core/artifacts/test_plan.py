from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.module_utils._core.artifacts import plan
from ansible_collections.ironacre.hci.plugins.module_utils._core.artifacts.lock import Artifact

DIGEST = "cd" * 32
BASE = "http://boot1:8080/artifacts/"


def artifact(name: str, file: str) -> Artifact:
    return Artifact(name, "v1", file, f"https://example.invalid/{file}", DIGEST, 1, ("nodes",))


def test_the_cache_is_laid_out_by_digest() -> None:
    (download,) = plan.cache_downloads([artifact("rke2", "rke2.tgz")], "/srv/a/")
    assert download == {
        "url": "https://example.invalid/rke2.tgz",
        "sha256": DIGEST,
        "dest": f"/srv/a/{DIGEST}/rke2.tgz",
        "mode": "0644",
    }


def test_the_controller_fetches_from_the_boot_host() -> None:
    (download,) = plan.mirrored_downloads([artifact("cdi_operator", "cdi.yaml")], BASE, "/cache")
    assert download["url"] == f"http://boot1:8080/artifacts/{DIGEST}/cdi.yaml"
    assert download["dest"] == f"/cache/{DIGEST}/cdi.yaml"


def test_a_node_gets_the_release_beside_its_installer_and_all_else_as_images() -> None:
    files = [artifact("rke2", "r.tar.gz"), artifact("rke2_install", "install.sh"), artifact("cdi_images", "c.tar.zst")]
    downloads = plan.node_downloads(files, BASE, "/var/i", "/images")
    assert [(one["dest"], one["mode"]) for one in downloads] == [
        ("/var/i/r.tar.gz", "0644"),
        ("/var/i/install.sh", "0755"),
        ("/images/c.tar.zst", "0644"),
    ]
