import * as pulumi from "@pulumi/pulumi";
import * as connect from "pulumi-commercetools-connect";

const config = new pulumi.Config();

// A shop, with its own client, and its own values laid over those that all share.
const target = (shop: string, region: string, wave?: string) => ({
    name: `acme-${shop}`,
    wave,
    region,
    connectUrl: config.require("connectUrl"), // for shops in regions of commercetools: hostRegion
    projectKey: `acme-${shop}`,
    clientId: config.require(`${shop}ClientId`),
    clientSecret: config.requireSecret(`${shop}ClientSecret`),
    configurations: {
        service: {
            standardConfiguration: { SHOP_NAME: `acme-${shop}` },
            securedConfiguration: { API_TOKEN: config.requireSecret(`${shop}Token`) },
        },
    },
});

const release = new connect.Rollout("release", {
    connector: { key: config.require("connectorKey") },
    connectorTag: config.require("tag"),
    configurations: { service: { standardConfiguration: { SHOP_NAME: "Acme" } } },
    canary: ["acme-dev"],
    waves: [
        { name: "canary", bakeTime: config.require("bakeTime") },
        { name: "europe" },
        { name: "rest" },
    ],
    targets: [
        target("dev", "europe-west1.gcp"),
        target("eu", "europe-west1.gcp", "europe"),
        target("us", "us-east-2.aws"),
    ],
});

export const targets = release.targets;
export const summary = release.summary;
