using System.Collections.Generic;
using Pulumi;
using Connect = ConnectAsCode.CommercetoolsConnect;

return await Pulumi.Deployment.RunAsync(() =>
{
    var config = new Config();

    var staged = new Connect.ConnectorStaged("greeter", new()
    {
        Name = "Greeter",
        Creator = new Connect.Inputs.CreatorArgs
        {
            Email = "dev@acme.example",
            Company = "Acme",
        },
        Repository = new Connect.Inputs.RepositoryArgs
        {
            Url = "https://github.com/acme/demo-connector.git",
            Tag = config.Require("tag"),
        },
        PrivateProjects = { "europe-west1.gcp:demo-project" },
    });

    var publication = new Connect.ConnectorPublication("greeter", new()
    {
        ConnectorStagedId = staged.Id,
        Tag = staged.Repository.Apply(repository => repository.Tag),
        ContentHash = staged.ContentHash,
        Target = "private",
    });

    var deployment = new Connect.Deployment("greeter", new()
    {
        Region = "europe-west1.gcp",
        Connector = new Connect.Inputs.ConnectorReferenceArgs
        {
            Id = publication.ConnectorId,
        },
        ConnectorTag = publication.PublishedTag,
        Configurations =
        {
            ["service"] = new Connect.Inputs.ApplicationConfigurationArgs
            {
                StandardConfiguration = { ["SHOP_NAME"] = "Acme" },
                SecuredConfiguration = { ["API_TOKEN"] = config.RequireSecret("apiToken") },
            },
        },
    });

    return new Dictionary<string, object?>
    {
        ["urls"] = deployment.Urls,
        ["runningTag"] = deployment.DeployedTag,
    };
});
