using System.Collections.Generic;
using Connect = ConnectAsCode.CommercetoolsConnect;

return await Pulumi.Deployment.RunAsync(() =>
{
    var config = new Pulumi.Config();
    var tag = config.Require("tag");

    Connect.DeploymentArgs Installation(string shop) => new Connect.DeploymentArgs
    {
        Region = "europe-west1.gcp",
        Connector = new Connect.Inputs.ConnectorReferenceArgs { Key = config.Require("connectorKey") },
        ConnectorTag = tag,
        Configurations =
        {
            ["service"] = new Connect.Inputs.ApplicationConfigurationArgs
            {
                StandardConfiguration = { ["SHOP_NAME"] = shop },
                SecuredConfiguration = { ["API_TOKEN"] = config.RequireSecret("apiToken") },
            },
        },
    };

    var canary = new Connect.Deployment("canary", Installation("Acme test"));

    var gate = new Connect.RolloutGate("gate", new()
    {
        Wave = "canary",
        ConnectorTag = tag,
        BakeTime = config.Require("bakeTime"),
        Deployments = new[]
        {
            new Connect.Inputs.WaveDeploymentArgs
            {
                Target = "canary",
                Project = canary.ProjectKey,
                Region = canary.Region,
                Status = canary.Status,
                DeployedTag = canary.DeployedTag,
                BuildId = canary.BuildId,
                Urls = canary.Urls,
            },
        },
    });

    var afterTheGate = new Pulumi.CustomResourceOptions();
    afterTheGate.DependsOn.Add(gate);
    var everyone = new Connect.Deployment("everyone", Installation("Acme"), afterTheGate);

    return new Dictionary<string, object?>
    {
        ["openedAt"] = gate.OpenedAt,
        ["status"] = everyone.Status,
    };
});
