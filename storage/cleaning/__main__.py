"""The child process: cleans one document within limits. ``python -m storage.cleaning SOURCE FOLDER``.

Writes ``copy.pdf``, ``page-001.webp`` … and ``report.json`` into FOLDER. Exit status 0: cleaned; 3: unreadable, with
the reason in the report; anything else: the limits were passed, or the process died.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from storage.cleaning.pdf import Unreadable, clean, pages_of

CPU_SECONDS = 60
MEMORY = 2 * 1024**3
LARGEST_OUTPUT = 512 * 1024**2


def main(source: Path, folder: Path) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    report = folder / "report.json"
    try:
        clean(source, folder / "copy.pdf")
        texts = []
        for number, page in enumerate(pages_of(folder / "copy.pdf"), start=1):
            (folder / f"page-{number:03}.webp").write_bytes(page.image)
            texts.append(page.text)
    except Unreadable as error:
        report.write_text(json.dumps({"problem": str(error)}))
        return 3
    report.write_text(json.dumps({"texts": texts}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
