import * as pulumi from "@pulumi/pulumi";
import * as connect from "pulumi-commercetools-connect";

const config = new pulumi.Config();

const deployment = new connect.Deployment("deployment", {
    region: config.require("region"),
    type: "sandbox", // or production, with the resource option protect
    connector: { key: config.require("connectorKey") },
    connectorTag: config.require("tag"),
    configurations: {
        service: {
            standardConfiguration: { SHOP_NAME: config.require("shopName") },
            securedConfiguration: { API_TOKEN: config.requireSecret("apiToken") },
        },
    },
});

export const key = deployment.key;
export const urls = deployment.urls;
export const runningTag = deployment.deployedTag;
