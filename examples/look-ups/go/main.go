package main

import (
	connect "github.com/commercetools-connect-as-code/pulumi-commercetools-connect/sdk/go/commercetoolsconnect"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		key := pulumi.String(settings.Require("connectorKey"))
		deploymentKey := pulumi.String(settings.Require("deploymentKey"))

		connector := connect.GetConnectorOutput(ctx, connect.GetConnectorOutputArgs{Key: key})
		draft := connect.LookupConnectorStagedOutput(ctx, connect.LookupConnectorStagedOutputArgs{Key: key})
		template := connect.GetConfigurationTemplateOutput(ctx, connect.GetConfigurationTemplateOutputArgs{Key: key})
		deployment := connect.LookupDeploymentOutput(ctx, connect.LookupDeploymentOutputArgs{Key: deploymentKey})
		found := connect.SearchConnectorsOutput(ctx, connect.SearchConnectorsOutputArgs{
			Text:    pulumi.String("Greeter"),
			Private: pulumi.Bool(true),
		})
		drafts := connect.ListConnectorStagedOutput(ctx, connect.ListConnectorStagedOutputArgs{
			MaxResults: pulumi.Int(10),
		})
		deployments := connect.ListDeploymentsOutput(ctx, connect.ListDeploymentsOutputArgs{
			ConnectorId: connector.Id(),
		})
		wiring := connect.GetWiringOutput(ctx, connect.GetWiringOutputArgs{Key: deploymentKey})
		// Experimental: `pulumi config set commercetools-connect:experimental getDeploymentRevisions`
		revisions := connect.GetDeploymentRevisionsOutput(ctx, connect.GetDeploymentRevisionsOutputArgs{
			Key: deploymentKey,
		})

		ctx.Export("publishedTag", connector.Repository().Tag())
		ctx.Export("hasChanges", draft.HasChanges())
		ctx.Export("toFillIn", template.Required())
		ctx.Export("statusNow", deployment.Status())
		ctx.Export("found", found.Connectors())
		ctx.Export("drafts", drafts.ConnectorsStaged())
		ctx.Export("deployments", deployments.Deployments())
		ctx.Export("leftOver", wiring.Orphans())
		ctx.Export("revisions", revisions.Revisions())
		return nil
	})
}
