"""Page of `commercetools-connect status --html`: projects and connectors, in one file without scripts or links.

Every text of Connect is escaped twice: control characters become visible, and markup becomes text.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from commercetools_connect.cli.status_rows import EstateRow, EstateVerdict, age_of, counts_of
from commercetools_connect.core.text import escape_untrusted

STYLE: Final = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem; }
h1 { font-size: 1.3rem; margin: 0; }
p { margin: .3rem 0 1.2rem; opacity: .75; }
table { border-collapse: collapse; }
th, td { border: 1px solid #8886; padding: .5rem .7rem; text-align: left; vertical-align: top; }
tbody th { white-space: nowrap; }
thead th { position: sticky; top: 0; background: Canvas; }
ul { list-style: none; margin: 0; padding: 0; }
li + li { border-top: 1px dotted #8886; margin-top: .4rem; padding-top: .4rem; }
.dim { opacity: .7; font-size: .87em; display: block; overflow-wrap: anywhere; }
.badge { border-radius: .3rem; padding: 0 .4rem; border: 1px solid currentColor; font-size: .87em; }
.current { color: light-dark(#166534, #4ade80); }
.behind { color: light-dark(#92400e, #fbbf24); }
.broken, .unasked { color: light-dark(#b91c1c, #f87171); font-weight: 600; }
"""
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
WORDS: Final = {
    EstateVerdict.CURRENT: "current",
    EstateVerdict.BEHIND: "behind",
    EstateVerdict.BROKEN: "broken",
    EstateVerdict.UNASKED: "not read",
}


def page(rows: Sequence[EstateRow], now: datetime) -> str:
    """Return the page: a row for each project, a column for each connector."""
    asked = [row for row in rows if row.verdict is not EstateVerdict.UNASKED]
    connectors = sorted({row.connector for row in asked})
    head = "".join(f'<th scope="col">{_text(each) or "no name"}</th>' for each in connectors)
    lines = "\n".join(
        _line(project, rows, connectors, now) for project in dict.fromkeys(row.project for row in rows)
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>commercetools Connect: {counts_of(rows)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>commercetools Connect: {counts_of(rows)}</h1>
<p>Read at {now:%Y-%m-%d %H:%M} UTC. The age is the time since the last run of a deployment.</p>
<table>
<thead><tr><th scope="col">project</th>{head}</tr></thead>
<tbody>
{lines}
</tbody>
</table>
</body>
</html>
"""


def _line(project: str, rows: Sequence[EstateRow], connectors: Sequence[str], now: datetime) -> str:
    own = [row for row in rows if row.project == project]
    failed = next((row for row in own if row.verdict is EstateVerdict.UNASKED), None)
    head = f'<th scope="row">{_text(project)}</th>'
    if failed is not None:
        reason = f"{_badge(failed)}{_dim(failed.message)}{_dim(failed.remedy)}"
        return f'<tr>{head}<td colspan="{max(len(connectors), 1)}">{reason}</td></tr>'
    cells = ("".join(_items([row for row in own if row.connector == each], now)) for each in connectors)
    return f"<tr>{head}{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _items(rows: Sequence[EstateRow], now: datetime) -> Iterator[str]:
    if rows:
        yield f"<ul>{''.join(f'<li>{_item(row, now)}</li>' for row in rows)}</ul>"


def _item(row: EstateRow, now: datetime) -> str:
    age = age_of(row.reported_at, now)
    behind = f", published {row.published_tag}" if row.verdict is EstateVerdict.BEHIND else ""
    problem = row.message if row.verdict is EstateVerdict.BROKEN else ""
    return (
        f"<strong>{_text(row.tag) or 'no tag'}</strong> {_badge(row)} {_text(row.status)}{_text(behind)}"
        f"{_dim(', '.join(filter(None, (row.deployment, row.region, row.type, age and f'{age} ago'))))}"
        f"{_dim(problem)}"
    )


def _badge(row: EstateRow) -> str:
    return f'<span class="badge {row.verdict.name.lower()}">{WORDS[row.verdict]}</span>'


def _dim(text: str) -> str:
    return f'<span class="dim">{_text(text)}</span>' if text else ""


def _text(text: str) -> str:
    return html.escape(escape_untrusted(text))
