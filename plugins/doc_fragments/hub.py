# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Which hub, and how: with the fragment `server` the same for everything that talks to one.
    DOCUMENTATION = r"""
options:
  hub_dir:
    description:
      - The directory of the hub, one object a file. Excludes the options for a hub that is an API server.
      - A relative path is relative to the playbook's directory; in the playbooks of this collection, to the working
        directory.
      - If no hub is named, the environment variable E(MULTICLUSTER_HUB_DIR) does it, relative to the working directory.
    type: path
  client_cert:
    description:
      - A PEM file with the certificate that says who we are. Environment variable E(K8S_AUTH_CERT_FILE).
    type: path
    aliases: [cert_file]
  client_key:
    description:
      - A PEM file with the key of O(client_cert), if it is not in the same file. Environment variable E(K8S_AUTH_KEY_FILE).
    type: path
    aliases: [key_file]
  ca_cert:
    description:
      - A PEM file with the certificates that the server's certificate is verified with.
      - Environment variable E(K8S_AUTH_SSL_CA_CERT).
    type: path
    aliases: [ssl_ca_cert]
  secrets:
    description:
      - How objects that carry secret data are kept in the directory of the hub, and in directory clusters.
      - V(refuse) is an error that says what to do.
      - V(vault) encrypts their files with Ansible Vault and the first vault password of the run.
      - V(plain) leaves them readable in files of mode 0600.
      - What is encrypted already is read under every choice, if the run has the vault password.
    type: str
    choices: [refuse, vault, plain]
    default: refuse
  lock_timeout:
    description:
      - How many seconds to wait for another run that holds a lock of the hub. V(0) tries once.
      - On an API server a run that waits at all waits until it has seen whether the holder is alive, 15 seconds at most, so that
        the lock of a killed run ends.
    type: float
    default: 30.0
notes:
  - Name the hub once for all tasks with C(module_defaults) for the group C(multicluster.apps.hub).
"""

    # A hub that is an API server: the same options for tasks and for lookups, with the names that kubernetes.core gives them.
    SERVER = r"""
options:
  kubeconfig:
    description:
      - The hub is the API server that this kubeconfig leads to. A path, or a mapping with the content of a kubeconfig.
      - A relative path is relative to the playbook's directory; in the playbooks of this collection, to the working
        directory. So are those in O(client_cert), O(client_key) and O(ca_cert).
      - A hub is named by O(kubeconfig), by O(host), or as a directory. If a task names none, the environment variable
        E(MULTICLUSTER_HUB_DIR) names a directory, or else E(K8S_AUTH_KUBECONFIG) or E(K8S_AUTH_HOST) an API server. There is no
        other default; E(KUBECONFIG) and C(~/.kube/config) do not count.
      - Once the hub is an API server, each option for one that is not given is taken from its environment variable
        C(K8S_AUTH_<OPTION>), there with paths relative to the working directory. But where a task names O(kubeconfig) or O(host),
        neither is taken from the environment.
    type: raw
  context:
    description:
      - A context of the kubeconfig; the current one, if it is not given. Environment variable E(K8S_AUTH_CONTEXT).
    type: str
  host:
    description:
      - The URL of the hub's API server. With O(kubeconfig), it takes the place of the address there.
      - Environment variable E(K8S_AUTH_HOST).
    type: str
  api_key:
    description:
      - A bearer token. Environment variable E(K8S_AUTH_API_KEY).
      - O(api_key), O(username) and O(client_cert) take the place of all credentials in the kubeconfig.
    type: str
  username:
    description:
      - The user for HTTP basic authentication, with O(password). API servers themselves do not offer it; a proxy before one may.
      - Environment variable E(K8S_AUTH_USERNAME).
    type: str
  password:
    description:
      - The password of O(username). Environment variable E(K8S_AUTH_PASSWORD).
    type: str
  validate_certs:
    description:
      - Whether to verify the server's certificate. It is verified unless this or the kubeconfig says otherwise.
      - Environment variable E(K8S_AUTH_VERIFY_SSL).
    type: bool
    aliases: [verify_ssl]
  proxy:
    description:
      - The URL of the proxy to the hub. Environment variable E(K8S_AUTH_PROXY).
    type: str
  no_proxy:
    description:
      - Hosts, domains and networks that are reached without the proxy, with commas between them.
      - Environment variable E(K8S_AUTH_NO_PROXY).
    type: str
  proxy_headers:
    description:
      - Headers for the proxy.
    type: dict
    suboptions:
      proxy_basic_auth:
        description:
          - User and password for the proxy, with a colon between them.
          - Environment variable E(K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH).
        type: str
      basic_auth:
        description:
          - The same, in the header C(Authorization). Environment variable E(K8S_AUTH_PROXY_HEADERS_BASIC_AUTH).
        type: str
      user_agent:
        description:
          - What the header C(User-Agent) says. Environment variable E(K8S_AUTH_PROXY_HEADERS_USER_AGENT).
        type: str
  impersonate_user:
    description:
      - Act as this user, as far as the server lets us. Environment variable E(K8S_AUTH_IMPERSONATE_USER).
    type: str
  impersonate_groups:
    description:
      - Act as a member of these groups; needs O(impersonate_user).
      - Environment variable E(K8S_AUTH_IMPERSONATE_GROUPS), with commas between them.
    type: list
    elements: str
"""

    # What is a path to Ansible is one from the working directory before a lookup sees it, so there paths are text.
    LOOKUP = r"""
options:
  hub_dir:
    description:
      - The directory of the hub, one object a file. Excludes the options for a hub that is an API server.
      - A relative path is relative to the playbook's directory; in the playbooks of this collection, to the working
        directory.
      - If no hub is named, the environment variable E(MULTICLUSTER_HUB_DIR) does it, relative to the working directory.
    type: str
  client_cert:
    description:
      - A PEM file with the certificate that says who we are. Environment variable E(K8S_AUTH_CERT_FILE).
    type: str
    aliases: [cert_file]
  client_key:
    description:
      - A PEM file with the key of O(client_cert), if it is not in the same file. Environment variable E(K8S_AUTH_KEY_FILE).
    type: str
    aliases: [key_file]
  ca_cert:
    description:
      - A PEM file with the certificates that the server's certificate is verified with.
      - Environment variable E(K8S_AUTH_SSL_CA_CERT).
    type: str
    aliases: [ssl_ca_cert]
author:
  - The multicluster.apps authors (@multicluster-apps)
"""

    # What modules get besides; the actions work in Ansible's own process and need none of it.
    MODULE = r"""
options:
  vault_password_files:
    description:
      - For each vault id of the run, a file with its password. Filled in for every task, and removed when it ends; what is
        given here does not count.
    type: dict
"""
