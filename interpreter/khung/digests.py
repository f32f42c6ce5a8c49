"""SHA-256 as Python itself has it: `hashlib` loads OpenSSL for it, which takes longer."""

from __future__ import annotations

try:
    from _sha256 import sha256  # type: ignore[import-not-found,unused-ignore]  # as `random` does
except ImportError:  # of another Python
    from hashlib import sha256

__all__ = ["sha256"]
