"""What there is, looked up by a program."""

import pulumi
import pulumi_commercetools_connect as connect

config = pulumi.Config()
key = config.require("connectorKey")
deployment_key = config.require("deploymentKey")

connector = connect.get_connector(key=key)
draft = connect.get_connector_staged(key=key)
template = connect.get_configuration_template(key=key)
deployment = connect.get_deployment(key=deployment_key)
found = connect.search_connectors(text="Greeter", private=True)
drafts = connect.list_connector_staged(max_results=10)
deployments = connect.list_deployments(connector_id=connector.id)
wiring = connect.get_wiring(key=deployment_key)
# Experimental: `pulumi config set commercetools-connect:experimental getDeploymentRevisions`
revisions = connect.get_deployment_revisions(key=deployment_key)

pulumi.export("publishedTag", connector.repository.tag)
pulumi.export("hasChanges", draft.has_changes)
pulumi.export("toFillIn", template.required)
pulumi.export("statusNow", deployment.status)
pulumi.export("foundNames", [each.name for each in found.connectors])
pulumi.export("draftIds", [each.id for each in drafts.connectors_staged])
pulumi.export("deploymentIds", [each.id for each in deployments.deployments])
pulumi.export("leftOver", [each.address for each in wiring.orphans])
pulumi.export("revisionTags", [each.tag for each in revisions.revisions])
