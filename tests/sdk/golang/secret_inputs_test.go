// Package golang holds Go programs to what they tell Pulumi: what is secret is marked before it is registered.
package golang

import (
	"fmt"
	"testing"

	connect "github.com/commercetools-connect-as-code/pulumi-commercetools-connect/sdk/go/commercetoolsconnect"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const canary = "c4n4ry-of-a-go-program"

// monitor keeps the inputs of what is registered.
type monitor struct{ inputs resource.PropertyMap }

func (kept *monitor) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	kept.inputs = args.Inputs
	return args.Name + "-id", args.Inputs, nil
}

func (kept *monitor) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) {
	return resource.PropertyMap{}, nil
}

// registered runs a program and returns the inputs of its resource.
func registered(t *testing.T, program pulumi.RunFunc) resource.PropertyMap {
	t.Helper()
	kept := &monitor{}
	if err := pulumi.RunErr(program, pulumi.WithMocks("shop", "dev", kept)); err != nil {
		t.Fatal(err)
	}
	return kept.inputs
}

// plain returns each text of a value that is in no secret, with its path.
func plain(path string, value resource.PropertyValue) []string {
	var found []string
	switch {
	case value.IsSecret(), value.IsOutput() && value.OutputValue().Secret:
	case value.IsOutput():
		found = plain(path, value.OutputValue().Element)
	case value.IsObject():
		for name, child := range value.ObjectValue() {
			found = append(found, plain(path+"."+string(name), child)...)
		}
	case value.IsArray():
		for index, child := range value.ArrayValue() {
			found = append(found, plain(fmt.Sprintf("%s[%d]", path, index), child)...)
		}
	case value.IsString():
		found = append(found, path+"="+value.StringValue())
	}
	return found
}

func expect(t *testing.T, inputs resource.PropertyMap, wanted ...string) {
	t.Helper()
	found := plain("", resource.NewObjectProperty(inputs))
	shown := map[string]bool{}
	for _, each := range found {
		shown[each] = true
	}
	for _, each := range wanted {
		if !shown[each] {
			t.Errorf("%s is not plain any more: %v", each, found)
		}
		delete(shown, each)
	}
	for each := range shown {
		t.Errorf("%s is plain", each)
	}
}

func service() *connect.ApplicationConfigurationArgs {
	return &connect.ApplicationConfigurationArgs{
		StandardConfiguration: pulumi.Map{"SHOP_NAME": pulumi.String("Acme")},
		SecuredConfiguration:  pulumi.Map{"API_TOKEN": pulumi.String(canary), "PIN": pulumi.Int(123456)},
	}
}

func TestSecuredValuesOfADeploymentAreMarked(t *testing.T) {
	given := service()
	global := connect.GlobalConfigurationArgs{SecuredConfiguration: pulumi.Map{"SHARED": pulumi.String(canary)}}
	for _, globals := range []connect.GlobalConfigurationPtrInput{global, connect.GlobalConfigurationPtr(&global)} {
		inputs := registered(t, func(ctx *pulumi.Context) error {
			_, err := connect.NewDeployment(ctx, "shop", &connect.DeploymentArgs{
				Region:              pulumi.String("europe-west1.gcp"),
				Connector:           &connect.ConnectorReferenceArgs{Key: pulumi.String("greeter")},
				Configurations:      connect.ApplicationConfigurationMap{"service": given, "job": *given},
				GlobalConfiguration: globals,
			})
			return err
		})

		expect(t, inputs, ".region=europe-west1.gcp", ".connector.key=greeter",
			".configurations.service.standardConfiguration.SHOP_NAME=Acme",
			".configurations.job.standardConfiguration.SHOP_NAME=Acme")
	}
	if given.SecuredConfiguration.(pulumi.Map)["API_TOKEN"] != pulumi.String(canary) {
		t.Error("the program's own arguments have changed")
	}
}

func TestTheSecretOfAConnectionIsMarked(t *testing.T) {
	members := connect.ConnectionArgs{ClientId: pulumi.String("me"), ClientSecret: pulumi.String(canary)}
	for _, connection := range []pulumi.Input{members, &members, connect.ConnectionPtr(&members)} {
		inputs := registered(t, func(ctx *pulumi.Context) error {
			_, err := connect.NewConnectorPublication(ctx, "shop", &connect.ConnectorPublicationArgs{
				ConnectorStagedId: pulumi.String("c-1"),
				Tag:               pulumi.String("v1"),
				Target:            pulumi.String("private"),
				Connection:        connection,
			})
			return err
		})

		expect(t, inputs, ".connectorStagedId=c-1", ".tag=v1", ".target=private", ".connection.clientId=me")
	}
	inputs := registered(t, func(ctx *pulumi.Context) error {
		_, err := connect.NewConnectorPublication(ctx, "shop", &connect.ConnectorPublicationArgs{
			ConnectorStagedId: pulumi.String("c-1"),
			Tag:               pulumi.String("v1"),
			Target:            pulumi.String("private"),
			Connection:        pulumi.String("eu"),
		})
		return err
	})

	expect(t, inputs, ".connectorStagedId=c-1", ".tag=v1", ".target=private", ".connection=eu")
}

func TestAnOutputWithSecuredValuesIsSecretAsAWhole(t *testing.T) {
	inputs := registered(t, func(ctx *pulumi.Context) error {
		later := connect.ApplicationConfigurationMap{"service": service()}.ToApplicationConfigurationMapOutput()
		_, err := connect.NewDeployment(ctx, "shop", &connect.DeploymentArgs{
			Region:         pulumi.String("europe-west1.gcp"),
			Connector:      &connect.ConnectorReferenceArgs{Key: pulumi.String("greeter")},
			Configurations: later,
		})
		return err
	})

	expect(t, inputs, ".region=europe-west1.gcp", ".connector.key=greeter")
}

func TestTargetsOfARolloutAreMarked(t *testing.T) {
	inputs := registered(t, func(ctx *pulumi.Context) error {
		_, err := connect.NewRollout(ctx, "release", &connect.RolloutArgs{
			Connector:    &connect.ReleasedConnectorArgs{Key: pulumi.String("greeter")},
			ConnectorTag: pulumi.String("v1"),
			Targets: connect.RolloutTargetArray{&connect.RolloutTargetArgs{
				Name:           pulumi.String("eu"),
				Region:         pulumi.String("europe-west1.gcp"),
				ProjectKey:     pulumi.String("acme"),
				ClientId:       pulumi.String("me"),
				ClientSecret:   pulumi.String(canary),
				Configurations: connect.ApplicationConfigurationMap{"service": service()},
			}},
		})
		return err
	})

	expect(t, inputs, ".connector.key=greeter", ".connectorTag=v1", ".targets[0].name=eu",
		".targets[0].region=europe-west1.gcp", ".targets[0].projectKey=acme", ".targets[0].clientId=me",
		".targets[0].configurations.service.standardConfiguration.SHOP_NAME=Acme")
}
