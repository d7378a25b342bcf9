using System.Collections.Generic;
using Connect = ConnectAsCode.CommercetoolsConnect;

return await Pulumi.Deployment.RunAsync(() =>
{
    var config = new Pulumi.Config();

    // A shop, with its own client, and its own values laid over those that all share.
    Connect.Inputs.RolloutTargetArgs Target(string shop, string region, string wave) => new Connect.Inputs.RolloutTargetArgs
    {
        Name = $"acme-{shop}",
        Wave = wave,
        Region = region,
        ConnectUrl = config.Require("connectUrl"), // for shops in regions of commercetools: HostRegion
        ProjectKey = $"acme-{shop}",
        ClientId = config.Require($"{shop}ClientId"),
        ClientSecret = config.RequireSecret($"{shop}ClientSecret"),
        Configurations =
        {
            ["service"] = new Connect.Inputs.ApplicationConfigurationArgs
            {
                StandardConfiguration = { ["SHOP_NAME"] = $"acme-{shop}" },
                SecuredConfiguration = { ["API_TOKEN"] = config.RequireSecret($"{shop}Token") },
            },
        },
    };

    var release = new Connect.Rollout("release", new()
    {
        Connector = new Connect.Inputs.ReleasedConnectorArgs { Key = config.Require("connectorKey") },
        ConnectorTag = config.Require("tag"),
        Configurations =
        {
            ["service"] = new Connect.Inputs.ApplicationConfigurationArgs
            {
                StandardConfiguration = { ["SHOP_NAME"] = "Acme" },
            },
        },
        Waves = new[]
        {
            new Connect.Inputs.RolloutWaveArgs { Name = "first", BakeTime = config.Require("bakeTime") },
            new Connect.Inputs.RolloutWaveArgs { Name = "europe" },
            new Connect.Inputs.RolloutWaveArgs { Name = "rest" },
        },
        Targets = new[]
        {
            Target("dev", "europe-west1.gcp", "first"),
            Target("eu", "europe-west1.gcp", "europe"),
            Target("us", "us-east-2.aws", "rest"),
        },
    });

    return new Dictionary<string, object?>
    {
        ["targets"] = release.Targets,
        ["summary"] = release.Summary,
    };
});
