"""The command `khung`, also as `python -m khung`."""

from __future__ import annotations

import sys

_INTERRUPTED = 130  # as in `cli.exit_codes`, which may not have been loaded yet


def main() -> None:
    """Run the command line; who stops it while it is loaded sees nothing of Python either."""
    try:
        from khung.cli.main import main as run  # noqa: PLC0415  # importing khung loads no CLI

        run()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
