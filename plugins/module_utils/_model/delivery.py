# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What delivery to one cluster reads and says, as plain data: bundle, observed, plan, outcome.

`bundle` is what the hub wants there, `observed` what is there, `plan` the ordered difference, `outcome` what came of
it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

GroupKind = tuple[str, str]
"""API group (empty for the core group) and kind."""


class ClusterUnreachable(ClusterError):
    """The cluster itself does not answer: what is left to do there is not tried any more."""


# ---------------------------------------------------------------------------------------------- what is wanted


@dataclass(frozen=True, slots=True)
class Desired:
    """One object as a Description holds it.

    :param raw: the object after overrides; what may not reach a cluster is taken out when the plan is made.
    :param description: `<namespace>.<name>` of the Description, as `apps.clusternet.io/owned-by-description` says it.
    """

    key: ObjectKey
    raw: Mapping[str, Any]
    description: str


@dataclass(frozen=True, slots=True)
class ApplySet:
    """What one Base delivers to its cluster; several Descriptions may share it.

    :param name: the name of the Base.
    :param subscription: `<namespace>/<name>`.
    :param removing: the Subscription no longer selects this cluster or is being removed: all of it goes. `objects` is
        empty.
    :param selected: whether this run delivers it. The others are there so that nothing of theirs is taken or removed.
    """

    name: str
    subscription: str
    objects: tuple[Desired, ...] = ()
    removing: bool = False
    selected: bool = True

    @property
    def rank(self) -> tuple[str, str]:
        """Who comes first when several feed the same object: by namespace and name of the Subscription."""
        namespace, _slash, name = self.subscription.partition("/")
        return namespace, name


@dataclass(frozen=True, slots=True)
class Bundle:
    """All that the hub knows of one cluster's delivery.

    :param cluster: the name of the ManagedCluster, for messages and results.
    :param namespace: the namespace of the cluster on the hub.
    :param applysets: one for each Base in that namespace, also those that this run does not deliver.
    """

    cluster: str
    namespace: str
    applysets: tuple[ApplySet, ...]


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """How to deliver.

    :param check: say what would be done; the cluster is only read, and asked by server-side dry run.
    :param force_conflicts: take fields over from other field managers.
    :param adopt: take objects over that another Description, ApplySet or Helm release owns.
    :param wait: wait until all is healthy.
    :param wait_timeout: seconds for the whole cluster.
    :param wait_sleep: seconds between two looks.
    :param max_pruned_objects: more in one cluster are not removed but reported, but for Subscriptions being removed.
    :param prune_kinds: kinds to prune although they are kept by default (`Namespace`, `PersistentVolumeClaim`, ...).
    :param revision_history_limit: how many revisions of each Subscription the hub keeps for a cluster.
    """

    check: bool = False
    force_conflicts: bool = False
    adopt: bool = False
    wait: bool = False
    wait_timeout: float = 300.0
    wait_sleep: float = 2.0
    max_pruned_objects: int = 50
    prune_kinds: Collection[str] = ()
    revision_history_limit: int = 10


# ---------------------------------------------------------------------------------------------- what is there


@dataclass(frozen=True, slots=True)
class Record:
    """What was applied last, and what the cluster made of it, as fingerprints.

    :param desired: of the object as it was sent.
    :param live: of the same fields as the cluster answered them, so that its own notation (`1000m` as `1`) counts as
        equal.
    """

    desired: str
    live: str


@dataclass(frozen=True, slots=True)
class Live:
    """One object as it is in the cluster.

    :param record: None where it is not known what was applied last; it is applied again.
    """

    raw: Mapping[str, Any]
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the parent object of one ApplySet says: where its members are, and what was applied last.

    :param kinds: the kinds to look for when pruning; always at least those that are there.
    :param namespaces: the namespaces to look in; never the parent's own.
    """

    name: str
    subscription: str
    kinds: frozenset[GroupKind] = frozenset()
    namespaces: frozenset[str] = frozenset()
    records: Mapping[ObjectKey, Record] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observed:
    """What is in a cluster, as far as a bundle is concerned: every object that it wants, and every object that is ours.

    :param server: an API server, where several tools work side by side and applying merges fields. Otherwise a
        directory, which is one hub's alone and where applying replaces.
    :param ledgers: by the name of the ApplySet, as they are stored; none in a directory, whose files say it all.
    :param blocked: kinds that could not be read, and why. Nothing of them is applied, nothing of their ApplySets
        pruned.
    :param warnings: one sentence each.
    """

    objects: Mapping[ObjectKey, Live]
    server: bool
    ledgers: Mapping[str, Ledger] = field(default_factory=dict)
    blocked: Mapping[GroupKind, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------------- what to do


class Action(StrEnum):
    """What is (to be) done with one object."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    PRUNE = "prune"
    KEEP = "keep"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Step:
    """One object of a plan.

    :param desired: the object exactly as it is to be sent or written; None for what is pruned or kept.
    :param live: the object as it is there; None where it is not.
    :param shared_with: names of further ApplySets that want the same object, and have it through this one.
    :param reason: why, where the action does not say it: for `keep` and `conflict`.
    :param release: with `keep`: take our marks off, for its ApplySet goes.
    :param adopted: it belonged to another one: with the object its fields are taken over.
    """

    action: Action
    key: ObjectKey
    applyset: str
    subscription: str
    description: str
    desired: Mapping[str, Any] | None = None
    live: Live | None = None
    shared_with: tuple[str, ...] = ()
    reason: str = ""
    release: bool = False
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done in one cluster, in the order of doing.

    :param contents: objects of ours that no step changes and that stay as they are (for a directory's index).
    :param incomplete: ApplySets, by name, of which not everything could be read: nothing of them is pruned or
        forgotten.
    :param errors: what is wrong with the plan as a whole (too much to prune); the cluster's outcome fails with it.
    """

    steps: tuple[Step, ...]
    contents: tuple[Mapping[str, Any], ...] = ()
    incomplete: frozenset[str] = frozenset()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------------- what came of it


class HealthStatus(StrEnum):
    """The words of kstatus."""

    CURRENT = "Current"
    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    TERMINATING = "Terminating"
    NOT_FOUND = "NotFound"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Health:
    """How an object is.

    :param message: why, in words of the cluster where it has some.
    :param replica_status: the fields of Clusternet's `ReplicaStatus`; empty for kinds without replicas.
    """

    status: HealthStatus
    message: str = ""
    replica_status: Mapping[str, int] = field(default_factory=dict)


class Result(StrEnum):
    """What came of one object; the keys of a cluster's result."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    PRUNED = "pruned"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ObjectOutcome:
    """What came of one object.

    :param shared_with: names of further ApplySets that want the same object, and have it through this one.
    :param reason: for `failed` and `kept`, and for `pruned` what its end still waits for. No secret is in it.
    :param before: the object as it was, without what the server alone writes and with secrets masked. None where it
        was not there, and where nothing changed.
    :param after: the object as it is (or would be) now, likewise.
    :param health: None where nothing runs (a directory) or nothing is left.
    :param status: what the cluster says of the object; None where it says nothing, as a directory does.
    """

    key: ObjectKey
    applyset: str
    subscription: str
    description: str
    result: Result
    shared_with: tuple[str, ...] = ()
    reason: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    health: Health | None = None
    status: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ClusterOutcome:
    """What came of the delivery to one cluster.

    :param outcomes: in the order of the plan.
    :param errors: what went wrong with the cluster as a whole; failed objects are not repeated here.
    :param unreachable: the cluster did not answer.
    :param unhealthy: with `wait`, objects that were not healthy in time.
    :param rewritten: files beside the objects that were rewritten (a directory's `kustomization.yaml`).
    :param removed: ApplySets, by name, of which nothing is left in the cluster.
    :param seconds: the time taken.
    """

    cluster: str
    location: str
    check: bool
    outcomes: tuple[ObjectOutcome, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unreachable: bool = False
    unhealthy: tuple[ObjectOutcome, ...] = ()
    rewritten: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    seconds: float = 0.0

    def of(self, result: Result) -> tuple[ObjectOutcome, ...]:
        """The objects with this result, in the order of the plan."""
        return tuple(outcome for outcome in self.outcomes if outcome.result is result)

    @property
    def created(self) -> tuple[ObjectOutcome, ...]:
        """Objects that were not there before."""
        return self.of(Result.CREATED)

    @property
    def updated(self) -> tuple[ObjectOutcome, ...]:
        """Objects that were there and are different now."""
        return self.of(Result.UPDATED)

    @property
    def unchanged(self) -> tuple[ObjectOutcome, ...]:
        """Objects that were already as they should be."""
        return self.of(Result.UNCHANGED)

    @property
    def pruned(self) -> tuple[ObjectOutcome, ...]:
        """Objects that were removed."""
        return self.of(Result.PRUNED)

    @property
    def kept(self) -> tuple[ObjectOutcome, ...]:
        """Objects that are wanted no longer and were left, each with the reason."""
        return self.of(Result.KEPT)

    @property
    def failed(self) -> tuple[ObjectOutcome, ...]:
        """Objects that could not be brought to what they should be, each with the reason."""
        return self.of(Result.FAILED)

    @property
    def changed(self) -> bool:
        """Whether anything in the cluster is (or would be) different now."""
        return bool(self.created or self.updated or self.pruned or self.rewritten)

    @property
    def ok(self) -> bool:
        """Whether all went well."""
        return not (self.failed or self.errors or self.unhealthy)

    @property
    def phase(self) -> str:
        """`Success` or `Failure`: the phases of a Description that delivery knows."""
        return "Success" if self.ok else "Failure"
