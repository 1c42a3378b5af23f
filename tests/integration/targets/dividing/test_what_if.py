# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would be if clusters had other labels, taints or room: asked without a trace, and then done just so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.integration.support.project import Task
from ansible_collections.multicluster.apps.tests.integration.targets.dividing.fleet import DISTRIBUTE, Fleet, numbers

pytestmark = pytest.mark.integration

WEIGHTS = {"one": 1, "two": 1}
# Another inventory on top of the own one.
OTHER = ("-i", "other.yml")
ROOMY = ("-e", '{"multicluster_capacity": {"cpu": 10}}')
TAINT = {"key": "down", "effect": "NoExecute"}
ALL_DOWN = ("-e", '{"multicluster_taints": [{"key": "down", "effect": "NoExecute"}]}')
OBJECTS = ["ManagedCluster", "Subscription", "Manifest"]


class Question:
    """Asks in check mode, after which everything has to be as it was."""

    def __init__(self, fleet: Fleet, versions: Callable[[], Mapping[str, Any]]) -> None:
        self.fleet = fleet
        self._versions = versions

    def state(self) -> tuple[Any, ...]:
        """Everything on the hub, and how the Deployments are."""
        found = self.fleet.delivered()
        there = {site: self.fleet.generation(site) for site, count in found.items() if count is not None}
        return dict(self._versions()), found, there

    def ask(self, *arguments: str) -> Task:
        """What a run would do."""
        before = self.state()
        answer = self.fleet.run("--check", "--diff", *arguments).ok().only
        assert self.state() == before
        return answer

    def ask_and_do(self, *arguments: str) -> dict[str, int | None]:
        """What a run would do, which it then does; gives the replicas there are then."""
        predicted = self.ask(*arguments).result
        done = self.fleet.run("--diff", *arguments).ok().only.result
        assert done["hub"] == predicted["hub"]
        assert _delivery(done) == _delivery(predicted)
        assert numbers(done["diff"]) == numbers(predicted["diff"])
        found = self.fleet.delivered()
        assert found == {**found, **numbers(predicted["diff"])}
        return found


def _delivery(result: Mapping[str, Any]) -> dict[str, Any]:
    lists = ("created", "updated", "pruned", "unchanged")
    return {name: {key: cluster[key] for key in lists} for name, cluster in result["clusters"].items()}


@pytest.fixture
def question(served_fleet: Fleet, versions: Callable[[], Mapping[str, Any]]) -> Question:
    return Question(served_fleet, versions)


def test_check_mode_answers_for_an_inventory_that_is_not_yet(served_fleet: Fleet, question: Question) -> None:
    """Room for 4 and 2."""
    served_fleet.write(3, WEIGHTS)
    served_fleet.run().ok()
    assert served_fleet.delivered() == {"one": 2, "two": 1}

    served_fleet.inventory("other.yml", two={"multicluster_labels": {"site": "elsewhere"}})
    assert question.ask_and_do(*OTHER) == {"one": 3, "two": None}, "no subscriber selects it any more"

    served_fleet.write(7, WEIGHTS)
    assert numbers(question.ask().result["diff"]) == {"one": 4, "two": 2}, "there is room for three more"
    assert question.ask_and_do(*ROOMY) == {"one": 5, "two": 2}, "four more, by room for 7 and 10"

    served_fleet.inventory("other.yml", one={"multicluster_taints": [TAINT]})
    assert question.ask_and_do(*OTHER, *ROOMY) == {"one": None, "two": 7}, "who is lost runs nothing"

    before = question.state()
    assert "none of the 2 clusters" in served_fleet.run("--check", *ALL_DOWN).failure().message
    assert question.state() == before


def _look_up(what: str, site: str) -> str:
    return f"query('multicluster.apps.{what}', 'web', cluster='{site}', objects=true)"


def test_who_only_looks_is_answered_too(served_fleet: Fleet, question: Question) -> None:
    """A schedule that was never made: 4 replicas by room for 4 and 2, or by what the asker says that they have."""
    served_fleet.write(4, WEIGHTS)
    stored = {key: DISTRIBUTE[key] for key in ("src", "source")}
    served_fleet.project.tasks(
        {"multicluster.apps.register": {"group": DISTRIBUTE["group"]}},
        {"multicluster.apps.apply": stored},
        **served_fleet.hub,
    ).ok()
    assert _answers(served_fleet, question) == {"one": 3, "two": 1}
    assert _answers(served_fleet, question, *ROOMY) == {"one": 2, "two": 2}
    served_fleet.run(*ROOMY).ok()
    assert served_fleet.delivered() == {"one": 2, "two": 2}


def _answers(fleet: Fleet, question: Question, *arguments: str) -> dict[str, int]:
    """By site, the replicas that `info` and the lookups tell, which have to tell the same."""
    before = question.state()
    looks = [
        {"name": f"{what} {site}", "ansible.builtin.debug": {"msg": f"{{{{ {_look_up(what, fleet.host(site))} }}}}"}}
        for what in ("base", "description")
        for site in fleet.variables
    ]
    info = {"name": "info", "multicluster.apps.info": {}}
    run = fleet.project.tasks(info, *looks, arguments=arguments, **fleet.hub).ok()
    assert question.state() == before
    told = run.task("info").result["subscriptions"]["default/web"]["clusters"]
    found = {}
    for site in fleet.variables:
        kinds = [feed["kind"] for feed in run.task(f"base {site}").result["msg"]]
        assert kinds == ["Namespace", "Deployment"]
        (web,) = [raw for raw in run.task(f"description {site}").result["msg"] if raw["kind"] == "Deployment"]
        found[site] = web["spec"]["replicas"]
        assert list(told[fleet.host(site)]["replicas"].values()) == [found[site]]
    return found


def test_other_labels_and_taints_are_a_calculation_on_what_the_hub_holds(
    served_fleet: Fleet, question: Question
) -> None:
    """No register, no check mode: the objects of the hub, changed in a template, and what they have free."""
    served_fleet.write(3, WEIGHTS)
    served_fleet.run().ok()
    before = question.state()
    patches: dict[str, dict[str, Any]] = {
        "as it is": {},
        "labels": {"metadata": {"labels": {"site": "elsewhere"}}},
        "taints": {"spec": {"taints": [TAINT]}},
    }
    tasks = [_calculation(name, served_fleet.host("two"), patch) for name, patch in patches.items()]
    capacities = {served_fleet.host(site): {"cpu": cpu} for site, cpu in (("one", 4), ("two", 2))}
    ask = {"name": "ask", "multicluster.apps.info": {"kinds": OBJECTS}, "register": "hub"}
    served_fleet.project.write("capacities.yml", {"capacities": capacities})
    run = served_fleet.project.tasks(ask, *tasks, arguments=("-e", "@capacities.yml"), **served_fleet.hub).ok()
    assert question.state() == before
    told = {name: run.task(name).result["msg"]["default/web"] for name in patches}
    assert {name: _replicas(answer, served_fleet) for name, answer in told.items()} == {
        "as it is": {"one": [2], "two": [1]},
        "labels": {"one": [3], "two": []},
        "taints": {"one": [3], "two": []},
    }
    turned_away = {
        name: answer["clusters"][served_fleet.host("two")]["turned_away_by"] for name, answer in told.items()
    }
    assert turned_away == {"as it is": None, "labels": "affinity", "taints": "taint"}


def _calculation(name: str, cluster: str, patch: Mapping[str, Any]) -> dict[str, Any]:
    is_it = f"selectattr('kind', 'eq', 'ManagedCluster') | selectattr('metadata.name', 'eq', '{cluster}')"
    changed = "map('multicluster.apps.override', [{'type': 'MergePatch', 'value': patch}]) | list"
    others = f"hub.objects | difference(hub.objects | {is_it} | list)"
    answer = f"{{{{ ({others} + (hub.objects | {is_it} | {changed})) | multicluster.apps.schedule(capacities) }}}}"
    return {"name": name, "ansible.builtin.debug": {"msg": answer}, "vars": {"patch": patch}}


def _replicas(answer: Mapping[str, Any], fleet: Fleet) -> dict[str, list[int]]:
    return {site: list(answer["clusters"][fleet.host(site)]["replicas"].values()) for site in fleet.variables}
