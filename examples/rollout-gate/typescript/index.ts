import * as pulumi from "@pulumi/pulumi";
import * as connect from "pulumi-commercetools-connect";

const config = new pulumi.Config();
const tag = config.require("tag");

const configurations = (shop: string) => ({
    service: {
        standardConfiguration: { SHOP_NAME: shop },
        securedConfiguration: { API_TOKEN: config.requireSecret("apiToken") },
    },
});

const canary = new connect.Deployment("canary", {
    region: "europe-west1.gcp",
    connector: { key: config.require("connectorKey") },
    connectorTag: tag,
    configurations: configurations("Acme test"),
});

const gate = new connect.RolloutGate("gate", {
    wave: "canary",
    connectorTag: tag,
    bakeTime: config.require("bakeTime"),
    deployments: [{
        target: "canary",
        project: canary.projectKey,
        region: canary.region,
        status: canary.status,
        deployedTag: canary.deployedTag,
        buildId: canary.buildId,
        urls: canary.urls,
    }],
});

new connect.Deployment("everyone", {
    region: "europe-west1.gcp",
    connector: { key: config.require("connectorKey") },
    connectorTag: tag,
    configurations: configurations("Acme"),
}, { dependsOn: [gate] });

export const openedAt = gate.openedAt;
