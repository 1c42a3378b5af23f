# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks that only change the hub: what the modules and `register` do around their plans."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, coalesce
from ansible_collections.multicluster.apps.plugins.module_utils._run.guarding import guard_clusternet
from ansible_collections.multicluster.apps.plugins.module_utils._run.labelling import plan_labels
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import (
    STORED_KINDS,
    parse_contents,
    policies_for_nothing,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host, plan_register
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import hub_diffs, hub_result
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import (
    StoreRequest,
    feeds_without_object,
    plan_store,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools

Planned = tuple[Sequence[Change], tuple[str, ...]]


def store(request: StoreRequest, tools: Tools, *, check: bool, diff: bool) -> dict[str, Any]:
    """Store or remove objects.

    :returns: `changed`, `created`, `updated`, `removed`, `warnings`, and `diff` where it is asked for.
    :raises InvalidInput: for what cannot be stored; nothing was changed then.
    :raises HubError: when the hub cannot be read or written.
    """
    return change_hub(
        tools,
        lambda contents, now: (plan_store(request, contents, tools.codec, now), ()),
        check=check,
        diff=diff,
        consent=request.absent,
        # Only who names something to be removed may mean what is made for clusters: nothing else of that is stored by users.
        kinds=None if request.absent else STORED_KINDS,
    )


def register(hosts: Sequence[Host], tools: Tools, *, check: bool, diff: bool) -> dict[str, Any]:
    """Make a ManagedCluster of each host, or label those that Clusternet's agents made; results and errors as of `store`."""

    def plan(contents: Contents, _now: str) -> Planned:
        return (plan_labels if contents.clusternet else plan_register)(hosts, contents, tools.hub_dir)

    return change_hub(tools, plan, check=check, diff=diff, kinds=STORED_KINDS)


def change_hub(
    tools: Tools,
    plan: Callable[[Contents, str], Planned],
    *,
    check: bool,
    diff: bool,
    consent: bool = False,
    kinds: Collection[str] | None = None,
) -> dict[str, Any]:
    """Read, plan and write under one lock; check mode stops before the write, and takes no lock.

    :param plan: makes of what the hub holds, and the time, the changes and warnings.
    :param consent: whether what the plan removes was named to be removed; matters where Clusternet's controllers run.
    :param kinds: what is read for the plan, and for warnings (`STORED_KINDS`, or more); None for all.
    :returns: as of `store`.
    """
    now = tools.now()
    with nullcontext() if check else tools.hub.lock("hub"):
        before = tools.hub.load(kinds=kinds)
        planned, warnings = plan(before, now)
        changes = coalesce(planned)
        after = before.with_changes(changes, now)
        loaded = parse_contents(after)
        if before.clusternet:
            guard_clusternet(changes, before, loaded, Guards(), consent=consent)
        if check:
            tools.hub.check(changes)
        else:
            tools.hub.write(changes, now)
    result = {
        "changed": bool(changes),
        **hub_result(changes, before),
        "warnings": [*warnings, *loaded.warnings, *policies_for_nothing(loaded), *feeds_without_object(after)],
    }
    return result | ({"diff": hub_diffs(changes, before, after)} if diff else {})
