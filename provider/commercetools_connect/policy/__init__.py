"""Rules for stacks with Connect in them, and the Pulumi policy pack that enforces them.

The rules are pure functions over value trees and know neither Pulumi nor the API; `pack` alone speaks
`pulumi_policy`, which comes with the extra `policy`; it wants an older protobuf, so give it its own environment.

    pulumi ─ props ─▶ pack (tree + UNKNOWN) ─▶ rules: findings ─▶ pack ─ violations ─▶ pulumi

No finding tells a value of a configuration: a policy gets secrets in plain, and what it says ends up in logs.
"""
