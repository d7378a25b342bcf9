package main

import (
	connect "github.com/commercetools-connect-as-code/pulumi-commercetools-connect/sdk/go/commercetoolsconnect"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		assistant, err := connect.NewDeployment(ctx, "assistant", &connect.DeploymentArgs{
			Region: pulumi.String("europe-west1.gcp"),
			Type:   pulumi.String("sandbox"),
			Connector: &connect.ConnectorReferenceArgs{
				Key: pulumi.String(settings.Require("connectorKey")),
			},
			Configurations: connect.ApplicationConfigurationMap{
				"service": &connect.ApplicationConfigurationArgs{
					StandardConfiguration: pulumi.Map{"SHOP_NAME": pulumi.String("Acme")},
					SecuredConfiguration:  pulumi.Map{"API_TOKEN": settings.RequireSecret("apiToken")},
				},
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("assistantUrls", assistant.Urls)
		return nil
	})
}
