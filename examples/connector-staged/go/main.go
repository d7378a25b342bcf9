package main

import (
	connect "github.com/commercetools-connect-as-code/pulumi-commercetools-connect/sdk/go/commercetoolsconnect"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		draft, err := connect.NewConnectorStaged(ctx, "draft", &connect.ConnectorStagedArgs{
			Name:        pulumi.String("Tax calculator"),
			Description: pulumi.String("Calculates taxes for carts."),
			Creator: &connect.CreatorArgs{
				Email:   pulumi.String("dev@acme.example"),
				Company: pulumi.String("Acme"),
			},
			Repository: &connect.RepositoryArgs{
				Url: pulumi.String("https://github.com/acme/demo-connector.git"),
				Tag: pulumi.String("v1.0.0"),
			},
			IntegrationTypes: pulumi.ToStringArray([]string{"tax"}),
			SupportedRegions: pulumi.ToStringArray([]string{"europe-west1.gcp"}),
			PrivateProjects:  pulumi.ToStringArray([]string{"europe-west1.gcp:demo-project"}),
		})
		if err != nil {
			return err
		}
		ctx.Export("status", draft.Status)
		return nil
	})
}
