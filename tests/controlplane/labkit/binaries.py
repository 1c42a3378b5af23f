# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the programs of a lab come from.

``KUBEBUILDER_ASSETS``, the convention of controller tests, names a directory with at least etcd and kube-apiserver.
Without it everything is built from the modules that ``go.mod`` and ``helm/go.mod`` pin, once, into a folder of the
user's cache that is named by those versions. What the assets lack (they rarely hold kube-controller-manager) is built.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import LabError
from .locking import exclusive
from .toolchain import find_go, required_version

SOURCES = Path(__file__).resolve().parent.parent
ASSETS_VARIABLE = "KUBEBUILDER_ASSETS"
REQUIRED_ASSETS = ("etcd", "kube-apiserver")
_SCRATCH = ".build-"

Report = Callable[[str], None]


@dataclass(frozen=True)
class Program:
    """One program: the package that it is built from, and the folder of the Go module that pins it."""

    package: str
    module_folder: Path = SOURCES


PROGRAMS = {
    "etcd": Program("go.etcd.io/etcd/server/v3"),
    "kube-apiserver": Program("k8s.io/kubernetes/cmd/kube-apiserver"),
    "kube-controller-manager": Program("k8s.io/kubernetes/cmd/kube-controller-manager"),
    "kubectl": Program("k8s.io/kubernetes/cmd/kubectl"),
    "helm": Program("helm.sh/helm/v3/cmd/helm", SOURCES / "helm"),
}


@dataclass(frozen=True)
class Versions:
    """The pinned versions, each as Go writes it (``v1.36.3``)."""

    kubernetes: str
    etcd: str
    helm: str

    @classmethod
    def pinned(cls) -> Versions:
        """Read them from the ``go.mod`` files, their only source."""
        return cls(
            kubernetes=_pin(SOURCES / "go.mod", "k8s.io/kubernetes"),
            etcd=_pin(SOURCES / "go.mod", "go.etcd.io/etcd/server/v3"),
            helm=_pin(SOURCES / "helm" / "go.mod", "helm.sh/helm/v3"),
        )

    def folder(self) -> str:
        """The name of the cache folder: another version of anything is another folder."""
        return f"kubernetes-{self.kubernetes}-etcd-{self.etcd}-helm-{self.helm}"

    def stamps(self) -> dict[str, str]:
        """Variables that the upstream builds set while linking; without them the programs say v0.0.0 or v1.20."""
        major, minor, _patch = self.kubernetes.removeprefix("v").split(".", 2)
        stamps = {"helm.sh/helm/v3/internal/version.version": self.helm}
        for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"):
            stamps[f"{package}.gitVersion"] = self.kubernetes
            stamps[f"{package}.gitMajor"] = major
            stamps[f"{package}.gitMinor"] = minor
            stamps[f"{package}.gitTreeState"] = "archive"
        for package in ("helm.sh/helm/v3/pkg/chartutil", "helm.sh/helm/v3/pkg/lint/rules"):
            stamps[f"{package}.k8sVersionMajor"] = major
            stamps[f"{package}.k8sVersionMinor"] = minor
        return stamps


def _pin(go_mod: Path, module: str) -> str:
    match = re.search(rf"^(?:require )?\s*{re.escape(module)} (v\S+)", go_mod.read_text(encoding="utf-8"), re.MULTILINE)
    if match is None:
        raise LabError(f"{go_mod}: module {module} is not required there")
    return match.group(1)


def cache_root(environ: Mapping[str, str]) -> Path:
    """The user's cache folder for the lab (XDG Base Directory Specification; a relative value counts as unset)."""
    base = Path(environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():
        base = Path.home() / ".cache"
    return base / "multicluster-apps" / "controlplane"


def ensure(environ: Mapping[str, str], report: Report) -> dict[str, Path]:
    """The path of every program in ``PROGRAMS``; builds those that are in neither the assets nor the cache."""
    found = _assets(environ)
    folder = cache_root(environ) / Versions.pinned().folder()
    found = {name: found.get(name, folder / name) for name in PROGRAMS}
    if not all(path.exists() for path in found.values()):
        with exclusive(folder, lambda: report(f"waiting for another build in {folder}"), create=True):
            missing = [name for name, path in found.items() if not path.exists()]
            _build(missing, folder, report)
    return found


def _assets(environ: Mapping[str, str]) -> dict[str, Path]:
    name = environ.get(ASSETS_VARIABLE)
    if not name:
        return {}
    folder = Path(name).expanduser().resolve()
    found = {program: folder / program for program in PROGRAMS if os.access(folder / program, os.X_OK)}
    missing = [program for program in REQUIRED_ASSETS if program not in found]
    if missing:
        raise LabError(
            f"{ASSETS_VARIABLE}={name}: no executable {' and no executable '.join(missing)} there. It has to name a "
            f"directory with {' and '.join(REQUIRED_ASSETS)}; unset it to have the pinned versions built"
        )
    return found


def _build(names: list[str], folder: Path, report: Report) -> None:
    """Build into a folder beside the results and rename: a program in the cache is always a whole one."""
    if not names:
        return
    go = find_go(required_version(SOURCES / "go.mod"), folder.parent, report)
    for leftover in folder.glob(f"{_SCRATCH}*"):  # of a build that was killed: we hold the lock, so it is nobody's
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(dir=folder, prefix=_SCRATCH) as scratch:
        for number, name in enumerate(names, start=1):
            report(f"building {name} ({number} of {len(names)}; all of them take some minutes, once)")
            _go_build(go, name, Path(scratch) / name)
            os.rename(f"{scratch}/{name}", folder / name)


def _go_build(go: Path, name: str, output: Path) -> None:
    program = PROGRAMS[name]
    flags = " ".join(["-s", "-w"] + [f"-X {key}={value}" for key, value in Versions.pinned().stamps().items()])
    command = [str(go), "build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", flags]
    command += ["-o", str(output), program.package]
    # Nothing of the caller's Go settings may change what is built; CGO off: no C compiler is needed.
    settings = {"GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "", "CGO_ENABLED": "0"}
    result = subprocess.run(command, cwd=program.module_folder, env={**os.environ, **settings}, check=False)
    if result.returncode != 0:
        raise LabError(
            f"could not build {name} from {program.package} (go's output is above). Building needs the Go module "
            f"proxy or a filled module cache; {ASSETS_VARIABLE} can name a directory with ready programs instead"
        )
