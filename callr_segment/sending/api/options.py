"""What a client may be told, checked before anything is sent: an address, a key, how long, by which proxy."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

from callr_segment.errors import InputError, did_you_mean
from callr_segment.sending.api.requests import BASE_URL, SEARCH_NAMES
from callr_segment.text.policy import Policy

__all__ = [
    "Key",
    "checked_attempts",
    "checked_seconds",
    "checked_url",
    "complete_names",
    "proxy_of",
    "refuse_other_options",
    "trusted_certificates",
]

_LONGEST_TIMEOUT_SECONDS = 600
_HOST = re.compile(r"(?=.{1,253}$)(?!-)[\w-]{1,63}(?:\.[\w-]{1,63})*\.?|[0-9a-fA-F.]*:[0-9a-fA-F:.]*")


class Key:
    """An API key: shown nowhere, written nowhere."""

    __slots__ = ("value",)

    def __init__(self, given: str | None) -> None:
        self.value: str = (os.environ.get("CALLR_API_KEY", "") if given is None else str(given)).strip()
        if not (self.value.isascii() and self.value.isprintable() and isinstance(given, str | None)):
            raise InputError("the API key holds what no key has; copy it again from the Callr portal")

    def __repr__(self) -> str:
        return "•••"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds a key, which is not written anywhere: make a client where it is used")


def refuse_other_options(*, policy: object, **flags: object) -> None:
    """Raise InputError for a word where a flag belongs: a dry run of "false" would send nothing."""
    if not isinstance(policy, Policy):
        raise InputError(f"policy is {policy!r}; pass a Policy, or leave it out", value=policy)
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise InputError(f"{name} is {value!r}; pass True or False", value=value)


def complete_names(given: Mapping[str, str]) -> Mapping[str, str]:
    """Complete what search filters are called by what is assumed of the others."""
    if not isinstance(given, Mapping) or not all(isinstance(each, str) and each for each in given.values()):
        raise InputError(
            'search_names is a mapping of filters to what the API calls them, such as {"sender": "from"}',
            value=given,
        )
    for name in given:
        if name not in SEARCH_NAMES:
            raise InputError(f"there is no filter {name!r}; {did_you_mean(name, SEARCH_NAMES)}", value=name)
    return {**SEARCH_NAMES, **given}


def checked_url(base_url: str) -> str:
    """Take an address only where what is sent to it stays between two machines, or on one.

    It is written as it will be asked for: without the port that is its scheme's, its host in small letters.
    """
    try:
        parts = httpx2.URL(base_url.strip())
        is_port = parts.port is None or 0 < parts.port < 1 << 16
        is_whole = is_port and parts.scheme and _HOST.fullmatch(parts.host) and "\\" not in base_url
    except (httpx2.InvalidURL, ValueError, TypeError, AttributeError):
        raise InputError(f"the base URL is no address; write one such as {BASE_URL}") from None
    if parts.userinfo or parts.query or parts.fragment or not is_whole:
        raise InputError("the base URL is a scheme, a host and a path, such as " + BASE_URL)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.host)):
        raise InputError(
            f"{parts.scheme}://{parts.host} is not encrypted; use https, or http on this machine",
            value=base_url,
        )
    is_usual = parts.port == {"https": 443, "http": 80}[parts.scheme]
    found = str(parts.copy_with(port=None) if is_usual else parts).rstrip("/#?")
    if found.lower().endswith(("/sms", "/ping")):
        raise InputError(
            f"{found} is one of the API's paths; leave the last step out: {found.rpartition('/')[0]}",
            value=base_url,
        )
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def checked_seconds(timeout: float) -> float:
    """Take a time that ends."""
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    if not is_number or not 0 < timeout <= _LONGEST_TIMEOUT_SECONDS:
        raise InputError(
            f"timeout is {timeout!r}; give the seconds a call may take, over 0 and at most "
            f"{_LONGEST_TIMEOUT_SECONDS:,}: without an end a message would be neither sent nor unknown",
            value=timeout,
        )
    return float(timeout)


def checked_attempts(attempts: int) -> int:
    """Take how often to try."""
    if not isinstance(attempts, int) or isinstance(attempts, bool) or attempts < 1:
        raise InputError(f"attempts is {attempts!r}; give 1 to try once, or a few more", value=attempts)
    return attempts


def trusted_certificates(base_url: str, ca_file: str | Path | None, trust_env: bool) -> ssl.SSLContext | None:
    """Read whom to trust: those of a file, or of the system; nobody is asked for on this machine."""
    if ca_file is None and base_url.startswith("http:"):
        return None
    try:
        if ca_file is None:
            return httpx2.create_ssl_context(trust_env=trust_env)
        return ssl.create_default_context(cafile=str(ca_file))
    except OSError as error:
        where = "SSL_CERT_FILE of the environment" if ca_file is None else f"ca_file {str(ca_file)!r}"
        raise InputError(
            f"{where} holds no certificates: {error}; name a file of PEM", value=ca_file
        ) from None


def proxy_of(base_url: str, trust_env: bool) -> httpx2.Proxy | None:
    """Read which proxy the environment names for this address; it may hold a password, so it is not shown."""
    parts, proxies = urlsplit(base_url), getproxies() if trust_env else {}
    found = (proxies.get(parts.scheme) or proxies.get("all") or "").strip()
    if not found or proxy_bypass(parts.hostname or ""):
        return None
    try:
        proxy = httpx2.Proxy(found if "://" in found else f"http://{found}")
    except (httpx2.InvalidURL, ValueError):
        proxy = None
    if proxy is None or not _HOST.fullmatch(proxy.url.host) or not 0 < (proxy.url.port or 1) < 1 << 16:
        raise InputError(
            "the proxy of the environment is no address of http or socks5: mend HTTPS_PROXY or ALL_PROXY, "
            "such as http://proxy.example:3128, or pass trust_env=False"
        )
    if proxy.url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise InputError(
            "the proxy of the environment is a SOCKS proxy, which takes another package: pip install "
            '"httpx2[socks]", or pass trust_env=False'
        )
    return proxy
