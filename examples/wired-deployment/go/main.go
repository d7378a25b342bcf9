package main

import (
	connect "github.com/commercetools-connect-as-code/pulumi-commercetools-connect/sdk/go/commercetoolsconnect"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		wired, err := connect.NewDeployment(ctx, "wired", &connect.DeploymentArgs{
			Key:    pulumi.String("greeter-wired"),
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
			Expect: connect.ApplicationExpectationMap{
				"service": &connect.ApplicationExpectationArgs{Extension: pulumi.Bool(true)},
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("wiring", wired.Wiring)
		return nil
	})
}
