import * as pulumi from "@pulumi/pulumi";
import * as connect from "pulumi-commercetools-connect";

const config = new pulumi.Config();

const assistant = new connect.Deployment("assistant", {
    region: "europe-west1.gcp",
    type: "sandbox",
    connector: { key: config.require("connectorKey") },
    configurations: {
        service: {
            standardConfiguration: { SHOP_NAME: "Acme" },
            securedConfiguration: { API_TOKEN: config.requireSecret("apiToken") },
        },
    },
});

export const assistantUrls = assistant.urls;
