"""Run all benchmarks: `python -m benchmarks` in the root of the project, or `make bench`."""

from __future__ import annotations

import os
import platform

from benchmarks import solving, throughput, whole_process


def main() -> None:
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores.\n")
    throughput.report()
    whole_process.report()
    solving.report()


if __name__ == "__main__":
    main()
