# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Templates are rendered with the task's variables, and found where Ansible looks for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.plugin_utils.templates import rendered

pytestmark = pytest.mark.usefixtures("template_lookup")


def render(folder: Path, *templates: str, **variables: Any) -> list[dict[str, Any]]:
    loader = DataLoader()
    loader.set_basedir(str(folder))
    given = {"ansible_search_path": [str(folder)], **variables}
    return rendered(templates, given, loader, Templar(loader=loader, variables=given))


def test_beside_the_playbook(tmp_path: Path) -> None:
    (tmp_path / "a.j2").write_text("name: {{ name }}\n")
    assert render(tmp_path, "a.j2", name="shop") == [{"where": str(tmp_path / "a.j2"), "text": "name: shop\n"}]


def test_in_the_folder_of_templates(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.j2").write_text("{% include 'b.j2' %}")
    (tmp_path / "templates" / "b.j2").write_text("included")
    assert render(tmp_path, "a.j2")[0]["text"] == "included"


@pytest.mark.parametrize(
    ("text", "message"), [("{{ nobody }}", "'nobody' is undefined"), ("{% if %}", "Expected an expression")]
)
def test_what_cannot_be_rendered(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.j2").write_text(text)
    with pytest.raises(InvalidInput, match=f"^template a.j2: .*{message}"):
        render(tmp_path, "a.j2")
