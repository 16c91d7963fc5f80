# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    """Options of the modules that run on a node of the cluster."""

    DOCUMENTATION = r"""
options:
  data_dir:
    description: RKE2's data folder.
    type: path
    default: /var/lib/rancher/rke2
"""
