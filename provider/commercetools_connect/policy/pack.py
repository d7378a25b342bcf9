"""The rules as policies of Pulumi: the only place that knows `pulumi_policy` (extra `policy`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Secret,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY, serialize_properties
from pulumi_policy.proxy import UnknownValueError

from commercetools_connect.core import values
from commercetools_connect.core.text import Path, escape_untrusted
from commercetools_connect.core.values import UNKNOWN, UNKNOWN_TEXTS, PropertyValue
from commercetools_connect.policy.model import (
    Level,
    RemedyRule,
    Resource,
    ResourceRule,
    Rule,
    Settings,
    StackRule,
    configured,
)
from commercetools_connect.policy.rules import ALL

__all__ = ["policies"]


def policies(
    *, settings: Mapping[str, Settings] | None = None, levels: Mapping[str, Level] | None = None
) -> list[Policy]:
    """Return a policy for each rule, for `pulumi_policy.PolicyPack(name, policies)`.

    `settings` and `levels`, by the name of a rule, replace its defaults; `--policy-pack-config` has the last word.
    The pack's own `initial_config` is no place for settings: Pulumi makes advisory what it names without a level.
    What is not known at preview is looked at when it is known, and the rest in the preview.
    Raises `ValueError` for a rule, a setting or a level that there is not.
    """
    return [_policy(rule) for rule in configured(ALL, settings or {}, levels or {})]


class _About(TypedDict):
    name: str
    description: str
    enforcement_level: EnforcementLevel
    config_schema: PolicyConfigSchema | None
    remediation_steps: str


def _policy(rule: Rule) -> Policy:
    schema = {name: dict(each) for name, each in rule.schema.items()}
    about = _About(
        name=rule.name,
        description=rule.description,
        enforcement_level=EnforcementLevel(rule.level),
        config_schema=PolicyConfigSchema(schema) if schema else None,
        remediation_steps=rule.remedy,
    )
    if isinstance(rule, StackRule):
        return StackValidationPolicy(validate=_stack_validation(rule), **about)
    if isinstance(rule, RemedyRule):
        return ResourceValidationPolicy(remediate=_remediation(rule), **about)
    return ResourceValidationPolicy(validate=_validation(rule), **about)


def _validation(rule: ResourceRule) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        for message in rule.findings(_resource(args), args.get_config()):
            report(_reported(message, rule), None)

    return validate


def _stack_validation(rule: StackRule) -> Callable[[StackValidationArgs, ReportViolation], None]:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for finding in rule.findings([_resource(each) for each in args.resources], args.get_config()):
            report(_reported(finding.message, rule), finding.urn or None)

    return validate


def _reported(message: str, rule: Rule) -> str:
    """Return a violation; names in it are the program's, and CI systems read along."""
    return f"{escape_untrusted(message)}. {rule.remedy}"


def _remediation(rule: RemedyRule) -> Callable[[ResourceValidationArgs], Mapping[str, object] | None]:
    def remediate(args: ResourceValidationArgs) -> Mapping[str, object] | None:
        marked = _marked(serialize_properties(args.props))
        props = marked if isinstance(marked, Mapping) else {}
        paths = rule.findings(Resource(type=args.resource_type, urn=args.urn, props=props))
        for path in paths:
            _make_secret(args.props, path)
        # The very object that was given: in a copy of it, what is secret would be so no more.
        return args.props if paths else None

    return remediate


def _make_secret(props: Any, path: Path) -> None:
    *way, last = path
    for step in way:
        props = props[step]
    props[last] = Secret(props[last])


def _resource(seen: ResourceValidationArgs | PolicyResource) -> Resource:
    """Return what the rules look at. Stack policies tell what an input is made from, resource policies do not."""
    sources = getattr(seen, "property_dependencies", {})
    props = _plain(seen.props)
    return Resource(
        type=seen.resource_type,
        urn=seen.urn,
        props=props if isinstance(props, Mapping) else {},
        protect=bool(seen.opts.protect),
        sources={name: frozenset(each.urn for each in resources) for name, resources in sources.items()},
    )


def _plain(value: object) -> PropertyValue:
    """Return the tree behind Pulumi's proxies, which raise an exception for what is not known yet."""
    if isinstance(value, Mapping):
        return {str(name): _member(value, name) for name in value if not str(name).startswith("__")}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_member(value, index) for index in range(len(value))]
    return value if isinstance(value, (bool, int, float, str)) else None


def _member(container: Any, name: object) -> PropertyValue:
    try:
        return _plain(container[name])
    except UnknownValueError:
        return UNKNOWN


def _marked(wire: object) -> PropertyValue:
    """Return the tree on the wire, with what is secret in `Secret`, and `UNKNOWN` for what is not known yet."""
    if isinstance(wire, Mapping):
        if wire.get(SPECIAL_SIG_KEY) == SPECIAL_SECRET_SIG:
            return values.Secret(None)
        return {str(name): _marked(child) for name, child in wire.items()}
    if isinstance(wire, list):
        return [_marked(child) for child in wire]
    if isinstance(wire, str) and wire in UNKNOWN_TEXTS:
        return UNKNOWN
    return wire if isinstance(wire, (bool, int, float, str)) else None
