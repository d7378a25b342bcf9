"""Provider configuration as both frontends read it: names and secret fields. Pure."""

from __future__ import annotations

from typing import Final

from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.inputs import member_names, secret_names

FIELDS: Final = member_names(ProviderConfiguration)
"""What can be configured."""

SECRET_FIELDS: Final = secret_names(ProviderConfiguration)
