"""Resource options of the dynamic classes: names that Pulumi knows, and a refusal of what has no effect.

Pulumi does not translate the names of a dynamic resource's properties. It offers `translate_input_property`, but
calls that for the keys of every map at any depth as well, so that it would rename the settings of applications.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

import pulumi

from commercetools_connect.frontends.dynamic.input_shapes import camel_case

NESTED: Final = {
    "creator": 1,
    "repository": 1,
    "connector": 1,
    "connection": 1,
    "globalConfiguration": 1,
    "configurations": 2,
    "deployments": 2,
    "checks": 2,
    "previous": 2,
    "expect": 2,
    "retryPolicy": 1,
}
"""How far below a name of the provider the next one is; between them are the user's, such as an application's."""

STEP: Final = re.compile(r'(?:^|\.)([^.\[\]"]+)|\[("(?:[^"\\]|\\.)*"|[^\]]*)\]')

PLUGIN: Final = "use the provider plugin, which supports it"

TAKE_OVER: Final = f"Remove it, and take the object over by its `key` and adopt=True. Or {PLUGIN}."

IMPORT_REMEDIES: Final = {
    "ConnectorStaged": TAKE_OVER,
    "ConnectorPublication": "Remove it: the first `pulumi up` finds what is published already.",
    "Deployment": TAKE_OVER,
    "RolloutGate": "Remove it: a gate is not an object in Connect.",
}

REPLACE_REMEDIES: Final = dict.fromkeys(
    ("ConnectorStaged", "Deployment"), ", and make the value a part of `key`: a new key replaces the object"
)


class OptionError(pulumi.RunError):
    """A resource option that a dynamic resource cannot have. Pulumi shows it without a traceback."""


def require_effective(kind: str, name: str, opts: pulumi.ResourceOptions | None) -> None:
    """Raise `OptionError` for an option that Pulumi would ignore, or that ends inside Pulumi."""
    if opts is None:
        return
    refused = [
        (
            "import_",
            opts.import_,
            "Pulumi cannot import a dynamic resource",
            IMPORT_REMEDIES[kind],
        ),
        (
            "replace_on_changes",
            opts.replace_on_changes,
            "Pulumi does not apply it to a dynamic resource",
            f"Remove it{REPLACE_REMEDIES.get(kind, '')}. Or {PLUGIN}.",
        ),
        (
            "provider",
            opts.provider,
            "a dynamic resource has no provider of its own",
            "Remove it, and name the credentials by the argument `connection`."
            if kind != "RolloutGate"
            else "Remove it: a gate needs no credentials.",
        ),
        *(
            (
                option,
                getattr(opts, option, None),
                "a dynamic resource is served by the installed package",
                "Remove it, and pin commercetools-connect-provider in the requirements of the program.",
            )
            for option in ("version", "plugin_download_url")
        ),
    ]
    for option, value, problem, remedy in refused:
        if value:
            raise OptionError(f"{kind} {name!r}: the resource option {option} cannot be used: {problem}. {remedy}")


def translated_options(opts: pulumi.ResourceOptions | None, properties: Collection[str]) -> pulumi.ResourceOptions:
    """Return a copy of the options whose property names are Pulumi's. `properties` are those of the resource."""
    copied = pulumi.ResourceOptions.merge(None, opts)
    for option in ("ignore_changes", "additional_secret_outputs"):
        paths = getattr(copied, option)
        if paths is not None:
            setattr(copied, option, [translate_path(path, properties) for path in paths])
    return copied


def translate_path(path: str, properties: Collection[str]) -> str:
    """Return a path such as `configurations.app.standard_configuration.MODE` with Pulumi's names.

    What a user has named stays: applications, settings, and all of a property that the resource does not have.
    """
    steps = list(STEP.finditer(path))
    if not steps or steps[0].start() or not steps[0][1] or camel_case(steps[0][1]) not in properties:
        return path
    known = {0}
    translated = []
    for index, text in enumerate(_texts(path, steps)):
        name = camel_case(steps[index][1] or steps[index][2].strip('"'))
        translated.append(camel_case(text) if index in known else text)
        if index in known and name in NESTED:
            known.add(index + NESTED[name])
    return "".join(translated)


def _texts(path: str, steps: list[re.Match[str]]) -> Iterator[str]:
    """Yield the text of each step, with all that stands before the next one."""
    ends = [step.start() for step in steps[1:]]
    for step, end in zip(steps, [*ends, len(path)], strict=True):
        yield path[step.start() : end]
