"""Certificates for a test, each signed by itself."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tocsin.door import Certificate


class Files:
    """The two files, and what is in them."""

    def __init__(self, folder: Path, *hosts: str) -> None:
        """For 127.0.0.1 and these names."""
        self.hosts = hosts
        self.chain = folder / "chain.pem"
        self.key = folder / "key.pem"
        self.serial = 0
        self.renew()

    def renew(self, password: bytes | None = None) -> None:
        """Put a new certificate with a new key in their place."""
        chain, key = self.made(password)
        self.chain.write_bytes(chain)
        self.key.write_bytes(key)

    def made(self, password: bytes | None = None) -> tuple[bytes, bytes]:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tocsin")])
        now = datetime.now(UTC)
        self.serial = x509.random_serial_number()
        chain = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(self.serial)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(self._names()), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        pem = serialization.Encoding.PEM
        return chain.public_bytes(pem), key.private_bytes(pem, serialization.PrivateFormat.PKCS8, encryption)

    def _names(self) -> list[x509.GeneralName]:
        return [x509.IPAddress(ip_address("127.0.0.1")), *(x509.DNSName(host) for host in self.hosts)]

    def certificate(self) -> Certificate:
        return Certificate(self.chain, self.key)

    def trusted(self) -> ssl.SSLContext:
        """How a client checks what is in the files now."""
        return ssl.create_default_context(cafile=str(self.chain))
