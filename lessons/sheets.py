"""Make the cheat sheets ready for the printer: one HTML page each, laid out for one side of A4."""

from __future__ import annotations

import sys
from pathlib import Path

import mistune

HERE = Path(__file__).resolve().parent
STYLE = """
@page { size: A4; margin: 8mm; }
body { font: 7.5pt/1.25 "Noto Sans", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif; margin: 0; color: #111; }
h1 { font-size: 13pt; margin: 0 0 1mm; }
h2 { font-size: 9pt; margin: 1.6mm 0 0.6mm; color: #17406d; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.25mm 1.2mm; border-bottom: 0.2mm solid #d5d5d5; }
td:first-child { width: 24%; }
code { font: 7pt "Noto Sans Mono", "DejaVu Sans Mono", monospace; color: #17406d; }
"""


def page(text: str, language: str) -> str:
    """Return a cheat sheet as an HTML page."""
    body = mistune.create_markdown(plugins=["table"])(text)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n<title>qdlib</title>\n'
        f"<style>{STYLE}</style>\n{body}</html>\n"
    )


def main(folder: Path = HERE) -> None:
    """Write both pages to a folder."""
    for name, language in (("cheatsheet", "en"), ("cheatsheet.zh", "zh-Hans")):
        (folder / f"{name}.html").write_text(page((HERE / f"{name}.md").read_text("utf-8"), language), "utf-8")
        print(folder / f"{name}.html")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
