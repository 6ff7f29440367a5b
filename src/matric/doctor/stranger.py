"""Somebody else's identity, of the same kind as a given one: to see that it is turned away."""

from datetime import UTC, datetime, timedelta

__all__ = ("another",)


def another(pin: str) -> str:
    """A pin nobody has the key of any more: a host key of the same type, or a certificate."""
    return _certificate() if pin.lstrip().startswith("-----BEGIN") else _host_key(pin)


def _host_key(pin: str) -> str:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: PLC0415

    kind = next((word for word in pin.split() if word.startswith(("ssh-", "ecdsa-"))), "ssh-ed25519")
    curves = {"nistp256": ec.SECP256R1(), "nistp384": ec.SECP384R1(), "nistp521": ec.SECP521R1()}
    made: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
    if kind.startswith("ecdsa-"):
        made = ec.generate_private_key(curves.get(kind.rpartition("-")[2], ec.SECP256R1()))
    elif kind == "ssh-rsa":
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    else:
        made = ed25519.Ed25519PrivateKey.generate()
    form = serialization.PublicFormat.OpenSSH
    return made.public_key().public_bytes(serialization.Encoding.OpenSSH, form).decode()


def _certificate() -> str:
    from cryptography import x509  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "matric-doctor")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
