"""Who a lab device is on the wire: an SSH host key, or a self-signed certificate with its key."""

import ssl
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

__all__ = ("Identity", "certificate", "host_key")


@dataclass
class Identity:
    """Either ``ssh_key`` or ``pem`` (certificate and key) is set. ``pin`` is what a client enrols."""

    name: str
    pin: str
    ssh_key: Any = None
    pem: str = ""
    _context: ssl.SSLContext | None = None

    def tls(self) -> ssl.SSLContext:
        if self._context is None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "device.pem"
                path.touch(mode=0o600)
                path.write_text(self.pem, encoding="ascii")
                context.load_cert_chain(path)
            self._context = context
        return self._context

    def another(self) -> "Identity":
        """Another box with the same name."""
        return host_key(self.name) if self.ssh_key is not None else certificate(self.name)


def host_key(name: str) -> Identity:
    import asyncssh  # noqa: PLC0415 - heavy

    generate: Callable[..., Any] = cast("Any", asyncssh).generate_private_key
    key = generate("ssh-ed25519", comment=name)
    public: list[str] = key.export_public_key("openssh").decode().split()
    return Identity(name, " ".join(public[:2]), ssh_key=key)


def certificate(name: str) -> Identity:
    from cryptography import x509  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name.replace("/", ".")[:64])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pin = made.public_bytes(serialization.Encoding.PEM).decode()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return Identity(name, pin, pem=pin + private)
