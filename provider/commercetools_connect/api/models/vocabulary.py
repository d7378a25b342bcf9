"""The words of the API (API §4.5): open sets. A word that is not here stays a plain string, and is no error."""

from __future__ import annotations

from typing import Final

__all__ = [
    "ApplicationType",
    "ConnectorStatus",
    "DeploymentStatus",
    "DeploymentType",
    "IntegrationType",
    "IsPreviewable",
    "LogSeverity",
    "LogType",
    "ReportEntryType",
    "RetryStrategy",
]


class ConnectorStatus:
    """Where the publication of a draft stands (API §8.1)."""

    DRAFT: Final = "Draft"
    PROCESSING: Final = "Processing"
    READY_FOR_CERTIFICATION: Final = "ReadyForCertification"
    IN_CERTIFICATION: Final = "InCertification"
    PUBLISHED: Final = "Published"
    FAILED: Final = "Failed"
    ALL: Final = frozenset(
        {DRAFT, PROCESSING, READY_FOR_CERTIFICATION, IN_CERTIFICATION, PUBLISHED, FAILED},
    )


class IsPreviewable:
    """Where the preview of a draft stands; strings, also `"true"` and `"false"` (API §4.2)."""

    TRUE: Final = "true"
    FALSE: Final = "false"
    PENDING: Final = "pending"
    NONE: Final = "none"
    ALL: Final = frozenset({TRUE, FALSE, PENDING, NONE})


class DeploymentStatus:
    """Where a Deployment stands (API §8.2)."""

    DRAFT: Final = "Draft"
    QUEUED: Final = "Queued"
    DEPLOYING: Final = "Deploying"
    DEPLOYED: Final = "Deployed"
    FAILED: Final = "Failed"
    UNDEPLOYING: Final = "Undeploying"
    UNDEPLOY_FAILED: Final = "UndeployFailed"
    ALL: Final = frozenset({DRAFT, QUEUED, DEPLOYING, DEPLOYED, FAILED, UNDEPLOYING, UNDEPLOY_FAILED})


class DeploymentType:
    """What a Deployment is for; only `preview` goes with a staged connector (API §4.6)."""

    PREVIEW: Final = "preview"
    SANDBOX: Final = "sandbox"
    PRODUCTION: Final = "production"
    ALL: Final = frozenset({PREVIEW, SANDBOX, PRODUCTION})


class ReportEntryType:
    """How grave a report entry is. Says nothing about success (API §8.1)."""

    INFORMATION: Final = "Information"
    WARNING: Final = "Warning"
    ERROR: Final = "Error"
    ALL: Final = frozenset({INFORMATION, WARNING, ERROR})


class IntegrationType:
    """What a connector integrates with."""

    TAX: Final = "tax"
    MARKETPLACE: Final = "marketplace"
    OMS: Final = "oms"
    PSP: Final = "psp"
    PIM: Final = "pim"
    PROMOTION: Final = "promotion"
    SEARCH: Final = "search"
    ERP: Final = "erp"
    CRM: Final = "crm"
    EMAIL: Final = "email"
    ANALYTICS: Final = "analytics"
    SHIPPING: Final = "shipping"
    GIFTCARD: Final = "giftcard"
    OTHER: Final = "other"
    ALL: Final = frozenset(
        {
            TAX,
            MARKETPLACE,
            OMS,
            PSP,
            PIM,
            PROMOTION,
            SEARCH,
            ERP,
            CRM,
            EMAIL,
            ANALYTICS,
            SHIPPING,
            GIFTCARD,
            OTHER,
        },
    )


class ApplicationType:
    """The kinds of applications of a connector (API §4.4)."""

    SERVICE: Final = "service"
    EVENT: Final = "event"
    JOB: Final = "job"
    MERCHANT_CENTER_CUSTOM_APPLICATION: Final = "merchant-center-custom-application"
    MERCHANT_CENTER_CUSTOM_VIEW: Final = "merchant-center-custom-view"
    ASSETS: Final = "assets"
    ALL: Final = frozenset(
        {SERVICE, EVENT, JOB, MERCHANT_CENTER_CUSTOM_APPLICATION, MERCHANT_CENTER_CUSTOM_VIEW, ASSETS},
    )


class RetryStrategy:
    """How an event application's messages are delivered again (API §4.6)."""

    IMMEDIATE: Final = "immediate"
    EXPONENTIAL_BACKOFF: Final = "exponential-backoff"
    ALL: Final = frozenset({IMMEDIATE, EXPONENTIAL_BACKOFF})


class LogType:
    """What a line of an application's log is (API §4.10)."""

    HTTP_REQUEST: Final = "HTTP_REQUEST"
    APPLICATION_TEXT: Final = "APPLICATION_TEXT"
    APPLICATION_JSON: Final = "APPLICATION_JSON"
    ALL: Final = frozenset({HTTP_REQUEST, APPLICATION_TEXT, APPLICATION_JSON})


class LogSeverity:
    """How grave a line of an application's log is; `ORDER` goes from the least to the most."""

    DEFAULT: Final = "DEFAULT"
    DEBUG: Final = "DEBUG"
    INFO: Final = "INFO"
    NOTICE: Final = "NOTICE"
    WARNING: Final = "WARNING"
    ERROR: Final = "ERROR"
    CRITICAL: Final = "CRITICAL"
    ALERT: Final = "ALERT"
    EMERGENCY: Final = "EMERGENCY"
    ORDER: Final = (DEFAULT, DEBUG, INFO, NOTICE, WARNING, ERROR, CRITICAL, ALERT, EMERGENCY)
    ALL: Final = frozenset(ORDER)
