"""What holds for all tests, wherever they are run from."""

from __future__ import annotations

import signal

import pytest

ASKED = {"SIGINT": signal.default_int_handler, "SIGTERM": signal.SIG_DFL, "SIGHUP": signal.SIG_DFL}


@pytest.fixture(scope="session", autouse=True)
def _ends_when_asked() -> None:
    """Hear those who ask a process to end: one begun in the background was told not to."""
    for name, handler in ASKED.items():
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), handler)
