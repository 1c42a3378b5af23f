# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results and diffs as users see them: plain data, secrets masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.render import decode
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterOutcome, ObjectOutcome
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Delete
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import ControllerRevision
from ansible_collections.multicluster.apps.plugins.module_utils._model.revisions import is_packed
from ansible_collections.multicluster.apps.plugins.module_utils._model.secrets import masked_pair
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import counted

Diff = dict[str, Any]


def hub_result(changes: Iterable[Change], before: Contents, gone: Iterable[ObjectKey] = ()) -> dict[str, list[str]]:
    """What was (or would be) done on the hub: lists of objects, each as `Kind namespace/name`.

    :param gone: what leaves the hub after delivery, because nothing of it is left in its cluster.
    """
    result: dict[str, list[str]] = {"created": [], "updated": [], "removed": []}
    removed = dict.fromkeys(gone)
    for change in changes:
        if isinstance(change, Delete):
            removed[change.key] = None
        elif change.key not in removed:
            result["updated" if change.key in before.objects else "created"].append(shown(change.key))
    result["removed"] = [shown(key) for key in removed]
    return result


def hub_diffs(changes: Iterable[Change], before: Contents, after: Contents) -> list[Diff]:
    """One diff for each changed object of the hub. What Descriptions hold is shown decoded."""
    diffs = []
    for change in changes:
        old, new = before.objects.get(change.key), after.objects.get(change.key)
        if isinstance(change, Delete):
            new = None
        diffs.append(_diff(f"hub: {shown(change.key)}", old.raw if old else None, new.raw if new else None))
    return diffs


def cluster_result(outcome: ClusterOutcome) -> dict[str, Any]:
    """What came of the delivery to one cluster: the shape of `clusters.<name>` in a result."""
    return {
        "phase": outcome.phase,
        "location": outcome.location,
        "changed": outcome.changed,
        "created": [shown(item.key) for item in outcome.created],
        "updated": [shown(item.key) for item in outcome.updated],
        "pruned": [shown(item.key) for item in outcome.pruned],
        "unchanged": [shown(item.key) for item in outcome.unchanged],
        "kept": [{"object": shown(item.key), "reason": item.reason} for item in outcome.kept],
        "failed": [{"object": shown(item.key), "reason": _of(outcome, item.reason)} for item in outcome.failed],
        "unhealthy": [{"object": shown(item.key), "reason": _health(item)} for item in outcome.unhealthy],
        "errors": [_of(outcome, error) for error in outcome.errors],
        "warnings": list(outcome.warnings),
        "seconds": round(outcome.seconds, 3),
    }


def cluster_diffs(outcome: ClusterOutcome) -> list[Diff]:
    """One diff for each object that was (or would be) changed in a cluster."""
    changed = (*outcome.created, *outcome.updated, *outcome.pruned)
    return [_diff(f"{outcome.cluster}: {shown(item.key)}", item.before, item.after) for item in changed]


def failure_message(outcomes: Sequence[ClusterOutcome], problems: Mapping[str, Sequence[str]]) -> str | None:
    """What went wrong, in a few lines that a person on call can act on; None where nothing did."""
    failed = [outcome for outcome in outcomes if not outcome.ok]
    lines = [f"Subscription {name}: {problem}" for name, found in problems.items() for problem in found]
    lines += [f"cluster {outcome.cluster}: {reason}" for outcome in failed for reason in reasons(outcome)]
    if not lines:
        return None
    heads = []
    if failed:
        heads.append(f"{len(failed)} of {len(outcomes)} clusters failed: {', '.join(item.cluster for item in failed)}")
    if problems:
        verb = "was not distributed as it asks" if len(problems) == 1 else "were not distributed as they ask"
        heads.append(f"{counted(len(problems), 'Subscription')} {verb}: {', '.join(problems)}")
    return "\n".join(("; ".join(heads), *lines))


def reasons(outcome: ClusterOutcome) -> tuple[str, ...]:
    """Why a cluster failed, one sentence each; the cluster is not named again, and an object only once."""
    found = (
        *(_of(outcome, error) for error in outcome.errors),
        *(_about(item, _of(outcome, item.reason)) for item in outcome.failed),
        *(_about(item, _health(item)) for item in outcome.unhealthy),
    )
    return tuple(dict.fromkeys(found))


def _of(outcome: ClusterOutcome, text: str) -> str:
    return text.removeprefix("cluster ").removeprefix(f"{outcome.cluster}: ")


def _about(item: ObjectOutcome, text: str) -> str:
    return text if str(item.key) in text or shown(item.key) in text else f"{shown(item.key)}: {text}"


def shown(key: ObjectKey) -> str:
    """An object in a result: `Deployment shop/web`, `Namespace shop`."""
    return f"{key.kind} {key.namespace}/{key.name}" if key.namespace else f"{key.kind} {key.name}"


def _health(item: ObjectOutcome) -> str:
    if item.health is None:
        return "not healthy in time"
    return f"{item.health.status}: {item.health.message}" if item.health.message else str(item.health.status)


def _diff(header: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Diff:
    """Ansible prints mappings in diffs as indented JSON, which reads well enough and needs no YAML here."""
    old, new = map(_readable, masked_pair(before, after))
    return {"before_header": header, "after_header": header, "before": old or "", "after": new or ""}


def _readable(raw: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A Description's byte fields as the objects that they hold, so that a diff says what would change."""
    if raw is not None and raw.get("kind") == ControllerRevision.KIND and is_packed(raw.get("data")):
        return {**raw, "data": {**raw["data"], "content": "(compressed; its Description is shown)"}}
    if raw is None or raw.get("kind") != "Description":
        return raw
    spec = {
        field: [_decoded(text) for text in value] if field in ("raw", "chartRaw") else value
        for field, value in raw["spec"].items()
    }
    return {**raw, "spec": spec}


def _decoded(text: str) -> Any:
    """What a byte field holds; its text where somebody damaged it."""
    try:
        return decode(text)
    except InvalidInput:
        return text
