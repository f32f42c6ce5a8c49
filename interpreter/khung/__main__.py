"""The command `khung`, also as `python -m khung`."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from khung.cli.main import main as run  # noqa: PLC0415  # so that importing khung loads no CLI

    run()


if __name__ == "__main__":
    main()
