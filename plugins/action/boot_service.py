# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.ironacre.hci.plugins.plugin_utils.service_archive import pack


class ActionModule(ActionBase):
    """Packs on the controller, then lets the copy action bring the file over and compare it."""

    _supports_check_mode = True
    _supports_async = False
    _VALID_ARGS = frozenset({"source", "dest"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder, "boot_service.pyz")
            archive.write_bytes(pack(Path(self._task.args["source"])))
            task = self._task.copy()
            task.args = {"src": str(archive), "dest": self._task.args["dest"], "mode": "0644"}
            copy = self._shared_loader_obj.action_loader.get(
                "ansible.builtin.copy",
                task=task,
                connection=self._connection,
                play_context=self._play_context,
                loader=self._loader,
                templar=self._templar,
                shared_loader_obj=self._shared_loader_obj,
            )
            result: dict[str, Any] = copy.run(task_vars=task_vars)
        return {key: value for key, value in result.items() if key not in ("src", "diff")}
