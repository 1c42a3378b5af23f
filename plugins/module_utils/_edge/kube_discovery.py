# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which kinds a cluster serves, under which paths. Each group and version is asked for once, if it is needed."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import ApiError, KubeHttp, Request
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import GroupKind
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import split_api_version


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind in one version.

    :param removable: whether its objects can be removed, which is what befalls all that lies in a namespace that goes.
    """

    api_version: str
    kind: str
    plural: str
    namespaced: bool
    removable: bool = True

    def path(self, namespace: str = "", name: str = "") -> str:
        """The path of one object, or of the list of all of a namespace or of the cluster."""
        prefix = f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"
        place = f"/namespaces/{quote(namespace, safe='')}" if namespace else ""
        return f"{prefix}{place}/{self.plural}" + (f"/{quote(name, safe='')}" if name else "")


class Discovery:
    """What one cluster serves, as far as it was asked for."""

    def __init__(self, http: KubeHttp) -> None:
        self._http = http
        self._versions: dict[str, dict[str, Resource]] = {}
        self._broken: dict[str, ApiError] = {}

    def resource(self, api_version: str, kind: str) -> Resource | None:
        """The kind as the cluster serves it in this version; None where it does not.

        :raises ClusterError: when the cluster cannot say; the other groups are not affected.
        """
        return self._kinds(api_version).get(kind)

    def tenants(self) -> list[Resource]:
        """Every kind whose objects lie in namespaces and go with them, each in the first version that has it.

        :raises ClusterError: when the cluster cannot say it of all groups: what is not known of may be there.
        """
        request = Request("GET", "/apis", "read which groups it has")
        groups = self._http.entries(request, self._http.send(request), "groups")
        found: dict[tuple[str, str], Resource] = {}
        for group in ("", *(str(item.get("name", "")) for item in groups)):
            for api_version in self._served_versions(group):
                for resource in self._kinds(api_version).values():
                    if resource.namespaced and resource.removable:
                        found.setdefault((group, resource.plural), resource)
        return list(found.values())

    def _kinds(self, api_version: str) -> dict[str, Resource]:
        if api_version in self._broken:
            raise self._broken[api_version]
        if api_version not in self._versions:
            try:
                self._versions[api_version] = self._load(api_version)
            except ApiError as error:
                self._broken[api_version] = error
                raise
        return self._versions[api_version]

    def any_version(self, group_kind: GroupKind) -> Resource | None:
        """The kind in a version that was asked for already, else in the one that the cluster prefers.

        :raises ClusterError: as `resource`.
        """
        group, kind = group_kind
        known = [version for version in self._versions if split_api_version(version)[0] == group]
        for api_version in known or self._served_versions(group):
            found = self.resource(api_version, kind)
            if found is not None:
                return found
        return None

    def forget(self, api_version: str) -> None:
        """Ask again the next time: a CRD has been applied."""
        self._versions.pop(api_version, None)
        self._broken.pop(api_version, None)

    def _load(self, api_version: str) -> dict[str, Resource]:
        root = "apis" if "/" in api_version else "api"
        request = Request("GET", f"/{root}/{api_version}", f"read which kinds {api_version} has")
        try:
            answer = self._http.send(request)
        except ApiError as error:
            if error.status == 404:
                return {}
            raise
        found = {}
        for item in self._http.entries(request, answer, "resources"):
            kind, plural = str(item.get("kind", "")), str(item.get("name", ""))
            if "/" not in plural:  # subresources
                removable = "delete" in (item.get("verbs") or ())
                found[kind] = Resource(api_version, kind, plural, bool(item.get("namespaced")), removable)
        return found

    def _served_versions(self, group: str) -> list[str]:
        if not group:
            return ["v1"]
        request = Request("GET", f"/apis/{group}", f"read which versions {group} has")
        try:
            answer = self._http.send(request)
        except ApiError as error:
            if error.status == 404:
                return []
            raise
        preferred = (answer.get("preferredVersion") or {}).get("groupVersion")
        versions = self._http.entries(request, answer, "versions")
        served = [str(item["groupVersion"]) for item in versions if "groupVersion" in item]
        return sorted(served, key=lambda version: version != preferred)
