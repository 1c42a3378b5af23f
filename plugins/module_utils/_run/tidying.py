# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What revisions left behind and nothing refers to any more leaves the hub, in the run that made it so."""

from __future__ import annotations

from ansible_collections.multicluster.apps.plugins.module_utils._core.revisions import unused
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubConflict, HubLocked
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Delete
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    Base,
    ControllerRevision,
    Description,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded, parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools

_READ = (Base.KIND, ControllerRevision.KIND, Description.KIND)


def forget_unused(loaded: Loaded, tools: Tools) -> None:
    """Remove contents that nothing refers to, and revisions of Bases that are gone.

    What another run holds or changes stays: the next one removes it.

    :param loaded: the whole hub, with what delivery reported. It only tells whether there is something to look for: what goes is
        decided from a fresh read, as another run may have come to need it.
    :raises HubError: when the hub cannot be read or written.
    """
    if not any(True for _item in unused(loaded.snapshot)):
        return
    try:
        with tools.hub.lock("hub"):
            fresh = parse_contents(tools.hub.load(None, _READ))
            versions = ((item.key, fresh.contents.objects[item.key].version) for item in unused(fresh.snapshot))
            tools.hub.write([Delete(key, version) for key, version in versions if version is not None], tools.now())
    except (HubLocked, HubConflict):
        return
