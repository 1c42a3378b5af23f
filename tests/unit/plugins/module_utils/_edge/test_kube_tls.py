# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Client certificates, against a server on loopback that lets no one in without: from files, a kubeconfig, a program."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import open_endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> tuple[str, str]:
        plain = serialization.NoEncryption()
        key = self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode(), key.decode()


def made(name: str, by: Pair | None = None) -> Pair:
    """A certificate for loopback; that of an authority where no one signs it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key((by.key if by else key).public_key()), critical=False
        )
    )
    if by is None:
        usage = dict.fromkeys(
            [
                "content_commitment",
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "encipher_only",
                "decipher_only",
            ],
            False,
        )
        signs = x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage)
        builder = builder.add_extension(signs, critical=True)
    return Pair(builder.sign(by.key if by else key, hashes.SHA256()), key)


class Greeter(BaseHTTPRequestHandler):
    """Answers with the name in the certificate of whoever asks."""

    def do_GET(self) -> None:
        connection: Any = self.connection
        subject = dict(part[0] for part in connection.getpeercert()["subject"])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(subject["commonName"].encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Quiet(HTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A handshake that fails is what some tests want."""


@dataclass(frozen=True)
class Site:
    """A server, and who may come in."""

    url: str
    ca: str
    jane: tuple[str, str]
    folder: Path

    def file(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text)
        return str(self.folder / name)

    def kubeconfig(self, **user: Any) -> dict[str, Any]:
        cluster = {"server": self.url, "certificate-authority-data": base64.b64encode(self.ca.encode()).decode()}
        return {
            "current-context": "c",
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": user}],
        }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("pki")
    authority = made("authority")
    ca = authority.pem[0]
    (folder / "ca.pem").write_text(ca)
    (folder / "server.pem").write_text("".join(made("server", authority).pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / "server.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with Quiet(("127.0.0.1", 0), Greeter) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield Site(f"https://127.0.0.1:{server.server_address[1]}", ca, made("jane", authority).pem, folder)
        server.shutdown()


def asked(connection: Connection) -> str:
    """Whom the server takes us for."""
    endpoint = open_endpoint("c", connection)
    return str(endpoint.pool.request("GET", endpoint.url, headers=endpoint.headers(), retries=False).data.decode())


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_files_of_the_options(site: Site) -> None:
    certificate, key = site.file("c.pem", site.jane[0]), site.file("k.pem", site.jane[1])
    given = {"host": site.url, "ca_cert": str(site.folder / "ca.pem")}
    assert asked(Connection(**given, client_cert=certificate, client_key=key)) == "jane"
    assert asked(Connection(**given, client_cert=site.file("both.pem", "".join(site.jane)))) == "jane"


@pytest.mark.parametrize("inline", [(True, True), (True, False), (False, False)])
def test_a_kubeconfig_leaves_no_file(
    site: Site, inline: tuple[bool, bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = {}
    for name, text, is_inline in zip(("client-certificate", "client-key"), site.jane, inline, strict=True):
        user |= {f"{name}-data": encoded(text)} if is_inline else {name: site.file(name, text)}
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert asked(Connection(kubeconfig=site.kubeconfig(**user))) == "jane"
    assert list(tmp_path.iterdir()) == []


def test_a_program_gives_a_certificate(site: Site) -> None:
    api = "client.authentication.k8s.io/v1"
    status = {"clientCertificateData": site.jane[0], "clientKeyData": site.jane[1]}
    answer = site.file("answer.json", json.dumps({"apiVersion": api, "kind": "ExecCredential", "status": status}))
    entry = {"apiVersion": api, "command": "cat", "args": [answer]}
    assert asked(Connection(kubeconfig=site.kubeconfig(exec=entry))) == "jane"


def test_another_key_is_said_without_showing_it(site: Site) -> None:
    certificate, _key = site.jane
    other = made("other").pem[1]
    user = {"client-certificate-data": encoded(certificate), "client-key-data": encoded(other)}
    with pytest.raises(ClusterError, match="the certificate of its user and the key are no PEM pair") as caught:
        asked(Connection(kubeconfig=site.kubeconfig(**user)))
    assert other.splitlines()[1] not in str(caught.value)


def test_an_authority_in_a_kubeconfig_is_the_only_one(site: Site) -> None:
    """The server is verified, with a certificate of ours or without."""
    content = site.kubeconfig(
        **{"client-certificate-data": encoded(site.jane[0]), "client-key-data": encoded(site.jane[1])}
    )
    content["clusters"][0]["cluster"]["certificate-authority-data"] = encoded(made("other").pem[0])
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        asked(Connection(kubeconfig=content))
    assert asked(Connection(kubeconfig=content, ca_cert=str(site.folder / "ca.pem"))) == "jane"
    assert asked(Connection(kubeconfig=content, validate_certs=False)) == "jane"
