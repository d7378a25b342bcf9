import * as pulumi from "@pulumi/pulumi";
import * as connect from "pulumi-commercetools-connect";

const config = new pulumi.Config();

const staged = new connect.ConnectorStaged("greeter", {
    name: "Greeter",
    creator: { email: "dev@acme.example", company: "Acme" },
    repository: {
        url: "https://github.com/acme/demo-connector.git",
        tag: config.require("tag"),
    },
    privateProjects: ["europe-west1.gcp:demo-project"],
});

const publication = new connect.ConnectorPublication("greeter", {
    connectorStagedId: staged.id,
    tag: staged.repository.tag,
    contentHash: staged.contentHash,
    target: "private",
});

const deployment = new connect.Deployment("greeter", {
    region: "europe-west1.gcp",
    connector: { id: publication.connectorId },
    connectorTag: publication.publishedTag,
    configurations: {
        service: {
            standardConfiguration: { SHOP_NAME: "Acme" },
            securedConfiguration: { API_TOKEN: config.requireSecret("apiToken") },
        },
    },
});

export const urls = deployment.urls;
export const runningTag = deployment.deployedTag;
