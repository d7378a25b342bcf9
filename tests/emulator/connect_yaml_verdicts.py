"""connect.yaml files of our own, each with the verdict that API §13 and §22 give it.

The verdicts were written down and committed before any of these files was given to a parser. The first run
disagreed with eleven of them. The vendor's own parser, npm `@commercetools-connect/specification` 0.0.16, decided
who was right: the ten of `CORRECTED` had the wrong verdict, and our parser accepted a comment without a blank
before it.
"""

from dataclasses import dataclass

SERVICE = """\
deployAs:
  - name: service
    applicationType: service
    endpoint: /service
"""

EVENT = """\
deployAs:
  - name: event
    applicationType: event
    endpoint: /event
"""

JOB = """\
deployAs:
  - name: job
    applicationType: job
    endpoint: /job
    properties:
      schedule: '0 3 * * *'
"""

ASSETS = """\
deployAs:
  - name: assets
    applicationType: assets
"""

KEYS = (
    SERVICE
    + """\
    configuration:
      standardConfiguration:
        - key: MODE
          description: The mode
"""
)

CUSTOM_APPLICATION = """\
inheritAs:
  configuration:
    standardConfiguration:
      - key: CLOUD_IDENTIFIER
        description: Cloud and region
        required: true
deployAs:
  - name: mc
    applicationType: merchant-center-custom-application
    configuration:
      standardConfiguration:
        - key: CUSTOM_APPLICATION_ID
          description: Id of the custom application
          required: true
        - key: ENTRY_POINT_URI_PATH
          description: Its path
          required: true
"""

CUSTOM_VIEW = """\
deployAs:
  - name: mc
    applicationType: merchant-center-custom-view
    configuration:
      standardConfiguration:
        - key: CUSTOM_VIEW_ID
          description: Id of the custom view
          required: true
        - key: CLOUD_IDENTIFIER
          description: Cloud and region
          default: gcp-eu
"""


@dataclass(frozen=True)
class Case:
    """One file, and whether Connect takes it."""

    name: str
    text: str | bytes
    accepted: bool


def default(value: str) -> str:
    """Return a file in which a standard key has this text as its default."""
    return f"{KEYS}          default: {value}\n"


def required(value: str) -> str:
    """Return a file in which a standard key has this text behind `required:`."""
    return f"{KEYS}          required: {value}\n"


def schedule(expression: str) -> str:
    """Return a file whose job has this schedule."""
    return JOB.replace("'0 3 * * *'", f"'{expression}'")


def endpoint(value: str) -> str:
    """Return a file whose service has this text behind `endpoint:`."""
    return SERVICE.replace("/service", value)


def named(value: str) -> str:
    """Return a file whose service has this text behind `name:`."""
    return SERVICE.replace("name: service", f"name: {value}")


def key(value: str) -> str:
    """Return a file with a standard key that has this text behind `key:`."""
    return KEYS.replace("MODE", value)


def described(value: str) -> str:
    """Return a file in which a standard key has this text behind `description:`."""
    return KEYS.replace("The mode", value)


def health(text: str) -> str:
    """Return a file whose service has this health check, in flow style."""
    return f"{SERVICE}    healthCheck: {text}\n"


def retry(text: str) -> str:
    """Return a file whose event application has this retry policy, in flow style."""
    return f"{EVENT}    retryPolicy: {text}\n"


def _cases(prefix: str, accepted: bool, files: dict[str, str | bytes]) -> list[Case]:
    return [Case(f"{prefix}-{name}", text, accepted) for name, text in files.items()]


# The pattern is not anchored, its blanks are optional, and a run of digits may be read as several fields.
SCHEDULES = [
    *_cases(
        "schedule",
        True,
        {
            "five-fields": schedule("15 4 * * 0"),
            "six-fields": schedule("0 15 4 * * 0"),
            "seven-fields": schedule("0 15 4 * * 0 2027"),
            "list-and-range": schedule("0,30 9-17 * * 1-5"),
            "step-after-digit": schedule("0/15 * * * *"),
            "yearly": schedule("@yearly"),
            "annually": schedule("@annually"),
            "hourly": schedule("@hourly"),
            "reboot": schedule("@reboot"),
            "every-seconds": schedule("@every 30s"),
            "every-hours-and-minutes": schedule("@every 1h30m"),
            "every-microseconds": schedule("@every 5µs"),
            "time-zone-before": schedule("TZ=Europe/Berlin 30 3 * * *"),
            "digits-without-blanks": schedule("20261130"),
            "text-around": schedule("at 5 4 * * * daily"),
            "star-step-of-five-minutes": schedule("*/5 * * * *"),
            "range-with-step-first": schedule("1-30/2 * * * *"),
            "double-blank-behind-two-digits": schedule("10  30 * * *"),
            "impossible-values": schedule("99 99 99 99 99"),
            "plain-scalar": JOB.replace("'0 3 * * *'", "0 3 * * *"),
            "names-behind-two-digit-fields": schedule("10 10 * * MON"),
        },
    ),
    *_cases(
        "schedule",
        False,
        {
            "four-fields": schedule("0 3 * *"),
            "month-name": schedule("0 3 1 FEB *"),
            "day-range-of-names": schedule("0 3 * * MON-FRI"),
            "step-in-the-middle": schedule("0 */2 * * *"),
            "range-with-step": schedule("0 8-18/2 * * *"),
            "double-blank": schedule("0 3  * * *"),
            "midnight": schedule("@midnight"),
            "every-without-unit": schedule("@every 5"),
            "every-days": schedule("@every 2d"),
            "upper-case-nickname": schedule("@DAILY"),
            "words": schedule("every day at three"),
            "empty": schedule(""),
            "blank": schedule("   "),
            "arabic-digits": schedule("\u0660 \u0663 * * *"),
            "null": JOB.replace("'0 3 * * *'", ""),
            "star-is-an-alias": JOB.replace("'0 3 * * *'", "* * * * *"),
            "number": JOB.replace("'0 3 * * *'", "12345"),
            "list": JOB.replace("'0 3 * * *'", "['0 3 * * *']"),
            "nickname-without-quotes": JOB.replace("'0 3 * * *'", "@daily"),
        },
    ),
]

DEFAULTS = [
    *_cases(
        "default",
        True,
        {
            "yes": default("yes"),
            "y": default("y"),
            "On": default("On"),
            "mixed-case-null": default("nULL"),
            "mixed-case-true": default("tRUE"),
            "mixed-case-inf": default(".iNF"),
            "timestamp": default("2026-01-31T10:00:00Z"),
            "sexagesimal-seconds": default("12:30:45"),
            "signed-hexadecimal": default("-0x1F"),
            "upper-case-hexadecimal-mark": default("0X1F"),
            "upper-case-octal-mark": default("0O14"),
            "octal-with-eight": default("0o8"),
            "octal-without-digits": default("0o"),
            "exponent-without-digits": default("1e"),
            "version": default("1.2.3"),
            "thousands": default("1,000"),
            "underscores-in-float": default("1_0.5"),
            "merge-sign": default("<<"),
            "quoted-number": default("'5000'"),
            "quoted-null": default('"null"'),
            "url": default("https://example.com:8080/a?b=c#d"),
            "comment-behind": default("x # the usual one"),
            "block-literal": default("|\n            line\n            line"),
            "folded": default(">-\n            line\n            line"),
            "two-plain-lines": default("one\n            two"),
            "escape": default('"\\x41\\u00e9"'),
            "doubled-quote": default("'it''s'"),
            "str-tag-on-number": default("!!str 5000"),
            "non-specific-tag-on-number": default("! 5000"),
            "dash-in-front": default("-x"),
            "question-mark-in-front": default("?x"),
            "plus-only": default("+"),
            "emoji": default("🚀"),
            "infinity-word": default("Infinity"),
            "nan-without-dot": default("NaN"),
        },
    ),
    *_cases(
        "default",
        False,
        {
            "tilde": default("~"),
            "null": default("null"),
            "Null": default("Null"),
            "NULL": default("NULL"),
            "nothing-but-a-comment": default("# none"),
            "FALSE": default("FALSE"),
            "exponent": default("1e3"),
            "exponent-with-sign": default("1E+3"),
            "leading-dot": default(".5"),
            "trailing-dot": default("5."),
            "minus-inf": default("-.inf"),
            "plus-INF": default("+.INF"),
            "NaN": default(".NaN"),
            "zero": default("0"),
            "leading-zeros": default("007"),
            "blank": default("'  '"),
            "tab-only": default('"\\t"'),
            "empty-block": default("|"),
            "at-sign": default("@x"),
            "backtick": default("`x`"),
            "percent": default("%x"),
            "sequence": default("[a]"),
            "mapping": default("{a: b}"),
            "nested-mapping": default("a: b"),
            "unknown-alias": default("*unknown"),
            "unknown-escape": default('"\\z"'),
            "open-quote": default('"x'),
            "int-tag": default("!!int 5"),
            "bool-tag": default("!!bool true"),
            "null-tag": default("!!null ''"),
            "list-mark": default("- x"),
        },
    ),
]

REQUIRED = [
    *_cases(
        "required",
        True,
        {
            "true": required("true"),
            "True": required("True"),
            "FALSE": required("FALSE"),
            "false": required("false"),
        },
    ),
    *_cases(
        "required",
        False,
        {
            "no": required("no"),
            "y": required("y"),
            "quoted": required('"true"'),
            "zero": required("0"),
            "null": required("null"),
            "mixed-case": required("tRUE"),
            "str-tag": required("!!str true"),
        },
    ),
]

TEXTS = [
    *_cases("endpoint", True, {"nested": endpoint("/a/b_c-D/9"), "trailing-slash": endpoint("/service/")}),
    *_cases(
        "endpoint",
        False,
        {
            "double-slash": endpoint("/a//b"),
            "dot": endpoint("/a.b"),
            "query": endpoint("/a?b=c"),
            "blank-inside": endpoint("/a b"),
            "empty": endpoint("''"),
            "line-end-inside": endpoint('"/service\\n"'),
            "umlaut": endpoint("/ö"),
            "number": endpoint("5"),
            "missing": SERVICE.replace("    endpoint: /service\n", ""),
        },
    ),
    *_cases("name", True, {"longest": named("a" * 256), "signs": named("_a-9"), "quoted-number": named("'12'")}),
    *_cases(
        "name",
        False,
        {
            "too-long": named("a" * 257),
            "blank-inside": named("my app"),
            "umlaut": named("bär"),
            "line-end": named('"ab\\n"'),
            "null": named(""),
            "boolean": named("true"),
            "hexadecimal": named("0xAB"),
            "exponent": named("12e3"),
        },
    ),
    *_cases("key", True, {"longest": key("A" * 256), "underscore": key("_A"), "off": key("off")}),
    *_cases(
        "key",
        False,
        {
            "too-long": key("A" * 257),
            "one-character": key("A"),
            "reserved": key("PORT"),
            "reserved-in-lower-case": key("k_service"),
            "reserved-mixed": key("K_Revision"),
            "number": key("12"),
            "dot": key("A.B"),
            "arabic-digit": key("A\u0663"),
            "missing": KEYS.replace("- key: MODE\n          ", "- "),
        },
    ),
    *_cases("description", True, {"plain-over-two-lines": described("The mode\n            of the service")}),
    *_cases(
        "description",
        False,
        {
            "blank": described("' '"),
            "null": described(""),
            "number": described("5"),
            "missing": KEYS.replace("          description: The mode\n", ""),
            "colon-and-blank": described("The mode: fast or slow"),
        },
    ),
]

PROBES = [
    *_cases(
        "health",
        True,
        {
            "path-only": health("{path: /up}"),
            "all-members": health("{path: up, intervalSeconds: 1, timeoutSeconds: 20, unhealthyThreshold: 3}"),
            "hexadecimal-seconds": health("{path: /up, intervalSeconds: 0x0A}"),
            "on-an-event": EVENT + "    healthCheck: {path: /up}\n",
        },
    ),
    *_cases(
        "health",
        False,
        {
            "without-path": health("{intervalSeconds: 5}"),
            "zero": health("{path: /up, intervalSeconds: 0}"),
            "twenty-one": health("{path: /up, timeoutSeconds: 21}"),
            "fraction": health("{path: /up, timeoutSeconds: 1.5}"),
            "text": health("{path: /up, timeoutSeconds: '5'}"),
            "boolean": health("{path: /up, timeoutSeconds: true}"),
            "null-member": health("{path: /up, timeoutSeconds: }"),
            "nan": health("{path: /up, timeoutSeconds: .nan}"),
            "unknown-member": health("{path: /up, port: 8080}"),
            "on-a-job": JOB + "    healthCheck: {path: /up}\n",
            "on-assets": ASSETS + "    healthCheck: {path: /up}\n",
        },
    ),
    *_cases(
        "retry",
        True,
        {
            "immediate": retry("{strategy: immediate}"),
            "equal-bounds": retry("{strategy: exponential-backoff, minBackoffSeconds: 1, maxBackoffSeconds: 1}"),
            "most-attempts": retry(
                "{strategy: exponential-backoff, minBackoffSeconds: 1, maxBackoffSeconds: 600, maxAttempts: 100}"
            ),
        },
    ),
    *_cases(
        "retry",
        False,
        {
            "immediate-with-more": retry("{strategy: immediate, maxAttempts: 5}"),
            "without-bounds": retry("{strategy: exponential-backoff}"),
            "min-above-max": retry("{strategy: exponential-backoff, minBackoffSeconds: 9, maxBackoffSeconds: 8}"),
            "min-zero": retry("{strategy: exponential-backoff, minBackoffSeconds: 0, maxBackoffSeconds: 8}"),
            "max-above": retry("{strategy: exponential-backoff, minBackoffSeconds: 1, maxBackoffSeconds: 601}"),
            "few-attempts": retry(
                "{strategy: exponential-backoff, minBackoffSeconds: 1, maxBackoffSeconds: 8, maxAttempts: 4}"
            ),
            "unknown-strategy": retry("{strategy: linear}"),
            "null": retry(""),
            "on-a-service": SERVICE + "    retryPolicy: {strategy: immediate}\n",
        },
    ),
]

APPLICATIONS = [
    *_cases(
        "application",
        True,
        {
            "no-applications": "deployAs: []\n",
            "assets": ASSETS,
            "names-differ-in-case": SERVICE + SERVICE.removeprefix("deployAs:\n").replace("name: s", "name: S"),
            "empty-scripts-object": SERVICE + "    scripts: {}\n",
            "scripts": SERVICE + "    scripts: {postDeploy: npm run up, preUndeploy: npm run down}\n",
            "custom-application": CUSTOM_APPLICATION,
            "legacy-custom-application": CUSTOM_APPLICATION.replace(
                "merchant-center-custom-application", "mc-app"
            ),
            "custom-view": CUSTOM_VIEW,
            "custom-view-with-scripts": CUSTOM_VIEW + "    scripts: {postDeploy: x}\n",
        },
    ),
    *_cases(
        "application",
        False,
        {
            "no-deployAs": "inheritAs: {}\n",
            "null-deployAs": "deployAs:\n",
            "mapping-deployAs": "deployAs: {}\n",
            "null-application": "deployAs:\n  -\n",
            "text-application": "deployAs:\n  - service\n",
            "unknown-type": SERVICE.replace("applicationType: service", "applicationType: cron"),
            "type-in-upper-case": SERVICE.replace("applicationType: service", "applicationType: Service"),
            "null-type": SERVICE.replace("applicationType: service", "applicationType:"),
            "unknown-member": SERVICE + "    memory: 512\n",
            "unknown-member-at-the-top": SERVICE + "version: 1\n",
            "properties-on-a-service": SERVICE + "    properties: {schedule: '0 3 * * *'}\n",
            "job-without-properties": JOB[: JOB.index("    properties")],
            "job-with-empty-properties": JOB[: JOB.index("    properties")] + "    properties: {}\n",
            "job-with-unknown-property": JOB + "      timezone: UTC\n",
            "blank-script": SERVICE + "    scripts: {postDeploy: '  '}\n",
            "number-script": SERVICE + "    scripts: {postDeploy: 5}\n",
            "script-list": SERVICE + "    scripts: [npm run up]\n",
            "scripts-on-assets": ASSETS + "    scripts: {postDeploy: x}\n",
            "configuration-on-assets": ASSETS + "    configuration: {}\n",
            "unknown-type-without-endpoint": ASSETS.replace("applicationType: assets", "applicationType: unknown"),
            "custom-application-with-endpoint": CUSTOM_APPLICATION + "    endpoint: /mc\n",
            "custom-application-with-secret": CUSTOM_APPLICATION
            + "      securedConfiguration:\n        - {key: SECRET, description: x}\n",
            "custom-application-with-optional-id": CUSTOM_APPLICATION.replace(
                "Its path\n          required: true", "Its path"
            ),
            "custom-application-without-cloud": CUSTOM_APPLICATION[CUSTOM_APPLICATION.index("deployAs") :],
            "custom-application-with-optional-cloud": CUSTOM_APPLICATION.replace(
                "        required: true\ndep", "dep"
            ),
            "custom-view-without-default-of-cloud": CUSTOM_VIEW.replace("          default: gcp-eu\n", ""),
            "custom-view-without-id": CUSTOM_VIEW.replace("CUSTOM_VIEW_ID", "VIEW_ID"),
            "custom-view-with-health-check": CUSTOM_VIEW + "    healthCheck: {path: /up}\n",
        },
    ),
]

GLOBAL_KEY = """\
inheritAs:
  configuration:
    securedConfiguration:
      - key: TOKEN
        description: A token
"""

CONFIGURATION = [
    *_cases(
        "configuration",
        True,
        {
            "global-secured-key": GLOBAL_KEY + SERVICE,
            "empty-inheritAs-object": "inheritAs: {}\n" + SERVICE,
            "empty-global-object": "inheritAs: {configuration: {}}\n" + SERVICE,
            "empty-list": SERVICE + "    configuration: {standardConfiguration: []}\n",
            "same-key-in-two-applications": KEYS
            + EVENT.removeprefix("deployAs:\n")
            + "    configuration: {securedConfiguration: [{key: MODE, description: x}]}\n",
            "client": "inheritAs: {apiClient: {scopes: [manage_orders, view_products]}}\n" + SERVICE,
            "global-key-in-another-case": GLOBAL_KEY + key("token"),
        },
    ),
    *_cases(
        "configuration",
        False,
        {
            "null-inheritAs": "inheritAs:\n" + SERVICE,
            "null-client": "inheritAs: {apiClient: }\n" + SERVICE,
            "client-without-scopes": "inheritAs: {apiClient: {}}\n" + SERVICE,
            "empty-scope": "inheritAs: {apiClient: {scopes: ['']}}\n" + SERVICE,
            "number-scope": "inheritAs: {apiClient: {scopes: [5]}}\n" + SERVICE,
            "null-scope": "inheritAs: {apiClient: {scopes: [~]}}\n" + SERVICE,
            "unknown-member-of-client": "inheritAs: {apiClient: {scopes: [a], name: b}}\n" + SERVICE,
            "unknown-member-of-inheritAs": "inheritAs: {scripts: {}}\n" + SERVICE,
            "global-key-in-an-application": GLOBAL_KEY + key("TOKEN"),
            "key-twice": KEYS + "        - {key: MODE, description: again}\n",
            "key-standard-and-secured": KEYS + "      securedConfiguration: [{key: MODE, description: x}]\n",
            "global-key-twice": GLOBAL_KEY
            + "    standardConfiguration: [{key: TOKEN, description: x}]\n"
            + SERVICE,
            "secured-default": GLOBAL_KEY + "        default: x\n" + SERVICE,
            "null-standard": SERVICE + "    configuration: {standardConfiguration: }\n",
            "null-configuration": SERVICE + "    configuration:\n",
            "mapping-of-keys": SERVICE + "    configuration: {standardConfiguration: {MODE: x}}\n",
            "null-entry": SERVICE + "    configuration: {standardConfiguration: [~]}\n",
            "unknown-member-of-a-key": KEYS + "          type: string\n",
            "unknown-list": SERVICE + "    configuration: {secretConfiguration: []}\n",
        },
    ),
]

LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))

SYNTAX = [
    *_cases(
        "syntax",
        True,
        {
            "json": '{"deployAs": [{"name": "service", "applicationType": "service", "endpoint": "/service"}]}',
            "json-without-blanks": '{"deployAs":[{"name":"service","applicationType":"service","endpoint":"/s"}]}',
            "json-indented-with-tabs": '{\n\t"deployAs": [\n\t\t{\n\t\t\t"name": "service",\n\t\t\t"application'
            'Type": "service",\n\t\t\t"endpoint": "/service"\n\t\t}\n\t]\n}\n',
            "trailing-commas": "deployAs: [{name: service, applicationType: service, endpoint: /s,},]\n",
            "windows-line-ends": SERVICE.replace("\n", "\r\n"),
            "old-mac-line-ends": SERVICE.replace("\n", "\r"),
            "no-line-end-at-the-end": SERVICE.rstrip(),
            "byte-order-mark": b"\xef\xbb\xbf" + SERVICE.encode(),
            "utf-16-with-byte-order-mark": SERVICE.encode("utf-16"),
            "version-directive": "%YAML 1.2\n---\n" + SERVICE,
            "document-end": SERVICE + "...\n",
            "tab-before-a-comment": endpoint("/service\t# here"),
            "tab-behind-the-colon": SERVICE.replace("endpoint: ", "endpoint:\t"),
            "tab-at-a-line-end": SERVICE.replace("/service\n", "/service\t\n"),
            "line-of-blanks-only": SERVICE.replace("    endpoint", "      \n    endpoint"),
            "comments-only-lines": "# first\n" + SERVICE.replace("    endpoint", "# between\n    endpoint"),
            "list-at-the-indent-of-its-key": SERVICE.replace("\n  ", "\n"),
            "explicit-key": SERVICE.replace("deployAs:\n  -", "? deployAs\n: -"),
            "quoted-members": SERVICE.replace("endpoint:", '"endpoint":'),
            "escaped-member": SERVICE.replace("endpoint:", '"\\u0065ndpoint":'),
            "blank-before-a-colon": SERVICE.replace("endpoint:", "endpoint :"),
            "twenty-aliases": f"{SERVICE}    configuration:\n      standardConfiguration:\n        - &one\n"
            "          key: AA\n          description: &d x\n"
            + "".join(f"        - {{key: K{number}, description: *d}}\n" for number in range(20)),
            "unknown-tag-on-a-mapping": SERVICE.replace("- name", "- !app\n    name"),
            "map-tag": SERVICE.replace("- name", "- !!map\n    name"),
            "seq-tag": SERVICE.replace("deployAs:", "deployAs: !!seq"),
            "local-tag-handle": "%TAG !e! tag:example.com,2026:\n---\n" + endpoint("!e!path /service"),
            "non-characters-in-a-quoted-escape": described('"\\a\\e"'),
        },
    ),
    *_cases(
        "syntax",
        False,
        {
            "empty": "",
            "comment-only": "# nothing\n",
            "text": "hello\n",
            "list": "- name: service\n",
            "number": "5\n",
            "two-documents": SERVICE + "---\n" + SERVICE,
            "duplicate-top-level-key": SERVICE + SERVICE,
            "duplicate-key-in-other-quotes": SERVICE + '    "name": other\n',
            "duplicate-key-with-the-same-value": SERVICE + "    endpoint: /service\n",
            "duplicate-in-flow": health("{path: /up, path: /up}"),
            "merge-key": KEYS + "        - <<: {key: BB}\n          description: x\n",
            "number-member": SERVICE + "    5: x\n",
            "boolean-member": SERVICE + "    true: x\n",
            "tab-indent": SERVICE.replace("    endpoint", "\t\tendpoint"),
            "wrong-indent": SERVICE.replace("    endpoint", "   endpoint"),
            "missing-blank-behind-the-colon": SERVICE.replace("endpoint: ", "endpoint:"),
            "comment-without-blank": endpoint('"/service"#here'),
            "comment-sign-in-a-plain-text": endpoint("/service#here"),
            "open-flow": "deployAs: [{name: service\n",
            "double-comma": "deployAs: [,]\n",
            "unknown-tag-handle": endpoint("!e!path /service"),
            "latin-1-in-a-value": described("Größe").encode("latin-1"),
            "null-character": SERVICE + "# \x00\n",
            "control-character-in-a-comment": SERVICE + "# \x01\n",
            "control-character-in-a-value": described("The \x07 mode"),
            "escape-character-in-quotes": described('"\x1b[1m"'),
            "alias-to-itself": SERVICE + "    configuration: &a {standardConfiguration: *a}\n",
            "alias-before-its-anchor": SERVICE.replace("/service", "*later")
            + "    scripts: {postDeploy: &later x}\n",
            "billion-laughs": LAUGHS + SERVICE,
            "three-thousand-brackets": "deployAs: " + "[" * 3000 + "]" * 3000 + "\n",
            "three-thousand-open-brackets": "deployAs: " + "[" * 3000,
            "three-thousand-braces": "deployAs: " + "{a: " * 3000 + "}" * 3000 + "\n",
            "deep-block": "".join(" " * depth + "a:\n" for depth in range(1000)),
            "set-tag": endpoint("!!set {a, b}"),
            "timestamp-tag": endpoint("!!timestamp 2026-01-31"),
            "old-yaml-directive": "%YAML 1.1\n---\n" + required("yes"),
        },
    ),
]

CORRECTED = {
    "schedule-step-in-the-middle": "a step behind `*` is in the pattern: §22 has `*` and one of `/` or `-`",
    "schedule-range-with-step": "the pattern is not anchored, and reads `1`, `8/2`, `*`, `*`, `*`",
    "syntax-old-mac-line-ends": "a lone CR ends no line for the vendor's reader, so the file is one line",
    "syntax-utf-16-with-byte-order-mark": "the vendor decodes every file as UTF-8, so UTF-16 is one strange text",
    "syntax-latin-1-in-a-value": "bytes that are no UTF-8 become U+FFFD, which is content",
    "syntax-null-character": "the vendor's reader takes control characters, which YAML does not allow, as content",
    "syntax-control-character-in-a-comment": "as above",
    "syntax-control-character-in-a-value": "as above",
    "syntax-escape-character-in-quotes": "as above",
    "syntax-old-yaml-directive": "`%YAML 1.1` changes the schema, and `yes` is a boolean of YAML 1.1",
}
"""Cases whose first verdict was wrong, and why."""

DERIVED: list[Case] = [
    *SCHEDULES,
    *DEFAULTS,
    *REQUIRED,
    *TEXTS,
    *PROBES,
    *APPLICATIONS,
    *CONFIGURATION,
    *SYNTAX,
]

CASES = [Case(each.name, each.text, each.accepted != (each.name in CORRECTED)) for each in DERIVED]
"""All cases, with the right verdict."""
