import * as pulumi from "@pulumi/pulumi";
import * as connect from "pulumi-commercetools-connect";

const config = new pulumi.Config();
const key = config.require("connectorKey");
const deploymentKey = config.require("deploymentKey");

const connector = connect.getConnectorOutput({ key });
const draft = connect.getConnectorStagedOutput({ key });
const template = connect.getConfigurationTemplateOutput({ key });
const deployment = connect.getDeploymentOutput({ key: deploymentKey });
const found = connect.searchConnectorsOutput({ text: "Greeter", private: true });
const drafts = connect.listConnectorStagedOutput({ maxResults: 10 });
const deployments = connect.listDeploymentsOutput({ connectorId: connector.id });
const wiring = connect.getWiringOutput({ key: deploymentKey });
// Experimental: `pulumi config set commercetools-connect:experimental getDeploymentRevisions`
const revisions = connect.getDeploymentRevisionsOutput({ key: deploymentKey });

export const publishedTag = connector.repository.apply(repository => repository.tag);
export const hasChanges = draft.hasChanges;
export const toFillIn = template.required;
export const statusNow = deployment.status;
export const foundNames = found.connectors.apply(all => all.map(each => each.name));
export const draftIds = drafts.connectorsStaged.apply(all => all.map(each => each.id));
export const deploymentIds = deployments.deployments.apply(all => all.map(each => each.id));
export const leftOver = wiring.orphans.apply(all => all.map(each => each.address));
export const revisionTags = revisions.revisions.apply(all => all.map(each => each.tag));
