"""What a program writes for a ConnectorPublication: this draft is available at this tag."""

from __future__ import annotations

from enum import Enum

from pydantic import Field

from commercetools_connect.resources.fields import ObjectId, Text
from commercetools_connect.resources.inputs import InputModel

__all__ = ["ConnectorPublicationInputs", "Target", "WaitFor"]


class Target(str, Enum):
    """Where a draft is made available; the Merchant Center's three publishing options."""

    PREVIEW = "preview"
    PRIVATE = "private"
    MARKETPLACE = "marketplace"


class WaitFor(str, Enum):
    """How far a publication for the marketplace must have come to be called done."""

    VALIDATION = "validation"
    CERTIFICATION = "certification"


class ConnectorPublicationInputs(InputModel):
    """A publication of a draft's tag."""

    connector_staged_id: ObjectId = Field(description="Id of the draft; normally the id of a ConnectorStaged.")
    tag: Text = Field(description="Git tag to publish; normally the repository.tag of the ConnectorStaged.")
    content_hash: str | None = Field(
        default=None,
        description="Normally the contentHash of the ConnectorStaged: other edits than the tag republish too.",
    )
    target: Target = Field(description="preview, private or marketplace.")
    wait_for: WaitFor = Field(
        default=WaitFor.VALIDATION, description="For the marketplace: validation or certification."
    )
