"""A local certificate authority and the node's certificate: HTTPS for phones on a LAN.

The authority signs for private addresses and the names it was made for, and for nothing
else: who steals its key cannot pose as anybody's bank.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from infra import whole_file

CA_LASTS = timedelta(days=3650)
NODE_LASTS = timedelta(days=397)
"""Apple's phones refuse a certificate for longer."""
SLOW_CLOCKS = timedelta(days=2)
LOCAL = ("localhost", "127.0.0.1", "::1")
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")
PRIVATE_6 = ("fc00::/7", "fe80::/10", "::1/128")
LAN_NAMES = ("localhost", "local", "lan", "internal", "home.arpa")

Address = IPv4Address | IPv6Address


class NotCoveredError(ValueError):
    """The authority was not made for this name."""


class Tls(NamedTuple):
    """Where the files are; keys have mode 0600."""

    folder: Path

    @property
    def ca(self) -> Path:
        return self.folder / "ca.crt"

    @property
    def ca_key(self) -> Path:
        return self.folder / "ca.key"

    @property
    def node(self) -> Path:
        return self.folder / "node.crt"

    @property
    def node_key(self) -> Path:
        return self.folder / "node.key"


def issue(folder: Path, names: Sequence[str], now: datetime) -> Tls:
    """A certificate for `names` by the authority of this folder, made if there is none.

    Raises NotCoveredError where an authority is there and does not cover a name.
    """
    files = Tls(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not files.ca.exists():
        _make_authority(files, names, now)
    authority = x509.load_pem_x509_certificate(files.ca.read_bytes())
    for name in names:
        if not _covers(authority, name):
            raise NotCoveredError(name)
    _make_certificate(files, authority, dict.fromkeys((*names, *LOCAL)), now)
    return files


def fingerprint(certificate: Path) -> str:
    """SHA-256 in pairs, as phones show it."""
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    return loaded.fingerprint(hashes.SHA256()).hex(":").upper()


def _make_authority(files: Tls, names: Iterable[str], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name("绿色通道本地证书 Green channel local CA")
    public = key.public_key()
    usage = _usage(key_cert_sign=True, crl_sign=True)
    limits = x509.NameConstraints([*_permitted(names)], None)
    certificate = (
        _builder(subject, subject, public, now, CA_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(limits, critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_key(files.ca_key, key)
    told = certificate.public_bytes(serialization.Encoding.PEM)
    whole_file.write(files.ca, told, whole_file.PUBLIC)


def _make_certificate(
    files: Tls, authority: x509.Certificate, names: Iterable[str], now: datetime
) -> None:
    loaded = serialization.load_pem_private_key(files.ca_key.read_bytes(), None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    told = [_general(name) for name in names]
    usage = _usage(digital_signature=True)
    server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(loaded.public_key())
    certificate = (
        _builder(_name("Green channel"), authority.subject, key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(server, critical=False)
        .add_extension(x509.SubjectAlternativeName(told), critical=False)
        .add_extension(issuer, critical=False)
        .sign(loaded, hashes.SHA256())
    )
    _write_key(files.node_key, key)
    pem = serialization.Encoding.PEM
    chain = certificate.public_bytes(pem) + authority.public_bytes(pem)
    whole_file.write(files.node, chain, whole_file.PUBLIC)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    now: datetime,
    lasts: timedelta = NODE_LASTS,
) -> x509.CertificateBuilder:
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    start = now - SLOW_CLOCKS
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + lasts)
        .add_extension(identifier, critical=False)
    )


def _permitted(names: Iterable[str]) -> Iterable[x509.GeneralName]:
    """Private networks, names of a LAN, and what the operator named."""
    for network in PRIVATE:
        yield x509.IPAddress(IPv4Network(network))
    for network in PRIVATE_6:
        yield x509.IPAddress(IPv6Network(network))
    for name in dict.fromkeys((*LAN_NAMES, *names)):
        address = _address(name)
        if address is None:
            yield x509.DNSName(name)
        elif not address.is_private:
            network = f"{address}/{address.max_prefixlen}"
            kind = IPv4Network if address.version == 4 else IPv6Network  # noqa: PLR2004
            yield x509.IPAddress(kind(network))


def _covers(authority: x509.Certificate, name: str) -> bool:
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    permitted = limits.permitted_subtrees or []
    address = _address(name)
    if address is not None:
        networks = [p.value for p in permitted if isinstance(p, x509.IPAddress)]
        return any(address in ip_network(str(found)) for found in networks)
    domains = [p.value for p in permitted if isinstance(p, x509.DNSName)]
    return any(name == domain or name.endswith(f".{domain}") for domain in domains)


def _address(name: str) -> Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _general(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(**allowed: bool) -> x509.KeyUsage:
    uses = ("digital_signature", "content_commitment", "key_encipherment")
    uses += ("data_encipherment", "key_agreement", "key_cert_sign")  # type: ignore[assignment]
    uses += ("crl_sign", "encipher_only", "decipher_only")  # type: ignore[assignment]
    return x509.KeyUsage(**{use: allowed.get(use, False) for use in uses})


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Never readable by others, not even while it is written."""
    data = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    whole_file.write(path, data)
