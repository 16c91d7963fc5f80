"""The lab's RKE2: its recipes, units, scripts and built-in manifests agree with each other."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from lab.recipes import kube, rke2

RELEASE = rke2.SOURCE / "release"
CHARTS = sorted((rke2.SOURCE / "charts").glob("*.yaml"))


def objects_of(path: Path) -> list[dict[str, object]]:
    """Return a chart's objects; its placeholders are plain text to YAML."""
    return [item for item in yaml.safe_load_all(path.read_text()) if item]


def test_image_tag_has_no_plus() -> None:
    """A plus is no part of an image's tag."""
    assert rke2.image_tag("v1.35.4+rke2r1") == "v1.35.4-rke2r1"


def test_every_component_reports_the_version() -> None:
    """The stamp names the version with its suffix, and its numbers apart."""
    flags = " ".join(kube.kubernetes_stamp("v1.35.4+rke2r2"))
    assert "gitVersion=v1.35.4+rke2r2" in flags
    assert "gitMajor=1 " in flags
    assert "gitMinor=35 " in flags


def test_a_version_has_its_own_recipes() -> None:
    """The images of a version are made of that version's programs."""
    release, *images = rke2.release_recipes("v1.35.4+rke2r2", "_next")
    assert release.name == "rke2_release_next"
    assert [recipe.name for recipe in images] == ["rke2_images_core_next", "rke2_images_control_plane_next"]
    for recipe in images:
        assert "kubernetes_next" in recipe.needs
        assert "kubernetes" not in recipe.needs


def test_charts_name_only_images_of_the_archives() -> None:
    """A node without network can start what the charts ask for."""
    offered = {
        f"registry.k8s.io/coredns/coredns:v{kube.COREDNS}",
        f"ghcr.io/k8snetworkplumbingwg/multus-cni:v{kube.MULTUS}",
    }
    asked = {image for path in CHARTS for image in re.findall(r"^ *image: (\S+)$", path.read_text(), re.MULTILINE)}
    assert asked == offered


@pytest.mark.parametrize("path", CHARTS, ids=lambda path: path.name)
def test_charts_are_objects_with_a_name(path: Path) -> None:
    """Each document can be applied."""
    for item in objects_of(path):
        assert {"apiVersion", "kind", "metadata"} <= set(item)


@pytest.mark.parametrize("role", ["server", "agent"])
def test_units_start_their_role_and_refuse_the_other(role: str) -> None:
    """The two units are twins but for the names."""
    other = {"server": "agent", "agent": "server"}[role]
    text = (RELEASE / f"rke2-{role}.service").read_text()
    assert f"ExecStart=/usr/local/bin/rke2 {role}\n" in text
    assert f"is-active --quiet rke2-{other}.service" in text
    for line in (
        "Type=notify",
        "KillMode=process",
        "Delegate=yes",
        "TimeoutStartSec=0",
        "Restart=always",
        "RestartSec=5s",
    ):
        assert f"{line}\n" in text


@pytest.mark.parametrize("path", sorted(RELEASE.glob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_plain_shell(path: Path) -> None:
    """They run on nodes whose shell is dash."""
    subprocess.run(["sh", "-n", str(path)], check=True)


def test_installer_refuses_without_artifacts(tmp_path: Path) -> None:
    """It says what is missing, and where."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "INSTALL_RKE2_ARTIFACT_PATH": str(tmp_path)}
    command = ["sh", str(RELEASE / "install.sh")]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "rke2.linux-amd64.tar.gz does not exist" in told.stderr or "must be run as root" in told.stderr
