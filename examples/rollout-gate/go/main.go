package main

import (
	connect "github.com/commercetools-connect-as-code/pulumi-commercetools-connect/sdk/go/commercetoolsconnect"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		tag := pulumi.String(settings.Require("tag"))
		deploy := func(name, shop string, options ...pulumi.ResourceOption) (*connect.Deployment, error) {
			return connect.NewDeployment(ctx, name, &connect.DeploymentArgs{
				Region:       pulumi.String("europe-west1.gcp"),
				Connector:    &connect.ConnectorReferenceArgs{Key: pulumi.String(settings.Require("connectorKey"))},
				ConnectorTag: tag,
				Configurations: connect.ApplicationConfigurationMap{
					"service": &connect.ApplicationConfigurationArgs{
						StandardConfiguration: pulumi.Map{"SHOP_NAME": pulumi.String(shop)},
						SecuredConfiguration:  pulumi.Map{"API_TOKEN": settings.RequireSecret("apiToken")},
					},
				},
			}, options...)
		}

		canary, err := deploy("canary", "Acme test")
		if err != nil {
			return err
		}
		gate, err := connect.NewRolloutGate(ctx, "gate", &connect.RolloutGateArgs{
			Wave:         pulumi.String("canary"),
			ConnectorTag: tag,
			BakeTime:     pulumi.String(settings.Require("bakeTime")),
			Deployments: connect.WaveDeploymentArray{
				&connect.WaveDeploymentArgs{
					Target:      pulumi.String("canary"),
					Project:     canary.ProjectKey,
					Region:      canary.Region,
					Status:      canary.Status,
					DeployedTag: canary.DeployedTag,
					BuildId:     canary.BuildId,
					Urls:        canary.Urls,
				},
			},
		})
		if err != nil {
			return err
		}
		if _, err := deploy("everyone", "Acme", pulumi.DependsOn([]pulumi.Resource{gate})); err != nil {
			return err
		}
		ctx.Export("openedAt", gate.OpenedAt)
		return nil
	})
}
