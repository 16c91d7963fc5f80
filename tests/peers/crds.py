"""The schemas that KubeVirt and CDI themselves are installed with, out of the Go modules that the lab builds."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kube_transport import ApiError
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from lab.build.go import GO_ROOT
from tests.peers.peers import eventually, needs

# Go's raw strings, each under its name.
ENTRY = re.compile(r'^\t"(\w+)": `(.*?)`,$', re.MULTILINE | re.DOTALL)


def sources(project: str, module: str) -> Path:
    """Folder of a module; skips the test when the lab has not fetched it."""
    needs("go")
    command = ["go", "list", "-m", "-f", "{{.Dir}}", module]
    found = subprocess.run(command, cwd=GO_ROOT / project, capture_output=True, text=True, check=False).stdout.strip()
    if not found:
        pytest.skip(f"missing: the Go module {module} (python -m lab build {project})")
    return Path(found)


def entry(path: Path, name: str) -> Any:
    """One YAML document of a generated Go file. Backticks are written as their own strings there."""
    text = path.read_text().replace('` + "`" + `', "'")
    return yaml.safe_load(dict(ENTRY.findall(text))[name])


def virtual_machine() -> dict[str, Any]:
    """The schema of VirtualMachine."""
    folder = sources("kubevirt", "kubevirt.io/kubevirt") / "pkg/virt-operator/resource/generate/components"
    schema: dict[str, Any] = entry(folder / "validations_generated.go", "virtualmachine")["openAPIV3Schema"]
    return schema


def data_volume() -> dict[str, Any]:
    """The schema of DataVolume."""
    folder = sources("cdi", "kubevirt.io/containerized-data-importer") / "pkg/operator/resources"
    versions = entry(folder / "crds_generated.go", "datavolume")["spec"]["versions"]
    schema: dict[str, Any] = next(one for one in versions if one["storage"])["schema"]["openAPIV3Schema"]
    return schema


def install(api: KubernetesApi, name: str, schema: dict[str, Any]) -> None:
    """Give a kind that is open to every field its real schema; returns when the server has taken it."""
    found = api.get("CustomResourceDefinition", name) or {}
    version = {**found["spec"]["versions"][0], "schema": {"openAPIV3Schema": schema}}
    # Not the version that was read: the server's own controllers write to a definition, too.
    api.merge("CustomResourceDefinition", name, {"spec": {"versions": [version]}})
    group, kind = found["spec"]["group"], found["spec"]["names"]["kind"]
    probe = {
        "apiVersion": f"{group}/{version['name']}",
        "kind": kind,
        "metadata": {"name": "probe", "namespace": "default"},
        "spec": {"probe": True},
    }
    eventually(lambda: refused(api, probe) != "", f"{kind} has its schema", 180)


def refused(api: KubernetesApi, body: dict[str, Any]) -> str:
    """Why the server would not take an object; empty when it would. A field it does not know is a reason."""
    try:
        api.apply(body, dry_run=True)
    except ApiError as error:
        return error.message
    return ""
