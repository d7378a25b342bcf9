using System.Collections.Generic;
using Connect = ConnectAsCode.CommercetoolsConnect;

return await Pulumi.Deployment.RunAsync(() =>
{
    var draft = new Connect.ConnectorStaged("draft", new()
    {
        Name = "Tax calculator",
        Description = "Calculates taxes for carts.",
        Creator = new Connect.Inputs.CreatorArgs
        {
            Email = "dev@acme.example",
            Company = "Acme",
        },
        Repository = new Connect.Inputs.RepositoryArgs
        {
            Url = "https://github.com/acme/demo-connector.git",
            Tag = "v1.0.0",
        },
        IntegrationTypes = { "tax" },
        SupportedRegions = { "europe-west1.gcp" },
        PrivateProjects = { "europe-west1.gcp:demo-project" },
    });

    return new Dictionary<string, object?>
    {
        ["status"] = draft.Status,
    };
});
