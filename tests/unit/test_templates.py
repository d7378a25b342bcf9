"""Templates are such as `pulumi new` takes, and ask for what their programs need."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(path.parent for path in (ROOT / "templates").glob("*/Pulumi.yaml"))
ASKED = re.compile(r"""config\.(?:require|requireSecret|require_secret)\(["'](\w+)["']\)""")


@pytest.fixture(params=TEMPLATES, ids=lambda path: path.name)
def template(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def test_every_template_is_tried_on_a_real_engine_and_named_to_users(template: Path) -> None:
    tried = (ROOT / "tests" / "engine" / "test_templates.py").read_text()
    shared = template.name.replace("deployment-" + template.name.rpartition("-")[2], "deployment-{language}")
    assert shared in tried
    assert f"`{template.name}`" in (ROOT / "templates" / "README.md").read_text()


def test_a_template_takes_name_and_description_and_says_what_it_is(template: Path) -> None:
    text = (template / "Pulumi.yaml").read_text()
    declared = yaml.safe_load(text)

    assert (declared["name"], declared["description"]) == ("${PROJECT}", "${DESCRIPTION}")
    assert len(declared["template"]["description"]) < 120  # it is a line in a list
    assert declared["template"]["quickstart"]


def test_a_template_asks_for_all_that_its_program_needs_and_hides_secrets(template: Path) -> None:
    declared = yaml.safe_load((template / "Pulumi.yaml").read_text())
    asked = declared["template"]["config"]
    own = {name for name in asked if ":" not in name}
    if declared["runtime"] == "yaml":
        needed = set(declared["config"])
    else:
        (program,) = [template / name for name in ("__main__.py", "index.ts") if (template / name).exists()]
        needed = set(ASKED.findall(program.read_text()))
    secret = {name for name, each in asked.items() if each.get("secret")}

    by_stage = {f"{harness}ApiToken" for harness in ("sandbox", "production")}  # their names are put together
    assert needed == own - by_stage
    assert secret == {name for name in asked if name.lower().endswith(("secret", "token"))}
    assert all(each["description"] for each in asked.values())


def test_python_templates_need_a_version_that_there_is(template: Path) -> None:
    requirements = template / "requirements.txt"
    if not requirements.exists():
        pytest.skip("no Python")
    lines = [line for line in requirements.read_text().splitlines() if not line.startswith("#")]
    (needed,) = map(Requirement, lines)

    assert needed.specifier.contains(metadata.version(needed.name))
