module github.com/commercetools-connect-as-code/pulumi-commercetools-connect/sdk/go

go 1.25

require github.com/pulumi/pulumi/sdk/v3 v3.256.0
