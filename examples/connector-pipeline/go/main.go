package main

import (
	connect "github.com/commercetools-connect-as-code/pulumi-commercetools-connect/sdk/go/commercetoolsconnect"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		staged, err := connect.NewConnectorStaged(ctx, "greeter", &connect.ConnectorStagedArgs{
			Name: pulumi.String("Greeter"),
			Creator: &connect.CreatorArgs{
				Email:   pulumi.String("dev@acme.example"),
				Company: pulumi.String("Acme"),
			},
			Repository: &connect.RepositoryArgs{
				Url: pulumi.String("https://github.com/acme/demo-connector.git"),
				Tag: pulumi.String(settings.Require("tag")),
			},
			PrivateProjects: pulumi.ToStringArray([]string{"europe-west1.gcp:demo-project"}),
		})
		if err != nil {
			return err
		}
		publication, err := connect.NewConnectorPublication(ctx, "greeter", &connect.ConnectorPublicationArgs{
			ConnectorStagedId: staged.ID(),
			Tag:               staged.Repository.Tag(),
			ContentHash:       staged.ContentHash,
			Target:            pulumi.String("private"),
		})
		if err != nil {
			return err
		}
		deployment, err := connect.NewDeployment(ctx, "greeter", &connect.DeploymentArgs{
			Region:       pulumi.String("europe-west1.gcp"),
			Connector:    &connect.ConnectorReferenceArgs{Id: publication.ConnectorId},
			ConnectorTag: publication.PublishedTag,
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
		ctx.Export("urls", deployment.Urls)
		ctx.Export("runningTag", deployment.DeployedTag)
		return nil
	})
}
