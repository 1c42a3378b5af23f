# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job the way AWX and ansible-runner start it: a private data directory, and results as events."""

from __future__ import annotations

import ansible_runner
import pytest
from ansible_collections.multicluster.apps.tests.integration.support.project import Project

pytestmark = pytest.mark.integration

APPLICATION = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
---
apiVersion: apps.clusternet.io/v1alpha1
kind: Subscription
metadata: {name: web, namespace: default}
spec:
  subscribers: [{clusterAffinity: {}}]
  feeds: [{apiVersion: v1, kind: ConfigMap, namespace: shop, name: web}]
"""
PLAYBOOK = """\
- name: Distribute
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Everything
      multicluster.apps.distribute: {hub_dir: fleet, group: managed_clusters, src: app/}
"""


def test_the_main_job(project: Project) -> None:
    project.write(
        "inventory/hosts.yml", {"managed_clusters": {"hosts": {"shanghai": {"multicluster_directory": "../out"}}}}
    )
    project.write("project/app/web.yml", APPLICATION)
    project.write("project/site.yml", PLAYBOOK)
    for changed in (True, False):
        run = ansible_runner.run(
            private_data_dir=str(project.path), playbook="site.yml", envvars=project.variables, quiet=True
        )
        with run.stdout as file:
            output = file.read()
        assert (run.status, run.rc) == ("successful", 0), output
        (event,) = (event for event in run.events if event["event"] == "runner_on_ok")
        result = event["event_data"]["res"]
        assert result["changed"] is changed
        assert list(result["clusters"]) == ["shanghai"]
        assert result["clusters"]["shanghai"]["created" if changed else "unchanged"] == ["ConfigMap shop/web"]
        assert "[1" in output  # the line of progress of a worker without a terminal
    assert set(project.objects("out")) == {"ConfigMap shop/web"}
