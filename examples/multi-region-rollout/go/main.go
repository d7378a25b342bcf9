package main

import (
	connect "github.com/commercetools-connect-as-code/pulumi-commercetools-connect/sdk/go/commercetoolsconnect"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		// A shop, with its own client, and its own values laid over those that all share.
		target := func(shop, region, wave string) *connect.RolloutTargetArgs {
			return &connect.RolloutTargetArgs{
				Name:   pulumi.String("acme-" + shop),
				Wave:   pulumi.String(wave),
				Region: pulumi.String(region),
				// For shops in regions of commercetools: HostRegion.
				ConnectUrl:   pulumi.String(settings.Require("connectUrl")),
				ProjectKey:   pulumi.String("acme-" + shop),
				ClientId:     pulumi.String(settings.Require(shop + "ClientId")),
				ClientSecret: settings.RequireSecret(shop + "ClientSecret"),
				Configurations: connect.ApplicationConfigurationMap{
					"service": &connect.ApplicationConfigurationArgs{
						StandardConfiguration: pulumi.Map{"SHOP_NAME": pulumi.String("acme-" + shop)},
						SecuredConfiguration:  pulumi.Map{"API_TOKEN": settings.RequireSecret(shop + "Token")},
					},
				},
			}
		}

		release, err := connect.NewRollout(ctx, "release", &connect.RolloutArgs{
			Connector:    &connect.ReleasedConnectorArgs{Key: pulumi.String(settings.Require("connectorKey"))},
			ConnectorTag: pulumi.String(settings.Require("tag")),
			Configurations: connect.ApplicationConfigurationMap{
				"service": &connect.ApplicationConfigurationArgs{
					StandardConfiguration: pulumi.Map{"SHOP_NAME": pulumi.String("Acme")},
				},
			},
			Waves: connect.RolloutWaveArray{
				&connect.RolloutWaveArgs{
					Name:     pulumi.String("first"),
					BakeTime: pulumi.String(settings.Require("bakeTime")),
				},
				&connect.RolloutWaveArgs{Name: pulumi.String("europe")},
				&connect.RolloutWaveArgs{Name: pulumi.String("rest")},
			},
			Targets: connect.RolloutTargetArray{
				target("dev", "europe-west1.gcp", "first"),
				target("eu", "europe-west1.gcp", "europe"),
				target("us", "us-east-2.aws", "rest"),
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("targets", release.Targets)
		ctx.Export("summary", release.Summary)
		return nil
	})
}
