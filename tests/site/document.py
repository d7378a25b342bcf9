"""Writes the generated pages of the site: `python -m tests.site.document`, a part of `make docs`."""

from __future__ import annotations

from pathlib import Path

from tests.site import architecture_page, errors_page, lifecycles_page, limits_page, reference, registry

__all__ = ["render_all", "stale"]


def render_all() -> dict[Path, str]:
    """Return each generated page and picture of the site."""
    return {
        errors_page.ERRORS_PAGE: errors_page.render(),
        architecture_page.ARCHITECTURE_PAGE: architecture_page.render(),
        architecture_page.PICTURE: architecture_page.picture(),
        lifecycles_page.LIFECYCLES_PAGE: lifecycles_page.render(),
        limits_page.LIMITS_PAGE: limits_page.render(),
        **reference.render(),
        **registry.render(),
    }


def stale() -> set[Path]:
    """Return pages of the reference that nothing writes any more."""
    return set(reference.REFERENCE.glob("*.md")) - set(render_all())


def write() -> None:
    """Write all of them, and delete what is stale."""
    for path, text in render_all().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in stale():
        path.unlink()


if __name__ == "__main__":
    write()
