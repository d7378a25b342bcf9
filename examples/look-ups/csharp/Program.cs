using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Connect = ConnectAsCode.CommercetoolsConnect;

return await Pulumi.Deployment.RunAsync(() =>
{
    var config = new Config();
    var key = config.Require("connectorKey");
    var deploymentKey = config.Require("deploymentKey");

    var connector = Connect.GetConnector.Invoke(new Connect.GetConnectorInvokeArgs { Key = key });
    var draft = Connect.GetConnectorStaged.Invoke(new Connect.GetConnectorStagedInvokeArgs { Key = key });
    var template = Connect.GetConfigurationTemplate.Invoke(new Connect.GetConfigurationTemplateInvokeArgs { Key = key });
    var deployment = Connect.GetDeployment.Invoke(new Connect.GetDeploymentInvokeArgs { Key = deploymentKey });
    var found = Connect.SearchConnectors.Invoke(new Connect.SearchConnectorsInvokeArgs { Text = "Greeter", Private = true });
    var drafts = Connect.ListConnectorStaged.Invoke(new Connect.ListConnectorStagedInvokeArgs { MaxResults = 10 });
    var deployments = Connect.ListDeployments.Invoke(new Connect.ListDeploymentsInvokeArgs
    {
        ConnectorId = connector.Apply(each => each.Id),
    });
    var wiring = Connect.GetWiring.Invoke(new Connect.GetWiringInvokeArgs { Key = deploymentKey });
    // Experimental: `pulumi config set commercetools-connect:experimental getDeploymentRevisions`
    var revisions = Connect.GetDeploymentRevisions.Invoke(new Connect.GetDeploymentRevisionsInvokeArgs { Key = deploymentKey });

    return new Dictionary<string, object?>
    {
        ["publishedTag"] = connector.Apply(each => each.Repository.Tag),
        ["hasChanges"] = draft.Apply(each => each.HasChanges),
        ["toFillIn"] = template.Apply(each => each.Required),
        ["statusNow"] = deployment.Apply(each => each.Status),
        ["foundNames"] = found.Apply(all => all.Connectors.Select(each => each.Name)),
        ["draftIds"] = drafts.Apply(all => all.ConnectorsStaged.Select(each => each.Id)),
        ["deploymentIds"] = deployments.Apply(all => all.Deployments.Select(each => each.Id)),
        ["leftOver"] = wiring.Apply(all => all.Orphans.Select(each => each.Address)),
        ["revisionTags"] = revisions.Apply(all => all.Revisions.Select(each => each.Tag)),
    };
});
