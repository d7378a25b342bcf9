using System.Collections.Generic;
using Connect = ConnectAsCode.CommercetoolsConnect;

return await Pulumi.Deployment.RunAsync(() =>
{
    var config = new Pulumi.Config();

    var wired = new Connect.Deployment("wired", new()
    {
        Key = "greeter-wired",
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
        Expect =
        {
            ["service"] = new Connect.Inputs.ApplicationExpectationArgs { Extension = true },
        },
    });

    return new Dictionary<string, object?>
    {
        ["wiring"] = wired.Wiring,
    };
});
