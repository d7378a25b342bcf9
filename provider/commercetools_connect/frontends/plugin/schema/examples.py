"""Examples in the descriptions of the schema: the programs of `examples/`, as they are.

Registry, editors and SDKs show them; generators keep of each example the block in their own language. Tests run or
compile the very files. They are read where the schema is generated, which is in a checkout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from commercetools_connect.lookups.registry import FUNCTIONS

FOLDER: Final = Path(__file__).parents[5] / "examples"

LANGUAGES: Final[Mapping[str, str]] = {
    "typescript": "index.ts",
    "python": "__main__.py",
    "go": "main.go",
    "csharp": "Program.cs",
    "yaml": "Pulumi.yaml",
}
"""Each language, as code fences and the folders of an example call it, and the name of its program."""


@dataclass(frozen=True)
class Example:
    """One program in every language: a headline, and the folder in `examples/`."""

    title: str
    folder: str

    def program(self, language: str) -> Path:
        """Return where the program in that language is."""
        return FOLDER / self.folder / language / LANGUAGES[language]


DRAFT: Final = Example("A connector draft", "connector-staged")
PIPELINE: Final = Example("From draft to live deployment", "connector-pipeline")
BY_KEY: Final = Example("Deploy a published connector", "deployment")
WIRED: Final = Example("Live when an Extension calls it", "wired-deployment")
GATE: Final = Example("One deployment first, then another", "rollout-gate")
ROLLOUT: Final = Example("One version in several projects and regions", "multi-region-rollout")
LOOK_UPS: Final = Example("What there is", "look-ups")

EXAMPLES: Final[Mapping[str, tuple[Example, ...]]] = {
    "ConnectorStaged": (DRAFT, PIPELINE),
    "ConnectorPublication": (PIPELINE,),
    "Deployment": (BY_KEY, PIPELINE, WIRED),
    "RolloutGate": (GATE,),
    "Rollout": (ROLLOUT,),
    **dict.fromkeys(FUNCTIONS, (LOOK_UPS,)),
}
"""The examples of each resource and function, by its name without package and module."""


def with_examples(name: str, description: str) -> str:
    """Return the description of a resource or function, followed by its examples.

    Raises `OSError` when a program is missing. What has no examples keeps its description; a test names it.
    """
    examples = EXAMPLES.get(name)
    if not examples:
        return description
    blocks = []
    for example in examples:
        texts = {each: example.program(each).read_text(encoding="utf-8") for each in LANGUAGES}
        programs = "\n".join(f"```{language}\n{text}```" for language, text in texts.items())
        blocks.append(f"{{{{% example %}}}}\n### {example.title}\n\n{programs}\n{{{{% /example %}}}}\n")
    joined = "\n".join(blocks)
    return f"{description}\n\n{{{{% examples %}}}}\n## Example Usage\n{joined}{{{{% /examples %}}}}\n"
