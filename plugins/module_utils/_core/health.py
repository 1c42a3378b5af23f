# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an object is, by what the cluster says of it: the rules of kstatus.

kstatus (of kubernetes-sigs/cli-utils) has rules for the built-in kinds and reads the conditions of all others. Where
it asks the clock (a pod that finds no node is Failed after 15 seconds) this says InProgress: whoever waits has a limit
of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import Health, HealthStatus
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import split_api_version
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit

Raw = Mapping[str, Any]
_Verdict = tuple[HealthStatus, str]

_REPLICA_FIELDS: Final = (
    "observedGeneration",
    "replicas",
    "updatedReplicas",
    "readyReplicas",
    "availableReplicas",
    "unavailableReplicas",
)
_JOB_FIELDS: Final = ("active", "succeeded", "failed")
_CRASHING: Final = frozenset({"CrashLoopBackOff"})


def health(raw: Raw) -> Health:
    """Judge one object as an API server gave it."""
    kind = (split_api_version(str(raw.get("apiVersion", "")))[0], str(raw.get("kind", "")))
    verdict = _generic(raw)
    if verdict is None:
        verdict = _RULES.get(kind, _by_ready_condition)(raw)
    status, message = verdict
    return Health(status, fit(message), _replica_status(kind, raw))


def _current(message: str = "") -> _Verdict:
    return HealthStatus.CURRENT, message


def _in_progress(message: str) -> _Verdict:
    return HealthStatus.IN_PROGRESS, message


def _failed(message: str) -> _Verdict:
    return HealthStatus.FAILED, message


def _generic(raw: Raw) -> _Verdict | None:
    """What holds for every kind; None where it decides nothing."""
    metadata = _mapping(raw.get("metadata"))
    if metadata.get("deletionTimestamp"):
        return HealthStatus.TERMINATING, f"it is being deleted since {metadata['deletionTimestamp']}"
    seen, generation = _status(raw).get("observedGeneration"), metadata.get("generation")
    if seen is not None and generation is not None and seen != generation:
        return _in_progress(f"its controller has seen generation {seen} of {generation}")
    for condition_type, verdict in (("Reconciling", _in_progress), ("Stalled", _failed)):
        condition = _condition(raw, condition_type)
        if condition.get("status") == "True":
            return verdict(_words(condition))
    return None


def _by_ready_condition(raw: Raw) -> _Verdict:
    condition = _condition(raw, "Ready")
    return _current() if condition.get("status", "True") == "True" else _in_progress(_words(condition))


def _deployment(raw: Raw) -> _Verdict:
    progressing = _condition(raw, "Progressing")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return _failed(_words(progressing))
    wanted, status = _number(_spec(raw), "replicas", 1), _status(raw)
    if short := _short(wanted, status, "replicas", "updatedReplicas"):
        return short
    if _number(status, "replicas") > _number(status, "updatedReplicas"):
        return _in_progress(f"{_number(status, 'replicas') - _number(status, 'updatedReplicas')} old replicas end")
    if short := _short(wanted, status, "availableReplicas", "readyReplicas"):
        return short
    # A Deployment without a deadline has no such condition.
    if progressing and (progressing.get("status"), progressing.get("reason")) != ("True", "NewReplicaSetAvailable"):
        return _in_progress(_words(progressing))
    available = _condition(raw, "Available")
    return (
        _current()
        if available.get("status") == "True"
        else _in_progress(_words(available) or "it is not available yet")
    )


def _stateful_set(raw: Raw) -> _Verdict:
    spec, status = _spec(raw), _status(raw)
    strategy = _mapping(spec.get("updateStrategy"))
    if strategy.get("type") == "OnDelete":
        return _current("its pods are replaced when somebody deletes them")
    wanted = _number(spec, "replicas", 1)
    if short := _short(wanted, status, "replicas", "readyReplicas"):
        return short
    if _number(status, "replicas") > wanted:
        return _in_progress(f"{_number(status, 'replicas') - wanted} replicas end")
    partition = _number(_mapping(strategy.get("rollingUpdate")), "partition")
    if partition:
        updated = _number(status, "updatedReplicas")
        return (
            _current()
            if updated >= wanted - partition
            else _in_progress(f"updatedReplicas: {updated}/{wanted - partition}")
        )
    if short := _short(wanted, status, "currentReplicas"):
        return short
    if status.get("currentRevision") != status.get("updateRevision"):
        return _in_progress(f"it rolls out revision {status.get('updateRevision')}")
    return _current()


def _daemon_set(raw: Raw) -> _Verdict:
    status = _status(raw)
    if "observedGeneration" not in status:
        return _in_progress("its controller has not seen it yet")
    if _mapping(_spec(raw).get("updateStrategy")).get("type") == "OnDelete":
        return _current("its pods are replaced when somebody deletes them")
    wanted = _number(status, "desiredNumberScheduled")
    fields = ("currentNumberScheduled", "updatedNumberScheduled", "numberAvailable", "numberReady")
    return _short(wanted, status, *fields) or _current()


def _replica_set(raw: Raw) -> _Verdict:
    failure = _condition(raw, "ReplicaFailure")
    if failure.get("status") == "True":
        return _in_progress(_words(failure))
    wanted, status = _number(_spec(raw), "replicas", 1), _status(raw)
    if short := _short(wanted, status, "fullyLabeledReplicas", "availableReplicas", "readyReplicas"):
        return short
    extra = _number(status, "replicas") - wanted
    return _in_progress(f"{extra} replicas end") if extra > 0 else _current()


def _pod(raw: Raw) -> _Verdict:
    status = _status(raw)
    phase = status.get("phase")
    if phase == "Succeeded":
        return _current("it has completed")
    if phase == "Failed":
        return _failed(str(status.get("message") or status.get("reason") or "it has failed"))
    waiting = [_mapping(_mapping(item.get("state")).get("waiting")) for item in _container_statuses(status)]
    if crashing := [item for item in waiting if item.get("reason") in _CRASHING]:
        return _failed(_words(crashing[0]))
    ready = _condition(raw, "Ready")
    if phase == "Running" and ready.get("status") == "True":
        return _current()
    if phase in ("Running", "Pending"):
        reasons = [item for item in waiting if item.get("reason")]
        scheduled = _condition(raw, "PodScheduled")
        why = scheduled if scheduled.get("status") == "False" else reasons[0] if reasons else ready
        return _in_progress(_words(why) or f"it is {phase}")
    return (HealthStatus.UNKNOWN, f"its phase is {phase}") if phase else _in_progress("no node has taken it yet")


def _job(raw: Raw) -> _Verdict:
    for condition_type, verdict in (("Failed", _failed), ("Complete", _current)):
        condition = _condition(raw, condition_type)
        if condition.get("status") == "True":
            return verdict(_words(condition))
    # A Job that runs does what it is there for.
    return _current("it runs") if _status(raw).get("startTime") else _in_progress("it has not started yet")


def _service(raw: Raw) -> _Verdict:
    spec = _spec(raw)
    if spec.get("type") == "LoadBalancer" and not spec.get("clusterIP"):
        return _in_progress("it has no address in the cluster yet")
    return _current()


def _claim(raw: Raw) -> _Verdict:
    phase = _status(raw).get("phase")
    return _current() if phase == "Bound" else _in_progress(f"it is {phase or 'not bound yet'}")


def _definition(raw: Raw) -> _Verdict:
    names, established = _condition(raw, "NamesAccepted"), _condition(raw, "Established")
    if names.get("status") == "False":
        return _failed(_words(names))
    if established.get("status") == "True":
        return _current()
    if established.get("status") == "False" and established.get("reason") != "Installing":
        return _failed(_words(established))
    return _in_progress("it is not served yet")


def _exists(_raw: Raw) -> _Verdict:
    return _current()


_RULES: Final[Mapping[tuple[str, str], Callable[[Raw], _Verdict]]] = {
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Pod"): _pod,
    ("", "ReplicationController"): _replica_set,
    ("", "Service"): _service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replica_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "Job"): _job,
    ("policy", "PodDisruptionBudget"): _exists,
}
_REPLICATED: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("apps", "Deployment"): _REPLICA_FIELDS,
    ("apps", "ReplicaSet"): _REPLICA_FIELDS,
    ("apps", "StatefulSet"): _REPLICA_FIELDS,
    ("batch", "Job"): _JOB_FIELDS,
}


def _replica_status(kind: tuple[str, str], raw: Raw) -> dict[str, int]:
    status = _status(raw)
    return {field: _number(status, field) for field in _REPLICATED.get(kind, ()) if _number(status, field)}


def _short(wanted: int, status: Raw, *fields: str) -> _Verdict | None:
    """The first count that has not reached what is wanted."""
    for field in fields:
        if _number(status, field) < wanted:
            return _in_progress(f"{field}: {_number(status, field)}/{wanted}")
    return None


def _number(mapping: Raw, field: str, default: int = 0) -> int:
    value = mapping.get(field)
    return value if isinstance(value, int) else default


def _condition(raw: Raw, condition_type: str) -> Raw:
    conditions = _status(raw).get("conditions")
    for condition in conditions if isinstance(conditions, list) else ():
        if isinstance(condition, Mapping) and condition.get("type") == condition_type:
            return condition
    return {}


def _container_statuses(status: Raw) -> list[Raw]:
    lists = (status.get("initContainerStatuses"), status.get("containerStatuses"))
    return [item for items in lists for item in items or () if isinstance(item, Mapping)]


def _words(condition: Raw) -> str:
    return ": ".join(str(condition[field]) for field in ("reason", "message") if condition.get(field))


def _status(raw: Raw) -> Raw:
    return _mapping(raw.get("status"))


def _spec(raw: Raw) -> Raw:
    return _mapping(raw.get("spec"))


def _mapping(value: Any) -> Raw:
    return value if isinstance(value, Mapping) else {}
