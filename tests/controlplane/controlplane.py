# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real Kubernetes API servers on loopback, for tests and for trying things out; README.md says more.

    python tests/controlplane/controlplane.py up --members 3 --dir .lab
    python tests/controlplane/controlplane.py down --dir .lab

Needs Python 3.11 and PyYAML, and nothing of the collection.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from labkit import binaries
from labkit.errors import LabError
from labkit.lab import DEFAULT_TIMEOUT, Lab

_INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Run one command; the exit status says whether it could be done (``status``: whether everything runs)."""
    options = _parser().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        return int(options.command(options))
    except LabError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        _report("interrupted; what was started has been stopped")
        return _INTERRUPTED


def _build(options: argparse.Namespace) -> int:
    """Print the directory of the programs (two of them if KUBEBUILDER_ASSETS lacks some)."""
    programs = binaries.ensure(os.environ, _report)
    for directory in sorted({str(path.parent) for path in programs.values()}):
        print(directory)
    return 0


def _up(options: argparse.Namespace) -> int:
    if not options.hub and not options.members:
        raise LabError("--no-hub with --members 0 leaves nothing to start")
    lab = Lab(options.dir, _report)
    names = lab.up(options.members, options.hub, binaries.ensure(os.environ, _report), options.timeout)
    print(f"ready: {', '.join(names)}")
    print(f"inventory: {lab.files.inventory}")
    print(f"try: {lab.files.bin / 'kubectl'} --kubeconfig {lab.files.cluster(names[0]).kubeconfig} get namespaces")
    return 0


def _down(options: argparse.Namespace) -> int:
    print("stopped and removed" if Lab(options.dir, _report).down() else f"there is no lab in {options.dir}")
    return 0


def _status(options: argparse.Namespace) -> int:
    servers = Lab(options.dir).status()
    for server in servers:
        state = "running" if server.alive else "not running"
        print(f"{server.cluster or '-':<12} {server.program:<24} {server.pid:>8}  {state}")
    return 0 if all(server.alive for server in servers) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Real Kubernetes API servers on loopback: a hub and members.")
    commands = parser.add_subparsers(required=True, metavar="build|up|down|status")
    build = commands.add_parser("build", help="have the programs ready and print their directory")
    build.set_defaults(command=_build)
    up = commands.add_parser("up", help="start a lab, or add members to it and start again what died")
    up.set_defaults(command=_up)
    up.add_argument("--members", type=_count, default=3, help="how many members at least (default: 3)")
    up.add_argument("--hub", action=argparse.BooleanOptionalAction, default=True, help="with a hub (default)")
    up.add_argument("--timeout", type=float, default=DEFAULT_TIMEOUT, help="seconds to wait for the servers")
    down = commands.add_parser("down", help="stop a lab and remove its directory")
    down.set_defaults(command=_down)
    status = commands.add_parser("status", help="list the servers; the exit status is 1 if one does not run")
    status.set_defaults(command=_status)
    for command in (up, down, status):
        command.add_argument("--dir", type=Path, default=Path(".lab"), help="the lab's directory (default: .lab)")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of members: 0, 1, 2 and so on are")
    return int(text)


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
