using System.Collections.Generic;
using Connect = ConnectAsCode.CommercetoolsConnect;

return await Pulumi.Deployment.RunAsync(() =>
{
    var config = new Pulumi.Config();

    var assistant = new Connect.Deployment("assistant", new()
    {
        Region = "europe-west1.gcp",
        Type = "sandbox",
        Connector = new Connect.Inputs.ConnectorReferenceArgs
        {
            Key = config.Require("connectorKey"),
        },
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
        ["assistantUrls"] = assistant.Urls,
    };
});
