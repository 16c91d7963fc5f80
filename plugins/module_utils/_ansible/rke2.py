# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the rke2_* modules; doc fragment `ironacre.hci.rke2` documents them.

This module util is private to the collection.
"""

from __future__ import annotations

from typing import Any

RKE2_SPEC: dict[str, Any] = {"data_dir": {"type": "path", "default": "/var/lib/rancher/rke2"}}
